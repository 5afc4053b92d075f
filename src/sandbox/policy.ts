/** A small evaluator of IAM policy documents: enough for the policies that an account bootstrap needs. */

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | boolean | readonly string[]>>>>;
}

/** The request to decide on. Context keys are in lower case, because AWS compares them case-insensitively. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | undefined>>;
}

export type Decision = 'allow' | 'deny' | 'silent';

export const statementsOf = (document: string): readonly Statement[] => {
  const { Statement: found } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  return list(found);
};

/** An explicit deny wins over every allow. */
export function decide(statements: readonly Statement[], question: Question): Decision {
  const applying = statements.filter((statement) => applies(statement, question));
  if (applying.some((statement) => statement.Effect === 'Deny')) return 'deny';
  return applying.length > 0 ? 'allow' : 'silent';
}

function applies(statement: Statement, question: Question): boolean {
  const { action, resource, context } = question;
  const actionHit = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase()));
  const resourceHit = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(fill(pattern, context), resource));
  if (statement.Action !== undefined && !actionHit(list(statement.Action))) return false;
  if (statement.NotAction !== undefined && actionHit(list(statement.NotAction))) return false;
  if (statement.Resource !== undefined && !resourceHit(list(statement.Resource))) return false;
  if (statement.NotResource !== undefined && resourceHit(list(statement.NotResource))) return false;
  const met = conditionsMet(statement.Condition ?? {}, context);
  // A condition that is not supported must never widen access: then an allow does not apply, but a deny does.
  return met ?? statement.Effect === 'Deny';
}

/** Undefined: this evaluator does not support one of the conditions. */
export function conditionsMet(conditions: NonNullable<Statement['Condition']>, context: Question['context']): boolean | undefined {
  const verdicts = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) =>
      conditionMet(operator, context[key.toLowerCase()], list(wanted).map(String), key.toLowerCase() in context),
    ),
  );
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function conditionMet(operator: string, actual: string | undefined, wanted: readonly string[], known: boolean): boolean | undefined {
  const ifExists = operator.endsWith('IfExists');
  const name = ifExists ? operator.slice(0, -'IfExists'.length) : operator;
  const test = operators[name];
  if (test === undefined || !known) return undefined;
  if (name === 'Null') return wanted.some((text) => (text === 'true') === (actual === undefined));
  if (actual === undefined) return ifExists || name.includes('Not');
  const hit = wanted.some((text) => test(text, actual));
  return name.includes('Not') ? !hit : hit;
}

type Test = (wanted: string, actual: string) => boolean;
const same: Test = (wanted, actual) => wanted === actual;
const sameFolded: Test = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();
const like: Test = (wanted, actual) => wildcard(wanted, actual);
const operators: Readonly<Record<string, Test>> = {
  StringEquals: same,
  StringNotEquals: same,
  StringEqualsIgnoreCase: sameFolded,
  StringLike: like,
  StringNotLike: like,
  ArnEquals: like,
  ArnNotEquals: like,
  ArnLike: like,
  ArnNotLike: like,
  Bool: sameFolded,
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  Null: same,
};

/** `*` matches any text, `?` any single character. */
export function wildcard(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll(literals['*'], '\\*')
    .replaceAll(literals['?'], '\\?');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Policy variables such as `${aws:username}`. */
const fill = (pattern: string, context: Question['context']): string =>
  pattern.replace(/\$\{([^}]+)\}/g, (whole, key: string) =>
    Object.hasOwn(literals, key) ? literals[key as keyof typeof literals] : (context[key.toLowerCase()] ?? whole),
  );

/** `${*}` is a literal asterisk, not a wildcard. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const literals = { '*': '\u0001', '?': '\u0002', $: '$' } as const;

export const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);
