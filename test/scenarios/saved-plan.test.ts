import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/core/text.js';
import { testShell } from '../support/host.js';
import { type PracticeAccount, practiceAccount, signedIn } from './practice-account.js';

const planIn = (practiced: { readonly home: string }): string => join(practiced.home, 'plan.json');
const saved = async (practiced: PracticeAccount, ...flags: readonly string[]) => {
  const ran = await practiced.report(['init', '--save-plan', 'plan.json', ...flags]);
  return { ...ran, plan: JSON.parse(readFileSync(planIn(practiced), 'utf8')) as { changes: readonly { change: object }[] } };
};
type PlanFile = Record<string, unknown>;
/** Changes a plan and its digest, like someone who knows the format. */
const rewrite = (practiced: { readonly home: string }, change: (plan: PlanFile) => void): void => {
  const { digest: _, ...plan } = JSON.parse(readFileSync(planIn(practiced), 'utf8')) as PlanFile;
  change(plan);
  const digest = createHash('sha256').update(canonical(plan)).digest('hex');
  writeFileSync(planIn(practiced), JSON.stringify({ ...plan, digest }));
};

describe('a saved plan', () => {
  it('is followed by the command that applies it to the same account', async () => {
    const { stdout } = await testShell().run(['init', '--sandbox-file', 'my world.json', '--only', 'alias', '--save-plan', 'my plan.json']);
    expect(stdout).toMatch(/`bootstrap init --from-plan 'my plan\.json' --sandbox-file 'my\s+world\.json'`/);
  });

  it('is the plan of a dry run, in a file that only the owner can read; nothing is changed', async () => {
    const practiced = practiceAccount();
    const { plan, report, writes, code } = await saved(practiced);
    expect(plan.changes.map(({ change }) => change)).toMatchObject(
      report.plan?.map(({ kind, summary, calls }) => ({ kind, summary, calls })) ?? [],
    );
    expect(plan.changes).toHaveLength(11);
    expect(statSync(planIn(practiced)).mode & 0o777).toBe(0o600);
    expect(writes).toEqual([]);
    expect(code).toBe(0);
  });

  it('is applied without another approval, with exactly its calls', async () => {
    const practiced = practiceAccount();
    await saved(practiced);
    const { report, writes, code } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.plan?.flatMap(({ calls }) => calls)).toEqual(writes);
    expect(writes).toHaveLength(19);
    expect(code).toBe(5);
    expect((await practiced.report(['init', '--yes'])).writes).toEqual([]);
  });

  it('includes the flags that it was created with', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--alias', 'acme-prod', '--only', 'alias');
    const { writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(practiced.account().alias).toBe('acme-prod');
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    const again = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(again.report.error).toMatchObject({
      code: 'E-PLAN-STALE',
      message: expect.stringMatching(/^plan\.json \(.+\) is already applied: /),
    });
    expect([again.writes, again.code]).toEqual([[], 3]);
  });

  it('is refused if the account has changed, with the differences', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--only', 'alias', '--alias', 'acme-prod');
    practiced.edit((account) => void (account.alias = 'somebody-elses'));
    const { code, report, writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error).toMatchObject({ code: 'E-PLAN-STALE', changed: false });
    expect(report.error?.message).toContain('alias.set was fail, now pass (somebody-elses)');
    expect(report.error?.message).toContain('no longer planned: Set the account alias acme-prod');
    expect(writes).toEqual([]);
    expect(code).toBe(3);
  });

  it('is refused if its inputs lead to other changes than it lists', async () => {
    const practiced = practiceAccount();
    await saved(practiced, '--only', 'alias', '--alias', 'acme-prod');
    rewrite(
      practiced,
      ({ inputs }) =>
        void ((inputs as { overrides: { value: string }[] }).overrides[0] = {
          ...(inputs as { overrides: { value: string }[] }).overrides[0],
          value: 'mallory-prod',
        }),
    );
    const { code, report, writes } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error?.code).toBe('E-PLAN-STALE');
    expect(report.error?.message).toContain('not in the plan: Set the account alias mallory-prod');
    expect(writes).toEqual([]);
    expect(code).toBe(3);
  });

  it.each<[string, (plan: Record<string, unknown>) => void, RegExp]>([
    ['another version', (plan) => void (plan['tool'] = { name: 'aws-account-bootstrap', version: '99.0.0' }), /saved by version 99\.0\.0/],
    ['AWS itself', (plan) => void (plan['target'] = 'aws'), /saved for AWS, but this run is for the practice account/],
    ['a run at a terminal', (plan) => void (plan['unattended'] = false), /saved at a terminal/],
    ['an unknown format', (plan) => void (plan['planVersion'] = 2), /is not a plan of .* \(see planVersion\)/],
  ])('is refused if it was saved for %s', async (_, change, message) => {
    const practiced = practiceAccount();
    await saved(practiced);
    rewrite(practiced, change);
    const { code, report, writes, requests } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error?.code).toBe('E-PLAN-FILE');
    expect(report.error?.message).toMatch(message);
    expect([writes, requests]).toEqual([[], []]);
    expect(code).toBe(2);
  });

  it.each([
    ['a missing file', undefined, /plan\S* does not exist\./],
    ['a file that is not JSON', 'version: 1', /is not JSON/],
  ])('is refused if it is %s', async (_, text, message) => {
    const practiced = practiceAccount();
    if (text !== undefined) writeFileSync(planIn(practiced), text);
    const { code, report } = await practiced.report(['init', '--from-plan', 'plan.json']);
    expect(report.error?.message).toMatch(message);
    expect(code).toBe(2);
  });

  it('accepts no flag that would change it', async () => {
    const practiced = practiceAccount();
    await saved(practiced);
    const { code, report, requests } = await practiced.report([
      'init',
      '--from-plan',
      'plan.json',
      '--alias',
      'acme-prod',
      '--only',
      'alias',
    ]);
    expect(report.error?.code).toBe('E-USAGE');
    expect(report.error?.message).toContain('cannot be used with --only and --alias');
    expect(requests).toEqual([]);
    expect(code).toBe(2);
  });
});

describe('the account of a saved plan', () => {
  const flags = ['--alias', 'acme-prod', '--only', 'alias', '--no-input'];

  it('is enough, so the run needs no --account-id', async () => {
    const shell = await signedIn();
    await shell.run(['init', '--save-plan', 'plan.json', ...flags]);
    const { code, writes } = await shell.run(['init', '--from-plan', 'plan.json']);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(code).toBe(0);
  });
});
