import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

/** README, the instructions for assistants, and every page of the manual, as paths from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  'SKILL.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .toSorted(),
];

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The code blocks of a page in one language, such as `sh`, in lists too. */
export const fences = (page: string, language: string): readonly string[] =>
  [...textOf(page).matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'))].map(([, code = '']) => code);

/** Compares a generated block of a page with the current output. With UPDATE_DOCS=1 it writes the block instead. */
export const block = (page: string, name: string, content: string): void => {
  const text = textOf(page);
  const [begin, end] = [`<!-- begin:${name} -->`, `<!-- end:${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  expect(from, `${page} has no block ${name}`).toBeGreaterThan(-1);
  const expected = `${begin}\n${content.trim()}\n${end}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, page), text.slice(0, from) + expected + text.slice(to + end.length));
  else expect(text.slice(from, to + end.length), 'run `npm run docs`').toBe(expected);
};

/** A command and what it prints, as a block of a page. */
export const session = (...runs: readonly (readonly [command: string, output: string])[]): string =>
  `\`\`\`console\n${runs.map(([command, output]) => `$ ${command}\n${output.trim()}`).join('\n\n')}\n\`\`\``;

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
