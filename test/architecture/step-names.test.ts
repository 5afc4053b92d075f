import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { steps } from '../../src/steps/index.js';

/** Nothing outside a step's folder knows the step by its id, one of its findings, or its files. What does has a reason here. */

const root = resolve(import.meta.dirname, '../../src');
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

const outside = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('steps/'))
  .map((file) => [file, withoutComments(readFileSync(join(root, file), 'utf8'))] as const);

const ids = [...steps.map(({ id }) => id), ...steps.flatMap(({ findings }) => findings.map(({ id }) => id))];
const quotedId = new RegExp(`(['"])(${ids.map((id) => id.replaceAll('.', String.raw`\.`)).join('|')})\\1`, 'g');

/** `file: name`, for every id of a step or finding in quotes. */
const namesIn = ([file, text]: readonly [string, string]): readonly string[] =>
  [...text.matchAll(quotedId)].map(([, , id = '']) => `${file}: ${id}`);

const allowedNames: Readonly<Record<string, string>> = {
  'sandbox/history.ts: alias': 'a part of an account in AWS',
  'sandbox/permissions.ts: mfa': 'a kind of resource in IAM',
  'sandbox/behaviours/iam/entities.ts: mfa': 'a kind of resource in IAM',
  'sandbox/behaviours/iam/mfa-devices.ts: mfa': 'a kind of resource in IAM',
  'sandbox/behaviours/organizations/organization.ts: organization': 'a kind of resource in Organizations',
  'sandbox/new-world.ts: mfa.root': 'what a user does in the console of the practice account, by the finding that it closes',
  'sandbox/new-world.ts: billing-access.switch': 'what a user does in the console of the practice account, by the finding that it closes',
  'sandbox/new-world.ts: access-keys.root': 'what a user does in the console of the practice account, by the finding that it closes',
  'aws/operations.ts: organization': 'a way to retry',
  'config/template.ts: mfa.root-hardware': 'the check of the example of a waiver',
  'report/organization-table.ts: billing-access': 'a short name for a narrow column; other steps have their id there',
  'report/organization-table.ts: admin-user': 'a short name for a narrow column; other steps have their id there',
  'report/organization-table.ts: access-keys': 'a short name for a narrow column; other steps have their id there',
  'run/members.ts: organization.access-role': '--org is about the organization: a member that cannot be entered is a finding of it',
  'commands/init/finish.ts: access-keys.root': 'the key of root that signs the run must not be deleted before the run ends',
  'commands/accounts/creation.ts: organization.accounts': 'the command creates the accounts that this check is about',
  'commands/accounts/wanted.ts: billing-access': 'a choice of CreateAccount, in an entry of organization.accounts',
};

/** `folder: step`, for every import of a file of a step. */
const importsIn = ([file, text]: readonly [string, string]): readonly string[] =>
  [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].flatMap(([, one, other = '']) => {
    const target = relative(root, resolve(root, dirname(file), one ?? other));
    const step = /^steps\/([^/]+)\//.exec(target)?.[1];
    return step === undefined || step === 'shared' ? [] : [`${dirname(file)}: ${step}`];
  });

const allowedImports: Readonly<Record<string, string>> = {
  'run: organization': '--org lists and enters the members of the organization',
  'commands/check: organization': '--org lists and enters the members of the organization',
  'commands/accounts: organization': 'the command is about the accounts of the organization',
  'commands/accounts: budget': 'a budget shows what a member account has spent',
};

describe('what is outside the folder of a step', () => {
  it('finds files and steps at all', () => {
    expect(outside.length).toBeGreaterThan(150);
    expect(namesIn(['x.ts', `of('mfa'), ["alias"], 'mfa.root', 'mfa.roots'`])).toEqual(['x.ts: mfa', 'x.ts: alias', 'x.ts: mfa.root']);
    expect(importsIn(['run/x.ts', "import { a } from '../steps/mfa/state.js'; await import('../steps/alias/index.js');"])).toEqual([
      'run: mfa',
      'run: alias',
    ]);
  });

  it('does not name a step or a finding, but for a reason', () => {
    expect([...new Set(outside.flatMap(namesIn))].toSorted()).toEqual(Object.keys(allowedNames).toSorted());
  });

  it('does not import the files of a step, but for a reason', () => {
    expect([...new Set(outside.flatMap(importsIn))].toSorted()).toEqual(Object.keys(allowedImports).toSorted());
  });

  it('does not read the section of a step by its name', () => {
    const reading = new RegExp(
      `\\b(?:sections|slices?|steps)(?:\\.|\\?\\.)(?:${steps
        .map(({ id }) => id)
        .filter((id) => /^\w+$/.test(id))
        .join('|')})\\b`,
    );
    expect(outside.filter(([, text]) => reading.test(text)).map(([file]) => file)).toEqual([]);
  });
});
