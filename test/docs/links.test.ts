import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, root, textOf } from './pages.js';

const documents = [
  ...pages,
  'CHANGELOG.md',
  'src/README.md',
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
  '.changeset/README.md',
  'src/sandbox/BEHAVIOUR.md',
];

/** Text without code, where brackets and `#` mean something else. */
const prose = (page: string): string =>
  textOf(page)
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`(?!\])/g, (code) => code.replaceAll(/[[\]()]/g, ' '));
const links = documents.flatMap((page) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^https?:/.test(target)),
);

/** The anchors of a page, as GitHub builds them from headings. */
const anchors = (page: string): readonly string[] =>
  [
    ...textOf(page)
      .replaceAll(/^```[^]*?^```/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('links between pages', () => {
  it('lead to files and headings that exist', () => {
    expect(links.length).toBeGreaterThan(40);
    const broken = links.filter(({ page, target }) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchors(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('reach every page from README', () => {
    const reached = new Set<string>(['README.md']);
    for (const page of reached)
      for (const link of links.filter((one) => one.page === page && one.target.includes('.md')))
        reached.add(join(dirname(page), link.target.split('#')[0] ?? ''));
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });
});

describe('the records of decisions', () => {
  const records = pages.filter((page) => page.startsWith('docs/decisions/') && !page.endsWith('README.md'));

  it.each(records)('%s has context, decision and consequences', (page) => {
    expect([...textOf(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(['Context', 'Decision', 'Consequences']);
  });

  it('name files of this repository that exist', () => {
    const files = records.flatMap((page) =>
      [...textOf(page).matchAll(/`((?:src|test|docs|scripts)\/[\w./-]+)`/g)].map(([, file = '']) => file),
    );
    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

describe('the guides for contributors', () => {
  it.each(['src/README.md', '.github/CONTRIBUTING.md'])('%s names files that exist', (page) => {
    const base = page === 'src/README.md' ? 'src' : '.';
    const paths = [...prose(page).matchAll(/`([\w-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|js|yml|md)))`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(15);
    // Files of a folder that the sentence names.
    const inside = ['', 'src', 'commands/init', 'engine', 'aws', 'steps', 'steps/alias', 'src/steps/alias', 'src/commands/init'];
    const missing = paths.filter(
      (path) => !inside.some((folder) => existsSync(join(root, base, folder, path))) && !existsSync(join(root, path)),
    );
    expect(missing).toEqual([]);
  });

  it('src/README.md lists every folder', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.length).toBeGreaterThan(8);
    expect(folders.filter(({ name }) => !textOf('src/README.md').includes(`| \`${name}/\` |`)).map(({ name }) => name)).toEqual([]);
  });
});

describe('README', () => {
  it('is a page', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(160);
  });

  it('shows pictures that exist', () => {
    const pictures = [...textOf('README.md').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures)
      expect(readFileSync(join(root, picture), 'latin1')).toMatch(picture.endsWith('.png') ? /^\x89PNG/ : /^<svg /);
  });
});
