import type { PlannedChange } from '../../src/core/report.js';
import { planSummary, renderOrganizationPlan, renderPlan } from '../../src/report/plan.js';
import { renderHeader } from '../../src/run/run.js';
import stringWidth from 'string-width';
import { account, accountId, hostile, left, plan } from './fixtures.js';
import { describe, expect, it } from 'vitest';

const style = { width: 80, color: false, unicode: true };

describe('the plan before approval', () => {
  it('numbers the changes and adds a note to risky ones', () => {
    expect(renderPlan(plan.slice(4), left.slice(1), style)).toMatchInlineSnapshot(`
      "Plan: 5 changes in 4 steps; 1 creates a secret, 1 is billable, 1 is hard to
      undo, 1 protects less than it could; 1 manual step remains
        1. Give alex a console password, to be changed at the first sign-in
           (admin-user)
           ! secret: it is stored only in the place you chose.
        2. Enrol a virtual MFA device for alex, unattended (mfa)
           ! weaker: one place holds both factors, which protects less.
        3. Set the account alias acme-prod (alias)
        4. Create an organization with all features (organization)
           ! billing: it ends a Free plan, and no more credits can be earned.
        5. Create the member account sandbox (aws+sandbox@example.com)
           ! hard to undo: an account can be closed later, but not simply deleted.
      "
    `);
  });

  it('reports when there is nothing to change', () => {
    expect(renderPlan([], [], style)).toBe('Plan: nothing to change\n');
  });

  it('stays within the width and one line per value, whatever AWS returned', () => {
    for (const value of hostile) {
      const text = renderPlan(
        plan.map((change) => ({ ...change, summary: value })),
        left.map((item) => ({ ...item, reason: value })),
        style,
      );
      for (const line of text.split('\n')) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(stringWidth(line)).toBeLessThanOrEqual(80);
      }
    }
  });
});

describe('the summary above the approval prompt', () => {
  const change = (risk: PlannedChange['risk'], more: Partial<PlannedChange> = {}): PlannedChange => ({
    step: 'budget',
    kind: 'x',
    summary: 'x',
    risk,
    calls: [],
    ...more,
  });
  it.each<readonly [string, readonly PlannedChange[], number]>([
    ['1 change', [change('none')], 0],
    ['1 change: 1 creates a secret; 1 manual step remains', [change('secret')], 1],
    ['2 changes: 2 create a secret, 1 protects less than it could', [change('secret'), change('weaker', { secretPlace: 'a file' })], 0],
    [
      '6 changes: 1 creates a secret, 1 is billable; 2 manual steps remain',
      [change('secret'), change('billing'), change('none'), change('none'), change('none'), change('none')],
      2,
    ],
    ['2 changes: 2 are hard to undo', [change('hard-to-undo'), change('hard-to-undo')], 0],
    ['Nothing to change; 3 manual steps remain', [], 3],
  ])('is "%s"', (text, changes, manual) => {
    expect(planSummary(changes, Array.from({ length: manual }))).toBe(text);
    if (changes.length === 0) return;
    // The first line of the plan has the same counts, unless the prompt prints them.
    const [, counts] = /^[^:;]*[:;]? ?(.*)$/.exec(text) ?? [];
    expect(renderPlan(changes, Array.from({ length: manual }), { ...style, width: 120 }).split('\n')[0]).toContain(counts);
    expect(renderPlan(changes, Array.from({ length: manual }), style, { summary: false })).not.toMatch(
      /\d (?:create|is|are|protect)|remain/,
    );
  });

  it('is in the first line of a plan for an organization too', () => {
    const changes = [change('none', { accountId }), change('billing', { accountId })];
    expect(renderOrganizationPlan(changes, [{ id: accountId, name: 'lab' }], style)).toMatch(
      /^Plan: 2 changes in 1 member account; 1 is billable\n/,
    );
  });
});

describe('the header', () => {
  it('names the account, the caller and how it is signed in', () => {
    expect(renderHeader(account, 'aws', style, { signedInBy: 'aws login (profile root)' })).toBe(
      'Account    123456789012 (acme-prod)\nSigned in  as user alex, by aws login (profile root)\n',
    );
  });

  it('shows a partition or endpoint other than the usual AWS', () => {
    const china = {
      ...account,
      alias: null,
      partition: 'aws-cn',
      identity: { kind: 'root', arn: `arn:aws-cn:iam::${accountId}:root` } as const,
    };
    expect(renderHeader(china, 'http://127.0.0.1:4566', style)).toBe(
      [
        'Account    123456789012',
        'Signed in  as the root user',
        'Partition  aws-cn',
        'Endpoint   http://127.0.0.1:4566 (not an AWS endpoint)',
        '',
      ].join('\n'),
    );
  });

  it('marks the practice account', () => {
    expect(renderHeader(account, 'sandbox', style)).toContain('123456789012 (acme-prod), a practice account (sandbox)\n');
  });

  it.each([
    ['user', 'user/team/a/alex', 'user alex'],
    ['role', 'assumed-role/Deploy/ci-4711', 'role Deploy (session ci-4711)'],
    ['federated', 'federated-user/build', 'federated user build'],
    ['root', 'root', 'the root user'],
  ] as const)('names a %s from %s', (kind, tail, name) => {
    expect(renderHeader({ ...account, identity: { kind, arn: `arn:aws:sts::${accountId}:${tail}` } }, 'aws', style)).toContain(
      `as ${name}\n`,
    );
  });
});
