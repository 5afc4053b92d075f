import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../src');

const isTable = (file: string): boolean => file.startsWith('core/errors/');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

/** The sources that raise errors: all but the table of codes. */
export const sources = files.filter(([file]) => !isTable(file));
/** The files of the table of codes. */
export const tables = files.filter(([file]) => isTable(file));

/** The codes whose row a file has. */
export const rowsIn = (text: string): readonly string[] => [...text.matchAll(/^ {2}'(E-[A-Z0-9-]+)': \{$/gm)].map(([, code = '']) => code);

/** Every error code that a text names. */
export const codesIn = (text: string): readonly string[] => [...text.matchAll(/'(E-[A-Z0-9-]+)'/g)].map(([, code = '']) => code);
