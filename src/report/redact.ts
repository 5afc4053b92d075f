import { createHash } from 'node:crypto';
import type { AccountPlan } from '../core/account-plan.js';
import { type ErrorInfo, exitNames } from '../core/errors.js';
import type { FindingSpec } from '../core/finding.js';
import { grouped } from '../core/grouped.js';
import type { AccountReport, OrganizationAccount, Result, RunReport, Summary } from '../core/report.js';
import { practicePrefix } from './joined.js';

/** What the tool itself writes. Everything else in a report comes from an account, a config or a computer. */
export interface OwnTexts {
  /** The words of the tool's own texts, in lower case. */
  readonly words: ReadonlySet<string>;
  /** By id. */
  readonly checks: ReadonlyMap<string, FindingSpec>;
  readonly steps: ReadonlySet<string>;
  readonly errorCodes: ReadonlySet<string>;
}

/**
 * The report for someone outside: with placeholders such as `account-1` for account ids, addresses, keys and names, the same for the same
 * value. The new report has only fields that are listed here, and its texts have only words that the tool itself uses: a word that is not
 * known is replaced, because it may be a name.
 */
export const redacted = (report: RunReport, own: OwnTexts): RunReport => {
  const { hide, placeholder } = hiding(report, own);
  const maybe = (text: string | null): string | null => (text === null ? null : hide(text));
  const account = (id: string): string => placeholder('account', id);
  const stepId = (id: string): string => (own.steps.has(id) ? id : placeholder('step', id));
  const error = ({ code, step, message, next, retryable, changed, aws }: ErrorInfo): ErrorInfo => ({
    code: own.errorCodes.has(code) ? code : placeholder('error', code),
    step: step === null ? null : stepId(step),
    message: hide(message),
    next: hide(next),
    retryable,
    changed,
    aws:
      aws === null
        ? null
        : {
            operation: hide(aws.operation),
            error: hide(aws.error),
            ...(aws.requestId === undefined ? {} : { requestId: placeholder('request', aws.requestId) }),
          },
  });
  const plan = (of: AccountPlan | null | undefined): { readonly plan?: AccountPlan | null } => {
    if (of === undefined || of === null) return of === undefined ? {} : { plan: null };
    const { type, status, remainingCredits: credits, expiresOn } = of;
    return {
      plan: {
        type,
        status,
        remainingCredits: credits === null ? null : { amount: credits.amount, unit: hide(credits.unit) },
        expiresOn,
      },
    };
  };
  const accountFacts = (of: Omit<AccountReport, 'identity'>) => ({
    id: account(of.id),
    alias: of.alias === null ? null : placeholder('account-alias', of.alias),
    partition: hide(of.partition),
    role: of.role,
    ...plan(of.plan),
  });
  const identity = ({ kind, arn }: AccountReport['identity']): AccountReport['identity'] => ({ kind, arn: hide(arn) });
  const member = (of: OrganizationAccount): OrganizationAccount => ({
    ...accountFacts(of),
    name: accountName(of.name, placeholder),
    state: hide(of.state),
    identity: of.identity === null ? null : identity(of.identity),
    unseen: maybe(of.unseen),
    summary: numbers(of.summary),
  });
  const ofAccount = ({ accountId }: { readonly accountId?: string }) => (accountId === undefined ? {} : { accountId: account(accountId) });
  const result = (of: Result): Result => {
    const spec = own.checks.get(of.id);
    const id = spec === undefined ? placeholder('check', of.id) : of.id;
    const accountId = account(of.accountId);
    const resource = hide(of.resource);
    const { remediation: fix, waiver, spend } = of;
    return {
      id,
      accountId,
      step: stepId(of.step),
      kind: of.kind,
      status: of.status,
      reason: hide(of.reason),
      missingPermission: maybe(of.missingPermission),
      severity: of.severity,
      title: spec?.title ?? hide(of.title),
      resource,
      expected: maybe(of.expected),
      observed: maybe(of.observed),
      remediation:
        fix === null ? null : { by: fix.by, instructions: maybe(fix.instructions), command: maybe(fix.command), url: maybe(fix.url) },
      references: spec?.references ?? of.references.map(hide),
      evidence: of.evidence.map(({ operation, requestId }) => ({
        operation: hide(operation),
        ...(requestId === undefined ? {} : { requestId: placeholder('request', requestId) }),
      })),
      waiver:
        waiver === null
          ? null
          : {
              reason: hide(waiver.reason),
              owner: placeholder('owner', waiver.owner),
              expires: hide(waiver.expires),
              state: waiver.state,
            },
      // The original would allow to try out which account id it belongs to.
      fingerprint: createHash('sha256').update(`${accountId}\n${id}\n${resource}`).digest('hex').slice(0, 32),
      ...(of.cause === undefined ? {} : { cause: of.cause }),
      ...(spend === undefined
        ? {}
        : { spend: { actual: spend.actual, forecast: spend.forecast, limit: spend.limit, unit: hide(spend.unit) } }),
    };
  };
  const { exit, tool } = report;
  return {
    schemaVersion: report.schemaVersion,
    tool: { name: tool.name, version: /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(tool.version) ? tool.version : hide(tool.version) },
    command: report.command,
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    target: isPlace(report.target) ? report.target : placeholder('endpoint', report.target),
    account: report.account === null ? null : { ...accountFacts(report.account), identity: identity(report.account.identity) },
    ...(report.accounts === undefined ? {} : { accounts: report.accounts.map(member) }),
    summary: numbers(report.summary),
    ...(report.plan === undefined
      ? {}
      : {
          plan: report.plan.map((change) => ({
            ...ofAccount(change),
            step: stepId(change.step),
            kind: hide(change.kind),
            summary: hide(change.summary),
            risk: change.risk,
            calls: change.calls.map(hide),
            ...(change.secretPlace === undefined ? {} : { secretPlace: hide(change.secretPlace) }),
          })),
        }),
    results: report.results.map(result),
    ...(report.steps === undefined
      ? {}
      : {
          steps: report.steps.map((step) => ({
            ...ofAccount(step),
            id: stepId(step.id),
            status: step.status,
            verified: step.verified,
            error: step.error === null ? null : error(step.error),
          })),
        }),
    ...(report.kept === undefined
      ? {}
      : {
          kept: report.kept.map(({ step, what, why, manual }) => ({
            step: stepId(step),
            what: hide(what),
            why: hide(why),
            manual: maybe(manual),
          })),
        }),
    ...(report.recap === undefined ? {} : { recap: report.recap.map(({ label, value }) => ({ label: hide(label), value: hide(value) })) }),
    ...(report.warnings === undefined ? {} : { warnings: report.warnings.map(hide) }),
    apiCalls: { total: report.apiCalls.total, writes: report.apiCalls.writes },
    ...(report.error === undefined ? {} : { error: error(report.error) }),
    exit: {
      code: exit.code,
      name: exit.code === 130 || exit.code === 143 ? hide(exit.name) : exitNames[exit.code],
      ...(exit.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: exit.retryAfterSeconds }),
    },
  };
};

/** `report` adds where an account is to its name if it joins accounts of different places. */
const accountName = (name: string, placeholder: Hiding['placeholder']): string => {
  const place = name.startsWith(practicePrefix) ? practicePrefix : '';
  return `${place}${placeholder('name', name.slice(place.length))}`;
};

const isPlace = (target: string): boolean => target === 'aws' || target === 'sandbox' || target === 'several';

const numbers = ({ pass, fail, manual, waived, unknown, notApplicable }: Summary): Summary => ({
  pass,
  fail,
  manual,
  waived,
  unknown,
  notApplicable,
});

interface Hiding {
  /** A text without anything that is not the tool's own. */
  readonly hide: (text: string) => string;
  /** The placeholder of a whole value. The first kind that is given for a value is used. */
  readonly placeholder: (kind: string, value: string) => string;
}

const hiding = (report: RunReport, { words, checks, steps }: OwnTexts): Hiding => {
  const placeholders = new Map<string, string>();
  const counts = new Map<string, number>();
  const placeholder = (kind: string, value: string): string => {
    const known = placeholders.get(value);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    placeholders.set(value, `${kind}-${count}`);
    return `${kind}-${count}`;
  };
  const isOwn = (word: string): boolean => words.has(word.toLowerCase()) || /^\d{1,4}(?:st|nd|rd|th|s|h|kB|MB)?$/.test(word);
  const hideArn = (_: string, partition: string, service: string, region: string, id: string, rest: string): string => {
    const [, kind = '', name = ''] = /^([^:/]*)[:/]?(.*)$/s.exec(rest) ?? [];
    const own = [partition, service, region].map((word) => (word.split('-').every((part) => part === '' || isOwn(part)) ? word : '…'));
    const place = `arn:${own.join(':')}:${/^\d+$/.test(id) ? placeholder('account', id) : id}:`;
    // What AWS itself has in every account.
    if (id === 'aws' && rest.split(/[^A-Za-z\d]+/).every((word) => isOwn(word))) return `${place}${rest}`;
    if (rest === 'root') return `${place}root`;
    if (name === '') return `${place}${placeholder('name', rest)}`;
    const parts = name.split('/').filter((part) => part !== '');
    // A session comes after the name of its role; a user comes after its path, which is no part of the name.
    if (kind === 'assumed-role')
      return `${place}${kind}/${placeholder('role', parts[0] ?? '')}/${placeholder('session', parts.slice(1).join('/'))}`;
    const type = isOwn(kind) ? kind : 'name';
    return `${place}${type}/${placeholder(type, parts.at(-1) ?? name)}`;
  };

  for (const { id } of [...(report.account === null ? [] : [report.account]), ...(report.accounts ?? [])]) placeholder('account', id);
  for (const { accountId } of report.results) placeholder('account', accountId);
  const arns = [
    ...[report.account?.identity, ...(report.accounts ?? []).map(({ identity }) => identity)].flatMap((one) => one?.arn ?? []),
    ...report.results.map(({ resource }) => resource),
  ];
  for (const text of arns) text.replace(arn, hideArn);
  for (const { alias } of [...(report.account === null ? [] : [report.account]), ...(report.accounts ?? [])])
    if (alias !== null) placeholder('account-alias', alias);
  for (const { name } of report.accounts ?? []) accountName(name, placeholder);
  for (const { resource } of report.results) {
    const name = resource.split(': ')[0] ?? '';
    if (!patterns.some(({ pattern }) => new RegExp(pattern.source, pattern.flags).test(name)) && !name.startsWith('arn:'))
      placeholder('name', name);
  }
  // A name that consists of words of the tool, such as a budget Monthly, is only known as a whole. And `admin-user`, the step, is not
  // `admin`, the user.
  const ids = [...steps, ...checks.keys()].filter((id) => /[-.]/.test(id) && !placeholders.has(id));
  const wholes = wholesOf([...[...placeholders].filter(([value]) => wordsOf(value).every(isOwn)), ...ids.map((id) => [id, id] as const)]);

  const hide = (text: string): string => {
    const done: string[] = [];
    const mark = (hidden: string): string => `${String.fromCodePoint(opening)}${done.push(hidden) - 1}${String.fromCodePoint(closing)}`;
    let rest = text.replace(/[\ue000\ue001]/g, '?');
    rest = rest.replace(arn, (...found) => mark(hideArn(...(found as unknown as Parameters<typeof hideArn>))));
    rest = rest.replace(times, mark);
    for (const { kind, pattern } of patterns) rest = rest.replace(pattern, (value) => mark(placeholder(kind, value)));
    rest = replaceWords(rest, wholes, (found) => (isOwn(found) || marks.test(found) ? found : placeholder('name', found)));
    return rest.replace(marked, (_, index: string) => done[Number(index)] ?? '');
  };
  return { hide, placeholder };
};

/** Values of several words, and what replaces them, by the first word. */
type Wholes = ReadonlyMap<string, { readonly lengths: readonly number[]; readonly values: ReadonlyMap<string, string> }>;

const wholesOf = (entries: readonly (readonly [value: string, hidden: string])[]): Wholes => {
  const groups = grouped(
    entries.flatMap(([value, hidden]) => {
      const from = value.search(word);
      return from < 0 || /^\d*$/.test(value) ? [] : [{ text: value.slice(from), first: wordsOf(value)[0] ?? '', hidden }];
    }),
    ({ first }) => first,
  );
  return new Map(
    [...groups].map(([first, group]) => [
      first,
      {
        lengths: [...new Set(group.map(({ text }) => text.length))].toSorted((a, b) => b - a),
        values: new Map(group.map(({ text, hidden }) => [text, hidden])),
      },
    ]),
  );
};

/** Replaces each whole value, the longest first, and each other word by itself. */
const replaceWords = (text: string, wholes: Wholes, one: (word: string) => string): string => {
  const parts: string[] = [];
  const next = new RegExp(word.source, word.flags);
  let at = 0;
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    const [first] = found;
    const start = found.index;
    const { lengths = [], values } = wholes.get(first) ?? {};
    const length = lengths.find((each) => values?.has(text.slice(start, start + each)) === true && !isInWord(text, start + each)) ?? 0;
    parts.push(text.slice(at, start), length === 0 ? one(first) : (values?.get(text.slice(start, start + length)) ?? ''));
    at = start + (length === 0 ? first.length : length);
    next.lastIndex = at;
  }
  return `${parts.join('')}${text.slice(at)}`;
};

/** Whether a word continues at this place. */
const isInWord = (text: string, at: number): boolean => at > 0 && /^[\p{L}\p{N}_]{2}/u.test(text.slice(at - 1, at + 1));

const opening = 0xe000;
const closing = 0xe001;
const marks = /[\ue000\ue001]/;
const marked = /\ue000(\d+)\ue001/g;
/** A marked part, or a word. Characters outside of ASCII count, except for the punctuation that the tool uses. */
const word = /\ue000\d+\ue001|(?:[A-Za-z\d_]|[^\x00-\x7f·…–—’“”✓→\ue000\ue001])+/gu;
const wordsOf = (text: string): readonly string[] => text.match(word) ?? [];

const arn = /arn:([\w-]+):([\w-]*):([\w-]*):(\d*|aws):([^\s"'`,;()<>]*[^\s"'`,;()<>.:])/g;
/** Days, times and amounts. */
const times = /\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?\b|(?<![\w+-])\d+(?:\.\d+)?(?= (?:USD|CNY|EUR|%))/g;
/** Values that can be recognized by their form. */
const patterns: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'mail', pattern: /(?<![^\s"'`,;:()<>@])[^\s"'`,;:()<>@]+@[^\s"'`,;:()<>@]+[^\s"'`,;:()<>@.]/g },
  { kind: 'key', pattern: /\b(?:AKIA|ASIA)[A-Z\d]{8,}\b/g },
  { kind: 'id', pattern: /\b(?:AIDA|AROA|AGPA|ANPA|AIPA|APKA|ABIA|ACCA)[A-Z\d]{8,}\b/g },
  { kind: 'request', pattern: /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi },
  { kind: 'id', pattern: /\b(?:o|r|ou|h|car|p)-[a-z\d]{4,32}(?:-[a-z\d]{8,32})?\b/g },
  { kind: 'account', pattern: /(?<!\d)\d{12}(?!\d)/g },
  { kind: 'address', pattern: /\b\d{1,3}(?:\.\d{1,3}){3}\b/g },
  { kind: 'phone', pattern: /(?<![\w.])\+?\(?\d[\d\s()-]{5,}\d/g },
];
