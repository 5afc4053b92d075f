import type { ErrorInfo } from '../core/errors.js';
import type { Result, RunReport, StepReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { errorLine } from './error-text.js';
import { commandLine, fixParts, reasonOf, type ReportExtras, waiverWords } from './words.js';

/**
 * JUnit XML, in the subset that Jenkins, GitLab and GitHub's viewers agree on: one suite per step (for an organization: per account),
 * one case per result. `fail` is a failure; results that could not be read, and failed runs or steps, are errors; manual, waived and
 * not applicable results are skipped.
 * https://github.com/testmoapp/junitxml
 */
export const renderJunit = (report: RunReport, { words }: ReportExtras): string => {
  const suites = suitesOf(report, commandLine(report, words, report.command));
  const seconds = (report.durationMs / 1000).toFixed(3);
  const timestamp = report.startedAt.replace(/(\.\d+)?Z$/, '');
  const body = suites.map(({ name, cases }) => {
    const inside = cases.map(
      ({ classname = name, name: test, inside: outcome }) => `    ${element('testcase', { classname, name: test, time: '0' }, outcome)}\n`,
    );
    return `  ${element('testsuite', { name, ...counts(cases), time: '0', timestamp }, `\n${inside.join('')}  `)}\n`;
  });
  const all = counts(suites.flatMap(({ cases }) => cases));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: report.tool.name, ...all, time: seconds, timestamp }, `\n${body.join('')}`)}\n`;
};

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  /** If it differs from the suite's name. */
  readonly classname?: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** XML. */
  readonly inside: string;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

const counts = (cases: readonly Case[]) => {
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
};

const suitesOf = (report: RunReport, command: string): readonly Suite[] => {
  const { results, steps = [], error } = report;
  const several = new Set(results.map(({ accountId }) => accountId)).size > 1;
  const suites = new Map<string, Case[]>();
  const add = (suite: string, one: Case): void => {
    suites.set(suite, [...(suites.get(suite) ?? []), one]);
  };
  if (error) add(report.tool.name, { name: command, outcome: 'error', inside: errorElement(error) });
  // Viewers show the part before the last dot as a package.
  for (const result of results) {
    const classname = several ? `${result.accountId}.${result.step}` : result.step;
    add(report.accounts === undefined ? classname : result.accountId, { ...caseOf(result), classname });
  }
  for (const step of steps) {
    if (step.status === 'failed' || step.status === 'blocked') add(step.accountId ?? step.id, caseOfStep(step));
  }
  return [...suites].map(([name, cases]) => ({ name, cases: numbered(cases) }));
};

/** GitLab keeps only one of several cases with the same name, so the later ones get a number. */
const numbered = (cases: readonly Case[]): readonly Case[] =>
  cases.map((one, index) => {
    const before = cases.slice(0, index).filter(({ name }) => name === one.name).length;
    return before === 0 ? one : { ...one, name: `${one.name} (${before + 1})` };
  });

const caseOf = (result: Result): Case => {
  const name = `${result.id} ${result.resource}`;
  const { reason: message, severity, status } = result;
  switch (status) {
    case 'pass':
      return { name, outcome: 'passed', inside: '' };
    case 'fail':
      return { name, outcome: 'failure', inside: element('failure', { message, type: severity }, details(result)) };
    case 'unknown':
      return { name, outcome: 'error', inside: element('error', { message, type: result.cause ?? 'unknown' }, details(result)) };
    case 'manual':
    case 'waived':
    case 'not-applicable':
      return {
        name,
        outcome: 'skipped',
        inside: element('skipped', { message: `${skipWords[status]}: ${reasonOf(result)}` }, details(result)),
      };
  }
};

const skipWords = { manual: 'manual', waived: 'waived', 'not-applicable': 'not applicable' } as const;

const caseOfStep = ({ accountId, id, error, status }: StepReport): Case => {
  const name = accountId === undefined ? 'changes' : `changes of ${id}`;
  if (status === 'blocked')
    return { name, outcome: 'skipped', inside: element('skipped', { message: 'It depends on a step that failed.' }) };
  return error === null
    ? { name, outcome: 'error', inside: element('error', { message: 'It did not finish.', type: 'unfinished' }) }
    : { name, outcome: 'error', inside: errorElement(error) };
};

const errorElement = (error: ErrorInfo): string =>
  element(
    'error',
    { message: errorLine(error), type: error.code },
    lines([
      ['next', error.next],
      ['aws', error.aws === null ? null : `${error.aws.operation} returned ${error.aws.error}`],
      ['request id', error.aws?.requestId ?? null],
    ]),
  );

const details = (result: Result): string =>
  lines([
    ['severity', result.severity],
    ['expected', result.expected],
    ['observed', result.observed],
    ...fixParts(result).map(({ label, text }) => [label, text] as const),
    ['waiver', result.status === 'waived' ? null : (waiverWords(result) ?? null)],
    ['references', result.references.length === 0 ? null : result.references.join(' ')],
  ]);

/** Every line starts with our own label, so that no value can act as a command for a CI log reader. */
const lines = (pairs: readonly (readonly [label: string, text: string | null])[]): string =>
  `${pairs.flatMap(([label, text]) => (text === null ? [] : [`\n${label}: ${xmlText(text)}`])).join('')}\n`;

/**
 * A value as XML 1.0 character data, for text and for attributes in double quotes. `plain` escapes all characters that
 * XML forbids, except two non-characters. https://www.w3.org/TR/xml/#charsets
 */
const xmlText = (value: string): string =>
  plain(value)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"]/g, (character) => entities[character] as string);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `<name a="b">inside</name>`; `inside` is already XML. Undefined attributes are left out. */
const element = (name: string, attributes: Readonly<Record<string, string | number | undefined>>, inside = ''): string => {
  const start = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${xmlText(String(value))}"`]))
    .join('');
  return inside === '' ? `<${name}${start}/>` : `<${name}${start}>${inside}</${name}>`;
};
