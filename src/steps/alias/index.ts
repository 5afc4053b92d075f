import * as z from 'zod/mini';
import { signInUrl } from '../../core/account.js';
import { awsInfo, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { Change, Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { defineStep } from '../../core/step.js';
import { readAlias } from '../shared/account.js';
import { aliasName, aliasProblem } from '../shared/values.js';
import { replaceAlias } from './flags.js';
import { permissions } from './permissions.js';
import { undoAlias } from './undo.js';

/** The section `alias` of bootstrap.yaml. */
const aliasSection = z.strictObject({
  name: z
    .optional(aliasName)
    .check(z.describe('Alias in the sign-in URL. It is public, and unique among all AWS customers of the partition.')),
});

interface Desired {
  readonly name: string | undefined;
  readonly replace: boolean;
}
interface Observed {
  readonly alias: Reading<string | undefined>;
  readonly accountId: string;
  readonly partition: string;
}
interface SetAlias extends Change {
  readonly kind: 'set-alias';
  readonly name: string;
  readonly replaces: string | null;
}

/**
 * The account alias: the friendly name in the sign-in URL. `CreateAccountAlias` silently replaces an existing alias, and its sign-in
 * URL stops working. So an existing alias is only replaced with `--replace-alias`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html
 */
export const alias = defineStep<z.infer<typeof aliasSection>, Desired, Observed, SetAlias>({
  id: 'alias',
  title: 'Account alias',
  about: 'Gives the account a friendly sign-in URL.',
  needs: [],
  independent: () => true,
  findings: [
    { id: 'alias.set', severity: 'low', kind: 'wanted', title: 'The account has an alias', references: [] },
    { id: 'alias.name', severity: 'medium', kind: 'wanted', title: 'The alias is the configured one', references: [] },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema: aliasSection,
  member: {
    entry: { key: 'alias', about: 'Alias of the member account, for `--org`: the keys of the section alias' },
    applies: 'all',
  },
  whenAbsent: 'wanted',
  examples: { name: 'acme-prod' },
  practice: (random) => ({ name: `practice-${random(4, 'abcdefghijklmnopqrstuvwxyz')}` }),
  questions: [
    {
      path: 'name',
      flag: '--alias',
      question: 'Account alias',
      hint: 'a name in the sign-in URL instead of the account number: 3 to 63 of a-z, 0-9 and single hyphens, unique in AWS',
      validate: aliasProblem,
      offers: ({ alias: reading }) =>
        reading.ok && reading.value !== undefined ? [{ value: reading.value, reason: 'the current alias', sure: true }] : [],
    },
  ],
  permissions,
  desire: (slice, { switches }) => ({ name: slice.name, replace: switches.includes(replaceAlias.flag) }),
  intent: () => ({}),

  observe: async ({ cloud, caller }) => {
    const [observed, { accountId, partition }] = await Promise.all([readAlias(cloud), caller()]);
    return { alias: observed, accountId, partition };
  },

  assess: (desired, { alias: reading, partition, accountId }) => {
    if (!reading.ok)
      return [unknownFinding('alias.set', reading), ...(desired.name === undefined ? [] : [unknownFinding('alias.name', reading)])];
    const { value: observed, evidence } = reading;
    const base = { evidence, ...(observed === undefined ? {} : { observed }) };
    const findings: Finding<SetAlias>[] = [];
    if (observed === undefined) {
      findings.push({
        ...base,
        id: 'alias.set',
        status: 'fail',
        reason: `There is no alias, so the sign-in URL contains the account number: ${signInUrl(partition, accountId)}`,
        ...(desired.name === undefined
          ? { remedy: { by: 'hand', instructions: 'Choose an alias.', command: 'bootstrap init --only alias --alias NAME' } }
          : { expected: desired.name, remedy: { by: 'init', change: setAlias(desired.name, null) } }),
      });
      return findings;
    }
    findings.push({ ...base, id: 'alias.set', status: 'pass', reason: `Sign-in URL: ${signInUrl(partition, observed)}` });
    if (desired.name === undefined) return findings;
    if (observed === desired.name) {
      findings.push({ ...base, id: 'alias.name', status: 'pass', expected: desired.name, reason: `The alias is ${observed}` });
      return findings;
    }
    findings.push({
      ...base,
      id: 'alias.name',
      status: 'fail',
      expected: desired.name,
      reason: `The account has a different alias: ${observed}`,
      remedy: desired.replace
        ? { by: 'init', change: setAlias(desired.name, observed) }
        : {
            by: 'hand',
            instructions: `Either keep ${observed} and write it into the config, or replace it. Then ${signInUrl(partition, observed)} stops working.`,
            command: `bootstrap init --only alias --alias ${desired.name} --replace-alias`,
          },
    });
    return findings;
  },

  apply: async ({ cloud }, change) => {
    try {
      await cloud.write('iam:CreateAccountAlias', { AccountAlias: change.name });
    } catch (error) {
      if (!isAwsError(error, 'EntityAlreadyExists')) throw error;
      throw new BootstrapError({
        code: 'E-ALIAS-TAKEN',
        step: 'alias',
        message: `The alias "${change.name}" is taken by another AWS customer; aliases are unique across all of AWS.`,
        next: `Choose another alias and run the command again, for example with --alias ${suggestions(change.name).join(', ')}.`,
        aws: awsInfo(error),
        cause: error,
      });
    }
  },

  undo: undoAlias,

  recap: (_desired, { alias: reading, partition, accountId }) => [
    { label: 'Sign-in URL', value: signInUrl(partition, reading.ok ? (reading.value ?? accountId) : accountId) },
  ],
});

const setAlias = (name: string, replaces: string | null): SetAlias => ({
  kind: 'set-alias',
  summary: replaces === null ? `Set the account alias ${name}` : `Replace the account alias ${replaces} with ${name}`,
  risk: replaces === null ? 'none' : 'hard-to-undo',
  ...(replaces === null ? {} : { consequence: 'the sign-in URL of the old alias stops working' }),
  calls: ['iam:CreateAccountAlias'],
  name,
  replaces,
});

/** Three names similar to the wanted one. AWS has no API that shows whether an alias is available. */
const suggestions = (name: string): readonly string[] =>
  ['aws', 'prod', 'team'].map((suffix) => `${name.slice(0, 63 - suffix.length - 1).replace(/-$/, '')}-${suffix}`);
