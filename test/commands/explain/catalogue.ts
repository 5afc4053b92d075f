import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../src');

/** The source files that raise errors: all but their pages and their catalogue. */
export const sources: readonly (readonly [file: string, text: string])[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('explain/') && file !== 'core/error-codes.ts')
  .map((file) => [file, readFileSync(join(root, file), 'utf8')]);

export interface Raised {
  readonly code: string;
  /** undefined: there is no literal next to it. */
  readonly exit: number | undefined;
  readonly at: string;
}

/** Every code in a text, with the literal exit that belongs to the same object (`code: … exit: 4`) or entry (`'E-X': 4`). */
export const raisedIn = (file: string, text: string): readonly Raised[] =>
  [...text.matchAll(/'(E-[A-Z0-9-]+)'/g)].map((match) => {
    const [quoted, code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length;
    const after = text.slice(match.index + quoted.length, match.index + 400);
    const entry = /^:\s*(\d+)/.exec(after)?.[1];
    // The object ends with the next `});` or at the next code.
    const own = after.split(/\n\s*\}\);|\bcode:|\}\);/)[0] ?? '';
    const assigned = /\bcode:[^,]*$/.test(text.slice(Math.max(0, match.index - 80), match.index))
      ? /\bexit:\s*(\d+)/.exec(own)?.[1]
      : undefined;
    const exit = entry ?? assigned;
    return { code, exit: exit === undefined ? undefined : Number(exit), at: `${file}:${line}` };
  });
