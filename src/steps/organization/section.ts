import * as z from 'zod/mini';
import { defaultAccessRole } from '../../core/accounts.js';
import type { AnyStep } from '../../core/step.js';
import { iamNameProblem } from '../shared/values.js';
import type { WantedAccount } from './state.js';

/**
 * The section `organization` of bootstrap.yaml. The limits on names and addresses are those of CreateAccount:
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */
const namePattern = String.raw`^[\x20-\x7E]{1,50}$`;
const emailPattern = String.raw`^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$`;
const tagPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** AWS allows at most five levels of organizational units below a root. */
const maxDepth = 5;

const quoted = (text: string): string => JSON.stringify(text);

const accountNameProblem = (text: string): string | undefined => {
  if (text.trim() === '') return 'is empty; an account name has 1 to 50 characters';
  if (text.length > 50) return `${quoted(text)} has ${text.length} characters; an account name has 1 to 50`;
  return new RegExp(namePattern).test(text)
    ? undefined
    : `${quoted(text)} may only contain letters without accents, digits, spaces and punctuation`;
};

const memberEmailProblem = (text: string): string | undefined => {
  if (!new RegExp(emailPattern).test(text))
    return `${quoted(text)} is not an address that AWS accepts for an account; write it like aws+sandbox@example.com, in plain ASCII`;
  return text.length < 6 || text.length > 64
    ? `${quoted(text)} has ${text.length} characters; the address of an account has 6 to 64`
    : undefined;
};

const roleProblem = (text: string): string | undefined =>
  iamNameProblem(text) ??
  (text.startsWith('AWSServiceRoleFor') ? `${quoted(text)} begins with AWSServiceRoleFor, which AWS reserves` : undefined);

const unitProblem = (text: string): string | undefined => {
  const names = text.split('/');
  if (names.some((name) => name.trim() === '')) return `${quoted(text)} contains an empty name; write it like Workloads or Workloads/Prod`;
  if (names.some((name) => name.length > 128)) return `${quoted(text)} has a name of more than 128 characters`;
  return names.length > maxDepth ? `${quoted(text)} is ${names.length} levels deep; AWS allows ${maxDepth}` : undefined;
};

const tagsProblem = (tags: Readonly<Record<string, string>>): string | undefined => {
  if (Object.keys(tags).length > 50) return 'has more than 50 tags';
  for (const [key, of] of Object.entries(tags)) {
    if (/^aws:/i.test(key)) return `${quoted(key)} begins with aws:, which AWS reserves`;
    if (key === '' || key.length > 128 || of.length > 256)
      return `${quoted(key)}: a tag's key has 1 to 128 characters, its value at most 256`;
    if (!tagPattern.test(key) || !tagPattern.test(of))
      return `${quoted(key)}: tags may only contain letters, digits, spaces and _ . : / = + - @`;
  }
  return undefined;
};

const checked = <T extends z.ZodMiniType>(type: T, problem: (value: z.output<T>) => string | undefined) =>
  type.check(
    z.superRefine((value, context) => {
      const message = problem(value);
      if (message !== undefined) context.addIssue(message);
    }),
  );

const accountKeys = {
  name: checked(z.string(), accountNameProblem).check(
    z.meta({ pattern: namePattern }),
    z.describe(
      'Name of the member account, 1 to 50 ASCII characters. Set when the account is created. A name that is changed later is not changed back.',
    ),
  ),
  email: checked(z.string(), memberEmailProblem).check(
    z.meta({ pattern: emailPattern, minLength: 6, maxLength: 64 }),
    z.describe(
      'Email address of its root user. No other AWS account may use it, and you must be able to read its mail. The tool recognises accounts by it.',
    ),
  ),
  role: z
    ._default(checked(z.string(), roleProblem), defaultAccessRole)
    .check(z.describe('Role that AWS creates in the member, with full permissions there. Administrators of this account can assume it.')),
  'billing-access': z
    ._default(z.enum(['allow', 'deny']), 'allow')
    .check(z.describe("Whether the member's IAM users and roles may see its billing pages. Can only be set when the account is created.")),
  ou: z
    .optional(checked(z.string(), unitProblem))
    .check(z.describe('Organizational unit for the account, as a path below the root such as Workloads/Prod; created if missing')),
  tags: z.optional(checked(z.record(z.string(), z.string()), tagsProblem)).check(z.describe('Tags of the account, set when it is created')),
};

/** What the step itself reads of an account. Sections of other steps in the same entry are dropped. */
export const accountSection = z.object(accountKeys);

/** The sections that other steps have in an entry of `accounts`, by key in alphabetical order. */
const entrySections = (steps: readonly AnyStep[]): Readonly<Record<string, z.ZodMiniType>> =>
  Object.fromEntries(
    steps
      .flatMap(({ member, schema }) => (member?.entry === undefined ? [] : [{ ...member.entry, schema }]))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, about, schema }) => [key, z.optional(schema).check(z.describe(about))]),
  );

/** Names are compared as written, addresses without regard to case. Accounts are distinguished by both, so neither may repeat. */
const accountList = (steps: readonly AnyStep[]) =>
  z.array(z.strictObject({ ...accountKeys, ...entrySections(steps) })).check(
    z.superRefine((accounts, context) => {
      const emails = new Set<string>();
      const names = new Set<string>();
      for (const [index, { email, name }] of accounts.entries()) {
        if (emails.has(email.toLowerCase())) {
          context.addIssue({
            code: 'custom',
            path: [index, 'email'],
            message: `${quoted(email)} occurs twice; each account needs its own address`,
          });
        }
        if (names.has(name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `${quoted(name)} occurs twice; each account needs its own name`,
          });
        }
        emails.add(email.toLowerCase());
        names.add(name);
      }
    }),
  );

/** `steps`: the steps that may have a section in an entry of `accounts`. */
export const sectionWith = (steps: readonly AnyStep[]) =>
  z.strictObject({
    features: z
      ._default(z.enum(['all']), 'all')
      .check(
        z.describe('Feature set of the organization. `all` is the only supported value: it includes policies and central root access.'),
      ),
    'free-tier-loss': z
      .optional(z.enum(['accepted']))
      .check(
        z.describe(
          'Creating an organization turns a Free plan into a Paid plan; Free Tier credits expire immediately, and no more can be earned. Without `accepted`, a run at a terminal asks for confirmation, and an unattended run does not create it.',
        ),
      ),
    'central-root': z
      ._default(z.boolean(), false)
      .check(z.describe("Manage the members' root credentials from this account; members created afterwards have no root password")),
    accounts: z
      ._default(accountList(steps), [])
      .check(z.describe('Member accounts that should exist. Accounts that are not in this list are not changed.')),
  });
export type Section = z.infer<ReturnType<typeof sectionWith>>;

/** An account of the section, as the step uses it. */
export const wantedAccount = (account: z.infer<typeof accountSection>): WantedAccount => ({
  name: account.name,
  email: account.email,
  role: account.role,
  billingAccess: account['billing-access'] === 'allow' ? 'ALLOW' : 'DENY',
  unit: account.ou?.split('/') ?? [],
  tags: account.tags ?? {},
});

export const sameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The entry of one account in the section as it is written, before it is parsed. */
export const entryOf = (section: unknown, email: string): Raw | undefined => {
  const { accounts } = asRaw(section) ?? {};
  if (!Array.isArray(accounts)) return undefined;
  return accounts.map(asRaw).find((entry) => typeof entry?.['email'] === 'string' && sameEmail(entry['email'], email));
};

/** The name of the access role in the member, from its entry or by default. */
export const roleOf = (section: unknown, email: string): string => {
  const role = entryOf(section, email)?.['role'];
  return typeof role === 'string' ? role : defaultAccessRole;
};

type Raw = Readonly<Record<string, unknown>>;

const asRaw = (value: unknown): Raw | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
