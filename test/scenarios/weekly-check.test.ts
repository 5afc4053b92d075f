import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { testShell } from '../support/host.js';
import { practiceAccount } from './practice-account.js';

const week = 7 * 24 * 3_600_000;

it('a weekly check always has a result for root, although credential reports expire after four hours', async () => {
  const account = practiceAccount();
  account.edit((own) => void (own.root.passwordLastUsed = own.createdAt));
  const verdict = async () => {
    const { report, requests, code } = await account.report(['check', '--only', 'admin-user.root-at-rest', '--fail-on', 'low']);
    return {
      code,
      results: report.results.map(({ status, reason }) => `${status}: ${reason}`),
      requests: requests.filter((name) => name.endsWith('CredentialReport')).map((name) => name.slice('iam:'.length)),
    };
  };
  const started = account.clock.now().getTime();
  expect(await verdict()).toMatchObject({
    code: 0,
    results: ['not-applicable: The account is less than a week old; root is still needed'],
  });
  expect(account.clock.now().getTime()).toBe(started);

  for (let n = 0; n < 3; n += 1) {
    account.clock.advance(week);
    expect(await verdict()).toEqual({
      code: 0,
      results: [expect.stringMatching(/^pass: Root was last used on 2026-11-\d\d \(credential report of .*, less than an hour old\)$/)],
      requests: [
        'GetCredentialReport',
        'GenerateCredentialReport',
        // The practice account counts requests: the report that the first run requested is complete at the second one.
        ...(n === 0 ? [] : ['GenerateCredentialReport', 'GenerateCredentialReport']),
        'GetCredentialReport',
      ],
    });
  }

  account.edit((own) => void (own.root.passwordLastUsed = account.clock.now().toISOString()));
  account.clock.advance(week / 14);
  expect(await verdict()).toMatchObject({ code: 3, results: [expect.stringMatching(/^fail: Root was last used on/)] });
});

describe('a check that waits for the credential report', () => {
  /** A clock on which a wait only ends when it is aborted. */
  const waitingShell = () => {
    const account = practiceAccount();
    account.clock.advance(2 * week);
    const waiting = new Set<number>();
    let begun: () => void = () => {};
    const waits = new Promise<void>((resolve) => (begun = resolve));
    const sleep: Clock['sleep'] = (ms, signal) =>
      new Promise((_, reject) => {
        waiting.add(ms);
        begun();
        signal?.addEventListener('abort', () => {
          waiting.delete(ms);
          reject(new Error('given up'));
        });
      });
    const shell = testShell({ home: account.home, clock: { now: account.clock.now, sleep } });
    const check = (argv: readonly string[], signal?: AbortSignal) =>
      shell.run(['check', '--sandbox-file', account.file, ...argv], signal === undefined ? {} : { signal });
    return { check, waits, waiting };
  };

  it('stops immediately if the run is stopped', async () => {
    const { check, waits, waiting } = waitingShell();
    const stop = new AbortController();
    const ran = check([], stop.signal);
    await waits;
    stop.abort('SIGINT');
    expect((await ran).code).toBe(130);
    expect(waiting.size).toBe(0);
  });

  it('stops waiting if the run fails', async () => {
    const { check, waits, waiting } = waitingShell();
    const ran = await check(['--account-id', '999988887777']);
    expect(ran.code).toBe(4);
    await Promise.race([waits, new Promise((resolve) => setImmediate(resolve))]);
    expect(waiting.size).toBe(0);
  });
});
