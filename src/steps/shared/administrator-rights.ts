/**
 * Whether policies give administrator rights: the AWS managed policy AdministratorAccess, or a customer managed or inline policy that
 * allows Action `*` (or `*:*`) on Resource `*`. Similar combinations (PowerUserAccess with IAMFullAccess, `NotAction`, `NotResource`)
 * do not count.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

/** A policy that is attached, inline, or a permissions boundary. */
export interface HeldPolicy {
  readonly name: string;
  /** Absent for an inline policy. */
  readonly arn?: string;
  /** As IAM returns it: JSON, URL-encoded. undefined: not known, as for AWS managed policies. */
  readonly document: string | undefined;
}

export type Rights =
  /** `conditions`: the condition keys on which the rights depend; empty for none. */
  | { readonly kind: 'administrator'; readonly policy: string; readonly conditions: readonly string[] }
  /** A policy gives the rights, but `limit` restricts them. */
  | { readonly kind: 'limited'; readonly policy: string; readonly limit: string }
  | { readonly kind: 'none' };

export const rightsOf = (policies: readonly HeldPolicy[], boundary?: HeldPolicy): Rights => {
  const [best] = policies
    .flatMap((policy) => grantsOf(policy).map((conditions) => ({ policy: policy.name, conditions })))
    .toSorted((a, b) => rank(a.conditions) - rank(b.conditions));
  if (best === undefined) return { kind: 'none' };
  const denying = policies.find(deniesEverything);
  if (denying !== undefined) return { kind: 'limited', policy: best.policy, limit: `the policy ${denying.name} denies everything` };
  if (boundary === undefined) return { kind: 'administrator', ...best };
  const [allowed] = grantsOf(boundary).toSorted((a, b) => rank(a) - rank(b));
  if (allowed === undefined || deniesEverything(boundary)) {
    return { kind: 'limited', policy: best.policy, limit: `the permissions boundary ${boundary.name} does not allow everything` };
  }
  return { kind: 'administrator', policy: best.policy, conditions: [...new Set([...best.conditions, ...allowed])] };
};

/** Administrator without a condition, or with one that the user meets by signing in with MFA. */
export const isAdministrator = (rights: Rights): boolean => rights.kind === 'administrator' && rights.conditions.every(isMfaKey);

/** Why these are not administrator rights, as part of a sentence; undefined if no policy gives them or nothing restricts them. */
export const limitOf = (rights: Rights): string | undefined => {
  if (rights.kind === 'limited') return rights.limit;
  if (rights.kind === 'none' || isAdministrator(rights)) return undefined;
  return `the policy ${rights.policy} holds only under a condition on ${rights.conditions.filter((key) => !isMfaKey(key)).join(', ')}`;
};

/** `AdministratorAccess`, or the policy that gives the same rights, with its condition if it has one. */
export const nameOfRights = (rights: Rights): string => {
  if (rights.kind !== 'administrator') return 'no administrator rights';
  const under = rights.conditions.length === 0 ? '' : `, under a condition on ${rights.conditions.join(', ')}`;
  return `${rights.policy === 'AdministratorAccess' ? rights.policy : `the policy ${rights.policy}`}${under}`;
};

export const isAdministratorAccess = (policyArn: string): boolean => awsManagedName(policyArn) === 'AdministratorAccess';

/** The name of an AWS managed policy, with its path; undefined for another policy. */
const awsManagedName = (policyArn: string): string | undefined => /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(policyArn)?.[1];

/** Whether the document denies anything, or cannot be read. */
export const mayDeny = ({ arn, document }: HeldPolicy): boolean => {
  // AWS managed policies deny nothing, except for those that exist for that purpose.
  if (document === undefined) {
    const name = awsManagedName(arn ?? '');
    return name === undefined || /^AWS(?:DenyAll|CompromisedKeyQuarantine)/.test(name);
  }
  return statementsOf(document).some(({ effect }) => effect !== 'Allow');
};

const isMfaKey = (key: string): boolean => key === mfaPresent || key === mfaAge;
const mfaPresent = 'aws:MultiFactorAuthPresent';
const mfaAge = 'aws:MultiFactorAuthAge';

/** No condition is best, then MFA, then any other. */
const rank = (conditions: readonly string[]): number => (conditions.length === 0 ? 0 : conditions.every(isMfaKey) ? 1 : 2);

/** The conditions of each statement that allows everything on everything. */
const grantsOf = ({ arn, document }: HeldPolicy): readonly (readonly string[])[] => {
  if (isAdministratorAccess(arn ?? '')) return [[]];
  return statementsOf(document)
    .filter(({ effect, action, resource }) => effect === 'Allow' && action?.some(isEveryAction) && resource?.some(isEveryResource))
    .map(({ conditions }) => conditions);
};

/** Denies everything, possibly with exceptions (`NotAction`, `NotResource`), without a condition. With single actions denied, the user is still an administrator. */
const deniesEverything = ({ arn, document }: HeldPolicy): boolean => {
  if (awsManagedName(arn ?? '') === 'AWSDenyAll') return true;
  return statementsOf(document).some(
    ({ effect, action, notAction, resource, notResource, conditions }) =>
      effect === 'Deny' &&
      conditions.length === 0 &&
      (action?.some(isEveryAction) === true || notAction?.some(isEveryAction) === false) &&
      (resource?.some(isEveryResource) === true || notResource?.some(isEveryResource) === false),
  );
};

const isEveryAction = (action: string): boolean => /^\*+(:\*+)?$/.test(action);
const isEveryResource = (resource: string): boolean => /^\*+$/.test(resource);

interface Statement {
  readonly effect: unknown;
  readonly action: readonly string[] | undefined;
  readonly notAction: readonly string[] | undefined;
  readonly resource: readonly string[] | undefined;
  readonly notResource: readonly string[] | undefined;
  /** Keys of the condition, each once. */
  readonly conditions: readonly string[];
}

/**
 * Element names can have any case, and a single value is a list of one. What is not a policy document has one statement without an effect:
 * it allows nothing.
 */
const statementsOf = (document: string | undefined): readonly Statement[] =>
  document === undefined ? [] : [elementsOf(parsed(document))['statement']].flat().map(statementOf);

const statementOf = (raw: unknown): Statement => {
  const { effect, action, notaction, resource, notresource, condition } = elementsOf(raw);
  return {
    effect,
    action: texts(action),
    notAction: texts(notaction),
    resource: texts(resource),
    notResource: texts(notresource),
    conditions: condition === undefined ? [] : conditionKeys(condition),
  };
};

/** A condition that cannot be read has an unknown key, because it may not be met. */
const conditionKeys = (condition: unknown): readonly string[] => {
  if (!isMapping(condition)) return ['an unknown key'];
  const keys = Object.values(condition).flatMap((test) =>
    isMapping(test) ? Object.entries(test).map(([key, required]) => canonicalKey(key, required)) : ['an unknown key'],
  );
  return [...new Set(keys)];
};

/** Keys are not case-sensitive. MFA does not meet a condition that requires its absence. */
const canonicalKey = (key: string, required: unknown): string => {
  const lower = key.toLowerCase();
  if (lower === mfaAge.toLowerCase()) return mfaAge;
  if (lower !== mfaPresent.toLowerCase()) return key;
  return [required].flat().every((value) => String(value).toLowerCase() === 'true') ? mfaPresent : `${mfaPresent} (false)`;
};

const parsed = (document: string): unknown => {
  // No JSON begins with a percent sign, and an error is slow.
  for (const text of document.startsWith('%') ? [decodedDocument(document)] : [document, decodedDocument(document)]) {
    try {
      return JSON.parse(text);
    } catch {
      // Try the other form.
    }
  }
  return undefined;
};

/** IAM encodes documents like a URL. One that is not encoded stays as it is, and its content decides. */
export const decodedDocument = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without a prototype, because a document may have elements of any name. */
const elementsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Object.assign(
    Object.create(null) as Record<string, unknown>,
    isMapping(value) ? Object.fromEntries(Object.entries(value).map(([name, element]) => [name.toLowerCase(), element])) : {},
  );

const texts = (value: unknown): readonly string[] | undefined =>
  value === undefined ? undefined : [value].flat().filter((one): one is string => typeof one === 'string');
