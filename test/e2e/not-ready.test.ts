import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld, World } from '../../src/sandbox/world.js';
import { accountState, boto3, type Door } from './boto3.js';
import { newFolder, type Running, runProgram, startProgram } from './program.js';

const account = '111122223333';
const hours = (count: number): string => new Date(Date.now() - count * 3_600_000).toISOString();

/** Parts of an account that AWS has not set up yet, served to boto3 and to the program in separate processes. */
describe.skipIf(inject('pythonBin') === '')('an account that AWS is still setting up', { timeout: 60_000 }, () => {
  const home = newFolder();
  const file = path.join(home, 'world.json');
  let server: Running;
  let door: Door;
  let env: Readonly<Record<string, string>>;

  const edit = (change: (own: AccountWorld, world: World) => void): void => {
    const world = JSON.parse(readFileSync(file, 'utf8')) as World;
    change(world.accounts[account] as AccountWorld, world);
    writeFileSync(file, JSON.stringify(world));
  };
  const program = async (...argv: readonly string[]): Promise<{ readonly code: number | null; readonly report: RunReport }> => {
    const { code, stdout } = await runProgram([...argv, '--output', 'json'], { home, env });
    return { code, report: JSON.parse(stdout) as RunReport };
  };

  beforeAll(async () => {
    server = startProgram(['sandbox', 'serve', '--sandbox-file', file], { home, deadlineMs: 120_000 });
    await server.until(/until Ctrl-C/);
    env = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(\S*)$/gm)].map(([, name = '', value = '']) => [name, value]));
    door = {
      endpoint: env['AWS_ENDPOINT_URL'] ?? '',
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: env['AWS_SESSION_TOKEN'] ?? '',
    };
    edit((own) => {
      own.createdAt = hours(24 * 30);
      own.root.passwordLastUsed = hours(24 * 10);
    });
  });
  afterAll(() => server?.stop('SIGTERM'));

  describe('the credential report', () => {
    const check = async (): Promise<readonly string[]> =>
      (await program('check', '--only', 'admin-user.root-at-rest')).report.results.map(({ status, reason }) => `${status}: ${reason}`);
    const generate = async (): Promise<string> => (await boto3(door, [['iam', 'generate_credential_report', {}]]))[0]?.['State'] as string;
    const get = () => boto3(door, [['iam', 'get_credential_report', {}]]);

    it('is STARTED, INPROGRESS and COMPLETE for boto3, and expires after four hours', async () => {
      await expect(get()).rejects.toThrow('ReportNotPresent');
      expect(await generate()).toBe('STARTED');
      await expect(get()).rejects.toThrow('ReportInProgress');
      expect([await generate(), await generate()]).toEqual(['COMPLETE', 'COMPLETE']);
      expect((await get())[0]).toHaveProperty('Content');
      edit((own) => {
        if (own.credentialReport !== null) own.credentialReport.generatedAt = hours(5);
      });
      await expect(get()).rejects.toThrow('ReportExpired');
    });

    it('is requested by check, which waits for it', async () => {
      expect(await check()).toEqual([expect.stringMatching(/^pass: Root was last used on .* less than an hour old\)$/)]);
      // boto3 reads the report that check requested.
      expect((await get())[0]).toHaveProperty('Content');
      edit((own) => {
        own.root.passwordLastUsed = hours(30);
        own.credentialReport = null;
      });
      // Prowler would still count this as the last day.
      expect(await check()).toEqual([expect.stringMatching(/^pass: /)]);
      edit((own) => {
        own.root.passwordLastUsed = hours(20);
        own.credentialReport = null;
      });
      expect(await check()).toEqual([expect.stringMatching(/^fail: Root was last used on /)]);
    });
  });

  describe('Budgets that the payer account has not enabled', () => {
    const sentence = `Account ${account} is a linked account. To enable budgets for your account, ask the payer account to enable budgets first.`;
    const init = () =>
      program('init', '--yes', '--account-id', account, '--only', 'budget', '--budget', '10 USD', '--email', 'you@example.com');

    it('are unknown and low in check, and a retryable failure in init', async () => {
      const what = { kind: 'error', code: 'AccessDeniedException', status: 400, message: sentence } as const;
      edit((_, world) => void (world.knobs.faults = [{ operation: 'budgets:*', what }]));
      await expect(boto3(door, [['budgets', 'describe_budgets', { AccountId: account }]])).rejects.toThrow('AccessDenied');
      const seen = await program('check', '--only', 'budget', '--fail-on', 'low');
      expect(seen.code).toBe(6);
      const budgets = seen.report.results.filter(({ id }) => id !== 'budget.free-plan');
      expect(budgets.map(({ id, status, severity, missingPermission }) => [id, status, severity, missingPermission])).toEqual(
        ['budget.exists', 'budget.alerts', 'budget.subscribers', 'budget.spend'].map((id) => [id, 'unknown', 'low', null]),
      );
      expect(seen.report.results[0]?.reason).toContain(sentence);
      const { code, report } = await init();
      expect([code, report.steps?.find(({ id }) => id === 'budget')?.error]).toMatchObject([6, { code: 'E-NOT-ENABLED', retryable: true }]);
    });

    it('are created by the same command once they are enabled', async () => {
      edit((_, world) => void (world.knobs.faults = []));
      expect((await init()).code).toBe(0);
      expect((await accountState(door)).budgets['Monthly cost budget']).toMatchObject({ amount: 10, unit: 'USD' });
      const { code, report } = await program('check', '--only', 'budget', '--fail-on', 'low');
      expect([code, [...new Set(report.results.map(({ status }) => status))]]).toEqual([0, ['pass']]);
    });
  });
});
