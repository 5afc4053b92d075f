import type { Explanation, Page, PageKind, FixSteps } from '../core/explanation.js';
import type { TextStyle } from '../core/text.js';
import { fill, hang, padTo, pageOf, paragraph, type Layout, layoutOf, widthOf } from './layout.js';

/** One page of `bootstrap explain`, wrapped to the terminal width. Commands are not wrapped, so that you can copy them. */
export const renderPage = (page: Page, style: TextStyle): string => {
  const layout = layoutOf(style);
  const { means, matters, differs, sources = [], references, facts } = page;
  return pageOf(
    [
      ...hang(layout, `${layout.strong(page.id)}  `, widthOf(page.id) + 2, [{ text: page.title, paint: layout.strong }]),
      ...(facts.length === 0 ? [] : paragraph(layout, 0, { text: facts.join(' · '), paint: layout.dim })),
    ],
    section(layout, 'What it means', ...means.map((text) => paragraph(layout, 2, { text }))),
    section(layout, 'Why it matters', matters === undefined ? [] : paragraph(layout, 2, { text: matters })),
    section(layout, page.kind === 'step' ? 'How to run it' : 'What to do', ...ways(page, layout)),
    section(
      layout,
      page.kind === 'step' ? 'Checks' : 'References',
      list(references.map(referenceWords), layout),
      differs === undefined ? [] : paragraph(layout, 2, { text: differs }),
    ),
    section(layout, 'Sources', list(sources, layout)),
  );
};

/** All pages, one per line, grouped by kind. */
export const renderPageList = (pages: readonly Page[], style: TextStyle): string => {
  const layout = layoutOf(style);
  const column = Math.max(...pages.map(({ id }) => widthOf(id))) + 4;
  const group = (kind: PageKind): readonly string[] => {
    const lines = pages
      .filter((page) => page.kind === kind)
      .flatMap(({ id, title }) => hang(layout, padTo(`  ${id}`, column), column, [{ text: title }]));
    return lines.length === 0 ? [] : [layout.strong(groups[kind]), ...lines];
  };
  return pageOf(
    group('step'),
    group('finding'),
    group('error'),
    group('exit'),
    fill([{ text: 'To read a page: bootstrap explain ID' }], layout.width),
  );
};

const groups: Readonly<Record<PageKind, string>> = { step: 'Steps', finding: 'Checks', error: 'Errors', exit: 'Exit codes' };

/** A heading and its parts, separated by empty lines; nothing if all parts are empty. */
const section = (layout: Layout, heading: string, ...parts: readonly (readonly string[])[]): readonly string[] => {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 0) return [];
  return [layout.strong(heading), ...filled.flatMap((part, index) => (index === 0 ? part : ['', ...part]))];
};

const ways = ({ fix }: Explanation, layout: Layout): readonly (readonly string[])[] => {
  if (fix === undefined) return [];
  const { first, tool, console, cli } = fix;
  return [
    first === undefined ? [] : paragraph(layout, 2, { text: first }),
    tool === undefined ? [] : way('With this tool', tool, layout),
    console === undefined ? [] : [...lead('In the console', console.clicks, layout), ...paragraph(layout, 4, { text: console.url })],
    cli === undefined ? [] : way('With the AWS CLI', cli, layout),
  ];
};

const way = (name: string, { text, commands = [] }: FixSteps, layout: Layout): readonly string[] => [
  ...lead(name, text, layout),
  ...commands.flatMap((command) =>
    command.split('\n').map((line, index) => `    ${layout.dim(index === 0 ? '$' : ' ')} ${layout.strong(line)}`),
  ),
];

const lead = (name: string, text: string | undefined, layout: Layout): readonly string[] =>
  paragraph(layout, 2, { text: text === undefined ? `${name}:` : `${name}. ${text}` });

const list = (items: readonly string[], layout: Layout): readonly string[] => items.flatMap((text) => hang(layout, '  - ', 4, [{ text }]));

/** The full name of a reference such as `cis-7.0:2.5`. */
const referenceWords = (reference: string): string =>
  reference.replace(/cis-(\d+\.\d+):/, 'CIS AWS Foundations Benchmark $1, control ').replace(/prowler:/, 'Prowler ');
