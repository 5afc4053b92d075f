import * as z from 'zod';
import { signInUrl } from '../../core/account.js';
import { awsInfo, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { Change, Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { defineStep } from '../../core/step.js';
import { readAlias } from '../shared/account-alias.js';
import { aliasName, aliasProblem } from '../shared/values.js';
import { replaceAlias } from './flags.js';
import { permissions } from './permissions.js';

/** The section `alias` of bootstrap.yaml. */
const aliasSection = z.strictObject({
  name: aliasName.optional().describe('Alias in the sign-in URL. Unique among all AWS customers of the partition, and public.'),
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
 * The account alias: the friendly name in the sign-in URL. `CreateAccountAlias` silently replaces an alias that is there and
 * kills its sign-in URL, so another alias is never touched without `--replace-alias`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html
 */
export const alias = defineStep<z.infer<typeof aliasSection>, Desired, Observed, SetAlias>({
  id: 'alias',
  title: 'Account alias',
  about: 'Gives the account a friendly sign-in URL.',
  needs: [],
  findings: [
    { id: 'alias.set', severity: 'low', kind: 'wanted', title: 'The account has an alias', references: [] },
    { id: 'alias.name', severity: 'medium', kind: 'wanted', title: 'The alias is the wanted one', references: [] },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema: aliasSection,
  member: {
    entry: { key: 'alias', about: 'Alias of the member account, for `--org`: the keys of the section alias' },
    carried: 'all',
  },
  whenAbsent: 'wanted',
  examples: { name: 'acme-prod' },
  practice: (random) => ({ name: `practice-${random(4, 'abcdefghijklmnopqrstuvwxyz')}` }),
  questions: [
    {
      path: 'name',
      flag: '--alias',
      question: 'Account alias',
      hint: '3 to 63 of a-z, 0-9 and single hyphens; unique among all AWS customers',
      validate: aliasProblem,
      offers: ({ alias: reading }) =>
        reading.ok && reading.value !== undefined ? [{ value: reading.value, reason: 'the account has it already', sure: true }] : [],
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
        reason: `The sign-in URL is the one with the number: ${signInUrl(partition, accountId)}`,
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
      reason: `The account has another alias: ${observed}`,
      remedy: desired.replace
        ? { by: 'init', change: setAlias(desired.name, observed) }
        : {
            by: 'hand',
            instructions: `Keep ${observed} (and write it into the config), or replace it; ${signInUrl(partition, observed)} stops working then.`,
            command: 'bootstrap init --only alias --replace-alias',
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
        next: `Choose another and run again, for example --alias ${suggestions(change.name).join(', ')}.`,
        aws: awsInfo(error),
        cause: error,
      });
    }
  },

  recap: (_desired, { alias: reading, partition, accountId }) => [
    { label: 'Sign-in URL', value: signInUrl(partition, reading.ok ? (reading.value ?? accountId) : accountId) },
  ],
});

const setAlias = (name: string, replaces: string | null): SetAlias => ({
  kind: 'set-alias',
  summary: replaces === null ? `Set the account alias ${name}` : `Replace the account alias ${replaces} by ${name}`,
  risk: replaces === null ? 'none' : 'hard-to-undo',
  ...(replaces === null ? {} : { consequence: 'the sign-in URL of the old alias stops working' }),
  calls: ['iam:CreateAccountAlias'],
  name,
  replaces,
});

/** Three names near the wanted one. Whether they are free can only be found out by taking one. */
const suggestions = (name: string): readonly string[] =>
  ['aws', 'prod', 'team'].map((suffix) => `${name.slice(0, 63 - suffix.length - 1).replace(/-+$/, '')}-${suffix}`);
