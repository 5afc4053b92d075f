import { readFileSync } from 'node:fs';
import { fc } from '../support/fast-check.js';
import { type DefaultTreeAdapterMap, type ParserError, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RunReport } from '../../src/core/report.js';
import { plain } from '../../src/core/text.js';
import { catalogue, type Format, formats, pathsOf, readCsv, readXml, render, whole, withValue, type Xml } from './format-fixtures.js';
import { recordTotal } from '../support/totals.js';
import * as fixtures from './fixtures.js';
import { payloads } from './payloads.js';

const everywhere = (value: string): RunReport => pathsOf(whole).reduce((all, path) => withValue(all, path, value), whole);

/** Each payload alone in every second field, so that each field gets half of them and its neighbour the other half. `check` and `init` differ only in Markdown, so for `init` all fields at once are enough. */
const variants = [
  ...pathsOf(whole).flatMap((path, at) =>
    payloads
      .filter((_, index) => (index + at) % 2 === 0)
      .map((payload) => ({ path: path.join('.'), payload, report: withValue(whole, path, payload) })),
  ),
  ...payloads.map((payload) => ({ path: 'all', payload, report: { ...everywhere(payload), command: 'init' as const } })),
];
const documents = (format: Format): readonly string[] => variants.map(({ report }) => render(format, report));

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('hostile values in every field', { timeout: 60_000 }, () => {
  it('are many, and cover all fields', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(40);
    expect(pathsOf(whole).length).toBeGreaterThan(60);
    recordTotal({
      suite: 'P4',
      title: 'documents with a hostile value in one field, or in all',
      ran: variants.length * formats.length,
      floor: 16_000,
      sampled: 'each of two neighbouring fields gets one half of the payloads',
      all: 'npm test',
      detail: `${payloads.length} payloads, ${pathsOf(whole).length} fields, ${formats.length} formats`,
    });
  });

  for (const format of formats) {
    it(`cannot control a terminal or a build: ${format}`, () => {
      for (const [at, text] of documents(format).entries()) {
        const lines = text.split(format === 'csv' ? '\r\n' : '\n');
        for (const line of lines) {
          if (unsafe.test(line) || /^\s*::/.test(line) || /##[a-z]*\[/i.test(line))
            throw new Error(`${variants[at]?.path} with ${JSON.stringify(variants[at]?.payload)}: ${JSON.stringify(line)}`);
        }
      }
    });
  }

  it('leave JSON and JSONL unchanged', () => {
    for (const { report } of variants) {
      expect(JSON.parse(render('json', report))).toEqual(report);
      const lines = render('jsonl', report)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string });
      expect([lines[0]?.type, lines.at(-1)?.type]).toEqual(['run', 'summary']);
      expect(lines.filter(({ type }) => type === 'result').map(({ type: _, ...result }) => result)).toEqual(report.results);
    }
  });

  it('leave JUnit well-formed, with the same cases', () => {
    const shape = ({ tag, children }: Xml): string => `${tag}(${children.map(shape).join()})`;
    const [usual] = readXml([render('junit', whole)]).map(shape);
    const roots = readXml(documents('junit'));
    expect(roots).toHaveLength(variants.length);
    for (const [at, root] of roots.entries()) {
      const { path, payload } = variants[at] as (typeof variants)[number];
      // A step or an account with another name is a separate suite.
      if (!/^(all|results\.\d+\.(step|accountId)|steps\.\d+\.id)$/.test(path)) expect(shape(root)).toBe(usual);
      if (path === 'results.0.reason') {
        const failure = root.children
          .flatMap((suite) => suite.children.flatMap((one) => one.children))
          .find(({ tag }) => tag === 'failure');
        expect(failure?.attributes['message']).toBe(
          plain(payload).replace(/[\ufffe\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`),
        );
      }
    }
  });

  it('leave CSV a table of the same size, and do not start a formula', () => {
    const tables = readCsv(documents('csv'));
    const split = readCsv(documents('csv'), ';');
    for (const [at, table] of tables.entries()) {
      const { path, payload } = variants[at] as (typeof variants)[number];
      expect(table.map((record) => record.length)).toEqual(Array.from({ length: whole.results.length + 1 }, () => table[0]?.length));
      for (const cell of [...table, ...(split[at] ?? [])].flat()) {
        if (/^["\s]*[=+\-@＝＋－＠]/.test(cell)) throw new Error(`${path} with ${JSON.stringify(payload)}: ${JSON.stringify(cell)}`);
      }
    }
  });

  it('leave SARIF valid against its schema', () => {
    const schema = JSON.parse(readFileSync(new URL('./sarif-schema-2.1.0.json', import.meta.url), 'utf8'), (key, value: unknown) =>
      key === 'format' && value === 'uri-reference' ? undefined : value,
    ) as Parameters<typeof z.fromJSONSchema>[0];
    const sarif = z.fromJSONSchema(schema);
    for (const payload of payloads) {
      const text = render('sarif', everywhere(payload), { everything: true, configFile: payload, catalogue });
      expect(sarif.safeParse(JSON.parse(text)).error?.issues).toBeUndefined();
    }
    for (const text of documents('sarif')) {
      const { message } = (JSON.parse(text) as { runs: { results: { message: { text: string } }[] }[] }).runs[0]?.results[0] ?? {};
      expect(message?.text).not.toMatch(/\]\(|\{\d+\}/);
    }
  });

  it('are only text in HTML', () => {
    const usual = pageOf(render('html', whole));
    for (const [at, text] of documents('html').entries()) {
      const { path, payload } = variants[at] as (typeof variants)[number];
      const page = pageOf(text);
      if (page.problem !== undefined) throw new Error(`${path} with ${JSON.stringify(payload)}: ${page.problem}`);
      expect(page.policy).toBe(usual.policy);
      if (path === 'results.0.observed')
        expect(page.text).toContain(
          plain(payload).replace(/\p{Noncharacter_Code_Point}/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`),
        );
    }
  });

  it('are only text in HTML, whatever they are', () => {
    const signs = [
      ...'<>&"\'`=/!-; \n',
      '<!--',
      '-->',
      '</',
      'style',
      'script',
      'a',
      'href',
      'https://console.aws.amazon.com/',
      'javascript:',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 20 }), (parts) => {
        expect(pageOf(render('html', everywhere(parts.join('')))).problem).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('mean nothing in Markdown', () => {
    for (const [at, text] of documents('markdown').entries()) {
      const found = meaningIn(text);
      if (found !== undefined) throw new Error(`${variants[at]?.path} with ${JSON.stringify(variants[at]?.payload)}: ${found}`);
    }
  });

  it('mean nothing in Markdown, whatever they are', () => {
    const signs = [...'`*_[](){}<>&|~!#@$%^:/.-+="\'\\ \n', 'www', 'GH', 'https', '1', 'a'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 30 }), (parts) => {
        const value = parts.join('');
        const results = [
          fixtures.result('mfa.root', 'fail', value, {
            resource: value,
            remediation: { by: 'hand', instructions: value, command: value, url: value },
          }),
        ];
        expect(meaningIn(render('markdown', fixtures.report({ command: 'check', results })))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

const awsHost = String.raw`https://(?:[a-z0-9-]+\.)*aws\.amazon\.com[\w\-./?#=&%~+]*`;
/** What the renderer itself writes. */
const own = [
  /(?<!\\)`[^`\n]*`/g,
  /\\[`*_[\]]/g,
  /<span>(?:[@#$:.\-!%^]|&amp;|&#126;)<\/span>/g,
  /&(?:amp|lt|gt|#124|#126|#92);/g,
  /(?:^|<br>)\*\*Next:\*\* /gm,
  /<br>/g,
  /^<details><summary>No action needed: \d+ checks?<\/summary>$/gm,
  /^<\/details>$/gm,
  /^> \*\*(?:Error|Warning)\*\*(?: |$)/gm,
  /^#{2,3} (?=\S)/gm,
  new RegExp(String.raw`\[open the page\]\(${awsHost}\)`, 'g'),
  new RegExp(`<${awsHost}>`, 'g'),
];

/** Every line starts with our own text, because text at the start of a line can be a list, a heading or a command. */
const ownStart =
  /^(?:$|## [✅❌⚠] |### (?:Open|Plan|Steps|Remaining manual steps|Could not be read|Account details)$|\| |> \*\*(?:Error|Warning)\*\*(?: |$)|\*\*Next:\*\* |(?:Practice account|Account) |\d+ checks?: |Exit code |<details><summary>|<\/details>$|\d+ not shown, )/;

/** The first remaining character that Markdown, GitHub or a browser would interpret; or a table that lost its shape. */
const meaningIn = (text: string): string | undefined => {
  let columns: number | undefined;
  for (const line of text.split('\n')) {
    if (!ownStart.test(line)) return `start: ${line}`;
    if (!line.startsWith('|')) {
      columns = undefined;
      continue;
    }
    // A backslash before a pipe keeps the pipe in its cell, also inside code.
    const found = line.replace(/\\./g, '').split('|').length;
    columns ??= found;
    if (found !== columns) return `columns: ${line}`;
  }
  const rest = own.reduce(
    (left, pattern) => left.replace(pattern, '\u0001'),
    text.replace(/^\|.*\|$/gm, (row) => row.replaceAll('|', ' ').replace(/ --- /g, ' ')),
  );
  return /.*(?:[`*_[\]<>|~#@$&\\]|:\/\/|(?<![a-z\d])www\.|(?<![a-z\d])GH-|[!%^][\w"]).*/i.exec(rest)?.[0];
};

/** What the renderer itself writes; anything else came from a value. */
const elements =
  /^(html|head|meta|title|style|body|header|main|footer|nav|section|article|div|h[1-4]|p|ul|ol|li|dl|dt|dd|a|code|pre|strong|span|br|time|details|summary|table|thead|tbody|tr|th|td|label|input|svg|rect)$/;
const attributes =
  /^(lang|charset|http-equiv|content|name|class|id|href|rel|role|aria-label|aria-labelledby|tabindex|scope|colspan|datetime|type|autocomplete|viewBox|preserveAspectRatio|x|width|height)$/;
const awsAddress = new RegExp(`^(?:${awsHost})$`);

/** The page as a parser sees it, with the first thing in it that is not ours. */
const pageOf = (text: string): { readonly problem: string | undefined; readonly policy: string | undefined; readonly text: string } => {
  const problems: string[] = [];
  const ids: string[] = [];
  const targets: string[] = [];
  const words: string[] = [];
  let policy: string | undefined;
  const visit = (node: DefaultTreeAdapterMap['node']): void => {
    if ('value' in node) words.push(node.value);
    if (node.nodeName === '#comment') problems.push('a comment');
    if ('attrs' in node) {
      const of = (name: string): string | undefined => node.attrs.find((attribute) => attribute.name === name)?.value;
      if (!elements.test(node.tagName)) problems.push(`the element ${node.tagName}`);
      for (const { name } of node.attrs) if (!attributes.test(name)) problems.push(`the attribute ${name} of ${node.tagName}`);
      const href = of('href');
      if (href?.startsWith('#') === true) targets.push(href.slice(1));
      else if (href !== undefined && !awsAddress.test(href)) problems.push(`a link to ${href}`);
      const id = of('id');
      if (id !== undefined) ids.push(id);
      targets.push(...(of('aria-labelledby') ?? '').split(' ').filter((word) => word !== ''));
      if (of('http-equiv') !== undefined) policy = `${of('http-equiv')}: ${of('content')}`;
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(text, { onParseError: ({ code }: ParserError) => problems.push(`the parser reports ${code}`) }));
  if (new Set(ids).size !== ids.length) problems.push('an id twice');
  problems.push(...targets.filter((target) => !ids.includes(target)).map((target) => `no element ${target}`));
  return { problem: problems[0], policy, text: words.join('') };
};
