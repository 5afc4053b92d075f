import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { type PracticeAccount, practiceAccount } from './practice-account.js';
import { checkShape, initShape } from './report-shape.js';

/** An account whose root has no MFA device yet, with a waiver. The practice clock is at 2026-11-23. */
let shell: PracticeAccount;
const withWaivers = (...waivers: readonly string[]): void => {
  const list = waivers.map((waiver) => `  - { ${waiver} }\n`).join('');
  writeFileSync(join(shell.home, 'bootstrap.yaml'), `version: 1\nalias: { name: acme-prod }\nwaivers:\n${list}`);
};
const why = 'reason: keys arrive in December, owner: alex';
const rootMfa = (expires: string): string => `check: mfa.root, ${why}, expires: ${expires}`;
const rootOf = ({ results }: RunReport) => results.find(({ id }) => id === 'mfa.root');
beforeEach(() => {
  shell = practiceAccount();
});

describe('check with an active waiver', () => {
  it('does not fail for the finding, but counts it', async () => {
    withWaivers(rootMfa('2027-01-15'));
    const { code, report } = await shell.report(['check', '--only', 'mfa.root']);
    expect(checkShape.safeParse(report).error).toBeUndefined();
    expect(rootOf(report)).toMatchObject({
      status: 'waived',
      waiver: { reason: 'keys arrive in December', owner: 'alex', expires: '2027-01-15', state: 'active' },
    });
    expect(report.summary).toMatchObject({ fail: 0, waived: 1 });
    expect(code).toBe(0);
  });

  it('shows how many findings are waived, and lists them with --show-waived', async () => {
    withWaivers(rootMfa('2027-01-15'));
    const brief = await shell.run(['check', '--only', 'mfa.root']);
    expect(brief.stdout).toContain('1 check: 1 waived (listed with --show-waived)');
    expect(brief.stdout).not.toContain('keys arrive');
    const long = await shell.run(['check', '--only', 'mfa.root', '--show-waived']);
    expect(long.stdout.replace(/\s+/g, ' ')).toContain(
      '- waived mfa.root Root has no MFA device; accepted until 2027-01-15 by alex: keys arrive in December',
    );
    expect([brief.code, long.code]).toEqual([0, 0]);
  });

  it('suppresses the finding in SARIF with --show-waived, and otherwise leaves it out, because GitHub ignores suppressions', async () => {
    withWaivers(rootMfa('2027-01-15'));
    const sarif = async (...flags: readonly string[]): Promise<readonly object[]> => {
      const { stdout } = await shell.run(['check', '--only', 'mfa.root', '--output', 'sarif', ...flags]);
      return (JSON.parse(stdout) as { runs: [{ results: object[] }] }).runs[0].results;
    };
    expect(await sarif()).toEqual([]);
    expect(await sarif('--show-waived')).toEqual([
      expect.objectContaining({
        ruleId: 'mfa.root',
        suppressions: [
          { kind: 'external', status: 'accepted', justification: 'accepted until 2027-01-15 by alex: keys arrive in December' },
        ],
      }),
    ]);
  });
});

describe('check with a waiver that expires', () => {
  it('warns 14 days before, on stderr and in the report', async () => {
    withWaivers(rootMfa('2026-12-07'));
    const { code, report, stderr } = await shell.report(['check', '--only', 'mfa.root']);
    const warning = 'The waiver of mfa.root (owner: alex) ends in 14 days, on 2026-12-07.';
    expect(report.warnings).toEqual([warning]);
    expect(stderr).toContain(`Warning: ${warning}\n`);
    expect(code).toBe(0);
    // A table on the screen has it already.
    expect((await shell.run(['check', '--only', 'mfa.root'])).stderr).not.toContain(warning);
    expect((await shell.run(['check', '--only', 'mfa.root', '--output-file', 'result.txt'])).stderr).toContain(warning);
  });

  it('fails after the last day, and gives the reason', async () => {
    withWaivers(rootMfa('2026-11-22'));
    const { code, report } = await shell.report(['check', '--only', 'mfa.root']);
    expect(rootOf(report)).toMatchObject({
      status: 'fail',
      reason: 'Root has no MFA device; its waiver expired on 2026-11-22',
      waiver: { state: 'expired' },
    });
    expect(code).toBe(3);
  });
});

describe('check with a waiver', () => {
  it('that matches nothing warns about it', async () => {
    withWaivers(`check: mfa.root, resource: "999999999999", ${why}, expires: 2027-01-15`);
    const { code, report } = await shell.report(['check', '--only', 'mfa']);
    expect(report.warnings).toEqual(['The waiver of mfa.root for 999999999999 (owner: alex) matches nothing; correct it or remove it.']);
    expect(rootOf(report)?.status).toBe('fail');
    expect(code).toBe(3);
  });

  it('for an unknown check ends before AWS is called, and suggests the right id', async () => {
    withWaivers(rootMfa('2027-01-15').replace('mfa.root', 'mfa.rot'));
    const { code, stderr, requests } = await shell.run(['check']);
    expect(stderr).toContain('there is no check "mfa.rot"; did you mean "mfa.root"?');
    expect(requests).toEqual([]);
    expect(code).toBe(2);
  });

  it('that lacks reason, owner or expiry is refused', async () => {
    for (const key of ['reason', 'owner', 'expires']) {
      withWaivers(
        rootMfa('2027-01-15')
          .split(', ')
          .filter((part) => !part.startsWith(key))
          .join(', '),
      );
      const { code, stderr } = await shell.run(['check']);
      expect(stderr).toContain(`waivers[0].${key}: is missing`);
      expect(code).toBe(2);
    }
  });

  it('is shown by config show as equivalent YAML', async () => {
    withWaivers(rootMfa('2027-01-15'));
    const { stdout } = await shell.run(['config', 'show']);
    expect(stdout).toContain(
      'waivers:\n  - { check: mfa.root, reason: keys arrive in December, owner: alex, expires: 2027-01-15 } # bootstrap.yaml\n',
    );
  });
});

describe('init with a waiver', () => {
  it('does not report waived manual work, and still makes its own changes', async () => {
    withWaivers(rootMfa('2027-01-15'), `check: alias.set, ${why}, expires: 2027-01-15`);
    const { code, report, writes } = await shell.report(['init', '--yes', '--only', 'mfa,alias']);
    expect(initShape.safeParse(report).error).toBeUndefined();
    expect(rootOf(report)?.status).toBe('waived');
    expect(report.steps?.find(({ id }) => id === 'mfa')?.status).not.toBe('manual');
    expect(writes).toContain('iam:CreateAccountAlias');
    expect(code).toBe(0);
  });

  it.each([
    ['done', 'the only finding that remains, after a change', true, []],
    ['manual', 'none of those that remain', false, []],
    ['unchanged', 'the only finding that remains, in a dry run', true, ['--dry-run']],
  ] as const)('calls a step %s if the waiver covers %s', async (status, _what, waived, more) => {
    const contact = '{ name: Alex, title: Ops, email: ops@example.com, phone: "+1 206 555 0100" }';
    const waiver = `waivers: [{ check: billing-access.switch, ${why}, expires: 2027-01-15 }]\n`;
    writeFileSync(join(shell.home, 'bootstrap.yaml'), `version: 1\nbilling-access: { contact: ${contact} }\n${waived ? waiver : ''}`);
    const ended = async (...flags: readonly string[]) => {
      const { code, writes, report } = await shell.report(['init', '--yes', '--only', 'billing-access', ...flags]);
      return [code, writes.length, report.steps?.find(({ id }) => id === 'billing-access')?.status];
    };
    expect(await ended(...more)).toEqual([waived ? 0 : 5, more.length === 0 ? 1 : 0, status]);
    if (more.length === 0) expect(await ended()).toEqual([waived ? 0 : 5, 0, waived ? 'unchanged' : 'manual']);
  });
});
