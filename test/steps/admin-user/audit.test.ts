import { describe, expect, it } from 'vitest';
import { accountId, type Answers, now } from '../support/account.js';
import { type check, daysAgo, found, oldReport, report } from './account.js';

/** What `check` reports about sign-ins of users and root, in an account without a config. */

describe('a console password', () => {
  const user = (name: string, lastUsed?: Date) => ({
    UserName: name,
    Arn: `arn:aws:iam::${accountId}:user/${name}`,
    PasswordLastUsed: lastUsed,
  });
  const created = (days: number): Answers => ({ 'iam:GetLoginProfile': () => ({ LoginProfile: { CreateDate: daysAgo(days) } }) });
  const unused = (users: readonly object[], more: Answers) =>
    found('admin-user.unused-password', { 'iam:ListUsers': () => ({ Users: users }), ...more });

  it('passes if it was used 45 days ago', async () =>
    expect(await unused([user('bo', daysAgo(45))], created(100))).toEqual(['pass: The password of bo was last used 45 days ago']));
  it('fails if it was used 46 days ago', async () =>
    expect(await unused([user('bo', daysAgo(46))], created(100))).toEqual(['fail: The password of bo was last used 46 days ago']));
  it('counts from the day it was created if it was never used', async () => {
    expect(await unused([user('bo')], created(45))).toEqual(['pass: The password of bo was created 45 days ago and never used']);
    expect(await unused([user('bo')], created(46))).toEqual(['fail: The password of bo was created 46 days ago and never used']);
  });
  it('counts from the day it was created if the last use was of an earlier password', async () => {
    const old = [user('bo', daysAgo(1059))];
    expect(await unused(old, created(1))).toEqual(['pass: The password of bo was created 1 day ago and never used']);
    expect(await unused(old, created(46))).toEqual(['fail: The password of bo was created 46 days ago and never used']);
  });
  it('counts from the day it was changed, by the credential report', async () => {
    const changed = (when: string): Answers => ({
      'iam:GetCredentialReport': () => ({
        Content: new TextEncoder().encode(
          `user,user_creation_time,password_last_changed\n<root_account>,2020-01-01T00:00:00+00:00,not_supported\nbo,2020-01-01T00:00:00+00:00,${when}\n`,
        ),
        GeneratedTime: daysAgo(0),
      }),
    });
    const bo = [user('bo', daysAgo(900))];
    expect(await unused(bo, { ...created(1000), ...changed(daysAgo(2).toISOString()) })).toEqual([
      'pass: The password of bo was changed 2 days ago and never used',
    ]);
    for (const none of ['N/A', 'not_supported', 'no_information', ''])
      expect(await unused(bo, { ...created(1000), ...changed(none) })).toEqual(['fail: The password of bo was last used 900 days ago']);
  });
  it('is not taken for changed because of a user with a comma in its name', async () => {
    const used = daysAgo(1).toISOString();
    const rows = ['user,arn,password_last_used,password_last_changed', `bo,a,${daysAgo(900).toISOString()},N/A`, `bo,x,a,${used},N/A`];
    const answer = { Content: new TextEncoder().encode(`${rows.join('\n')}\n`), GeneratedTime: daysAgo(0) };
    expect(await unused([user('bo', daysAgo(900))], { ...created(1000), 'iam:GetCredentialReport': () => answer })).toEqual([
      'fail: The password of bo was last used 900 days ago',
    ]);
  });
  it('is assessed for every user, over all pages of users', async () => {
    const many = Array.from({ length: 500 }, (_, at) => user(`user-${at}`, daysAgo(at < 250 ? 1 : 90)));
    const pages: Answers = {
      'iam:ListUsers': ({ Marker }: { Marker?: string }) => {
        const start = Number(Marker ?? 0);
        return { Users: many.slice(start, start + 7), IsTruncated: start + 7 < many.length, Marker: String(start + 7) };
      },
    };
    const lines = await found('admin-user.unused-password', { ...pages, ...created(100) });
    expect([lines.length, lines.filter((line) => line.startsWith('fail')).length]).toEqual([500, 250]);
  });
  it('is unknown if it cannot be read, and the passwords of others are still assessed', async () => {
    const mixed: Answers = {
      'iam:GetLoginProfile': ({ UserName }: { UserName: string }) =>
        UserName === 'bo' ? 'AccessDenied' : { LoginProfile: { CreateDate: daysAgo(100) } },
    };
    expect(await unused([user('bo'), user('cy', daysAgo(1))], mixed)).toEqual([
      'unknown: AWS denied iam:GetLoginProfile; the caller lacks iam:GetLoginProfile',
      'pass: The password of cy was last used 1 day ago',
    ]);
  });
  it('passes if no user has one', async () => expect(await unused([], {})).toEqual(['pass: No user has a console password']));
});

describe('root', () => {
  const rootUse = (...args: Parameters<typeof check>) => found('admin-user.root-at-rest', ...args);
  const creation = '2020-01-01T00:00:00+00:00';

  it('passes if it was used long ago, and shows the age of the report', async () =>
    expect(
      await rootUse(
        report({ user_creation_time: creation, password_last_used: '2026-01-01T10:00:00+00:00' }, new Date('2026-11-23T06:30:00Z')),
      ),
    ).toEqual(['pass: Root was last used on 2026-01-01 (credential report of 2026-11-23 06:30 UTC, 3 hours old)']));
  it('fails if it was used during the last day', async () =>
    expect(await rootUse(report({ user_creation_time: creation, password_last_used: '2026-11-22T11:00:00+00:00' }))).toEqual([
      'fail: Root was last used on 2026-11-22 (credential report of 2026-11-23 10:00 UTC, less than an hour old)',
    ]));
  it.each([
    [23, 'fail'],
    [24, 'fail'],
    // Prowler counts whole days, and these two fail there.
    [25, 'pass'],
    [47, 'pass'],
  ])('that was last used %i hours ago: %s', async (hours, status) => {
    const used = new Date(now.getTime() - hours * 3_600_000).toISOString();
    expect((await rootUse(report({ user_creation_time: creation, password_last_used: used })))[0]).toMatch(new RegExp(`^${status}: `));
  });
  it('is unknown if its row is cut off', async () => {
    const text = `user,user_creation_time,password_last_used\n<root_account>,${creation}`;
    const answer = { Content: new TextEncoder().encode(text), GeneratedTime: daysAgo(0) };
    expect(await rootUse({ 'iam:GetCredentialReport': () => answer })).toEqual(['unknown: The credential report has no row for root']);
  });
  it('fails if one of its keys was used, even if its password was not', async () =>
    expect(
      (
        await rootUse(
          report({
            user_creation_time: creation,
            password_last_used: '2020-02-01T00:00:00+00:00',
            access_key_2_last_used_date: '2026-11-23T01:00:00+00:00',
          }),
        )
      )[0],
    ).toMatch(/^fail: Root was last used on 2026-11-23/));
  it('is still needed in an account of six days, without a report', async () =>
    expect(
      await rootUse({
        'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(6) }),
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      }),
    ).toEqual(['not-applicable: The account is less than a week old; root is still needed']));
  it('is assessed by the report alone if the age cannot be read live', async () =>
    expect(
      await rootUse({
        'account:GetAccountInformation': () => 'AccessDeniedException',
        ...report({ user_creation_time: daysAgo(6).toISOString() }),
      }),
    ).toEqual(['not-applicable: The account is less than a week old; root is still needed']));
  describe('when there is no report', () => {
    /** Answers one after the other; the last one repeats. */
    const inTurn = <T>(...answers: readonly T[]): (() => T) => {
      let calls = 0;
      return () => answers[Math.min(calls++, answers.length - 1)] as T;
    };
    const ready = oldReport['iam:GetCredentialReport']?.({}) as object;
    const states = (...answers: readonly string[]): Answers => ({
      'iam:GenerateCredentialReport': inTurn(...answers.map((State) => ({ State }))),
    });
    it.each<[string, Answers]>([
      [
        'that is complete at once',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', ready), ...states('COMPLETE') },
      ],
      [
        'that takes a while',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', ready), ...states('STARTED', 'INPROGRESS', 'COMPLETE') },
      ],
      [
        'because the last one expired',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportExpired', ready), ...states('STARTED', 'COMPLETE') },
      ],
      [
        'because another run has just requested one',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportInProgress', ready), ...states('INPROGRESS', 'COMPLETE') },
      ],
      [
        'and the complete one is not visible yet',
        { 'iam:GetCredentialReport': inTurn<object | string>('ReportNotPresent', 'ReportInProgress', ready), ...states('COMPLETE') },
      ],
    ])('is assessed by a new one, %s', async (_, answers) => expect((await rootUse(answers))[0]).toMatch(/^pass: Root was last used/));

    it('is unknown if AWS needs more than 30 seconds, and no more requests are sent', async () => {
      let states = 0;
      const answers: Answers = {
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => {
          states += 1;
          return { State: states === 1 ? 'STARTED' : 'INPROGRESS' };
        },
      };
      const slept: number[] = [];
      const notes: string[] = [];
      expect(await rootUse(answers, { sleep: async (ms) => void slept.push(ms), notify: (text) => notes.push(text) })).toEqual([
        'unknown: AWS has not finished the credential report yet; run again in a minute',
      ]);
      expect([...new Set(notes)]).toEqual(['waiting for AWS to generate the credential report']);
      expect([slept.reduce((sum, ms) => sum + ms, 0), states]).toEqual([30_000, slept.length + 1]);
    });

    it('is unknown if the caller is not allowed to request one', async () =>
      expect(
        await rootUse({ 'iam:GetCredentialReport': () => 'ReportExpired', 'iam:GenerateCredentialReport': () => 'AccessDenied' }),
      ).toEqual(['unknown: AWS denied iam:GenerateCredentialReport; the caller lacks iam:GenerateCredentialReport']));

    it('does not wait for one in a new account', async () => {
      const noSleep = { sleep: () => Promise.reject(new Error('waited')) };
      const answers: Answers = {
        'account:GetAccountInformation': () => ({ AccountCreatedDate: daysAgo(6) }),
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      };
      expect(await rootUse(answers, noSleep)).toEqual(['not-applicable: The account is less than a week old; root is still needed']);
    });

    it('stops waiting when the run is stopped', async () => {
      const stop = new AbortController();
      const sleep = async (_: number, signal?: AbortSignal): Promise<void> => {
        stop.abort(new Error('stopped'));
        signal?.throwIfAborted();
      };
      const answers: Answers = {
        'iam:GetCredentialReport': () => 'ReportNotPresent',
        'iam:GenerateCredentialReport': () => ({ State: 'STARTED' }),
      };
      await expect(rootUse(answers, { sleep, signal: stop.signal })).rejects.toThrow('stopped');
    });
  });
  it('is assessed in GovCloud without the Account service, which GovCloud does not have', async () =>
    expect((await rootUse({ 'account:GetAccountInformation': () => 'UnexpectedCall' }, { partition: 'aws-us-gov' }))[0]).toMatch(/^pass/));
});
