import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../src');

/** The sources that raise errors: all but the pages about them and the table of codes. */
export const sources: readonly (readonly [file: string, text: string])[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('commands/explain/') && file !== 'core/errors.ts')
  .map((file) => [file, readFileSync(join(root, file), 'utf8')]);

/** Every error code that a text names. */
export const codesIn = (text: string): readonly string[] => [...text.matchAll(/'(E-[A-Z0-9-]+)'/g)].map(([, code = '']) => code);
