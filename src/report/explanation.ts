import type { Explanation, Page, PageKind, FixSteps } from '../core/explanation.js';
import type { TextStyle } from '../core/text.js';
import { fill, hang, padTo, pageOf, paragraph, type Layout, layoutOf, widthOf } from './layout.js';

/** One page of `bootstrap explain`, wrapped to the terminal width. Commands are not wrapped, so that you can copy them. */
export const renderPage = (page: Page, look: TextStyle): string => {
  const sheet = layoutOf(look);
  const { means, matters, differs, sources = [], references, facts } = page;
  return pageOf(
    [
      ...hang(sheet, `${sheet.strong(page.id)}  `, widthOf(page.id) + 2, [{ text: page.title, paint: sheet.strong }]),
      ...(facts.length === 0 ? [] : paragraph(sheet, 0, { text: facts.join(' · '), paint: sheet.dim })),
    ],
    section(sheet, 'What it means', ...means.map((text) => paragraph(sheet, 2, { text }))),
    section(sheet, 'Why it matters', matters === undefined ? [] : paragraph(sheet, 2, { text: matters })),
    section(sheet, page.kind === 'step' ? 'How to run it' : 'What to do', ...ways(page, sheet)),
    section(
      sheet,
      page.kind === 'step' ? 'Checks' : 'References',
      list(references.map(referenceWords), sheet),
      differs === undefined ? [] : paragraph(sheet, 2, { text: differs }),
    ),
    section(sheet, 'Sources', list(sources, sheet)),
  );
};

/** All pages, one per line, grouped by kind. */
export const renderPageList = (pages: readonly Page[], look: TextStyle): string => {
  const sheet = layoutOf(look);
  const column = Math.max(...pages.map(({ id }) => widthOf(id))) + 4;
  const group = (kind: PageKind): readonly string[] => {
    const lines = pages
      .filter((page) => page.kind === kind)
      .flatMap(({ id, title }) => hang(sheet, padTo(`  ${id}`, column), column, [{ text: title }]));
    return lines.length === 0 ? [] : [sheet.strong(groups[kind]), ...lines];
  };
  return pageOf(
    group('step'),
    group('finding'),
    group('error'),
    group('exit'),
    fill([{ text: 'To read a page: bootstrap explain ID' }], sheet.width),
  );
};

const groups: Readonly<Record<PageKind, string>> = { step: 'Steps', finding: 'Checks', error: 'Errors', exit: 'Exit codes' };

/** A heading and its parts, separated by empty lines; nothing if all parts are empty. */
const section = (sheet: Layout, heading: string, ...parts: readonly (readonly string[])[]): readonly string[] => {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 0) return [];
  return [sheet.strong(heading), ...filled.flatMap((part, index) => (index === 0 ? part : ['', ...part]))];
};

const ways = ({ fix }: Explanation, sheet: Layout): readonly (readonly string[])[] => {
  if (fix === undefined) return [];
  const { first, tool, console, cli } = fix;
  return [
    first === undefined ? [] : paragraph(sheet, 2, { text: first }),
    tool === undefined ? [] : way('With this tool', tool, sheet),
    console === undefined ? [] : [...lead('In the console', console.clicks, sheet), ...paragraph(sheet, 4, { text: console.url })],
    cli === undefined ? [] : way('With the AWS CLI', cli, sheet),
  ];
};

const way = (name: string, { text, commands = [] }: FixSteps, sheet: Layout): readonly string[] => [
  ...lead(name, text, sheet),
  ...commands.flatMap((command) =>
    command.split('\n').map((line, index) => `    ${sheet.dim(index === 0 ? '$' : ' ')} ${sheet.strong(line)}`),
  ),
];

const lead = (name: string, text: string | undefined, sheet: Layout): readonly string[] =>
  paragraph(sheet, 2, { text: text === undefined ? `${name}:` : `${name}. ${text}` });

const list = (items: readonly string[], sheet: Layout): readonly string[] => items.flatMap((text) => hang(sheet, '  - ', 4, [{ text }]));

/** The full name of a reference such as `cis-7.0:2.5`. */
const referenceWords = (reference: string): string =>
  reference.replace(/cis-(\d+\.\d+):/, 'CIS AWS Foundations Benchmark $1, control ').replace(/prowler:/, 'Prowler ');
