import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BootstrapError, PromptAborted } from '../../src/core/errors.js';
import { type Host, makeApp } from '../../src/run/app.js';
import { describeFailure } from '../../src/run/end.js';
import { inOrganization } from '../support/organization-shell.js';
import { testClock } from '../support/host.js';
import { testFolder } from '../support/test-folder.js';

const appWith = (signal: AbortSignal) => {
  const folder = testFolder();
  const stream = () => new PassThrough() as unknown as NodeJS.WriteStream;
  const host: Host = {
    argv: [],
    env: {},
    cwd: folder,
    home: folder,
    platform: 'linux',
    stdin: new PassThrough(),
    stdout: stream(),
    stderr: stream(),
    clock: testClock(),
    random: () => '',
    signal,
  };
  return makeApp(host, { output: 'table', input: false, color: false });
};

const refused = (code: 'E-ALIAS-TAKEN' | 'E-NOT-ENABLED' | 'E-DECLINED') => new BootstrapError({ code, message: 'm', next: 'n' });

describe('a run that does not reach its end', () => {
  it.each([
    ['Ctrl-C at a question', new PromptAborted('interrupt'), undefined, { code: 'E-STOPPED' }, { code: 130, name: 'interrupted' }],
    ['the end of the input at a question', new PromptAborted('end'), undefined, { code: 'E-NO-ANSWER' }, { code: 7, name: 'partial' }],
    ['SIGINT', new Error('aborted'), 'SIGINT', { code: 'E-STOPPED' }, { code: 130, name: 'interrupted' }],
    ['SIGTERM', refused('E-ALIAS-TAKEN'), 'SIGTERM', { code: 'E-STOPPED' }, { code: 143, name: 'terminated' }],
    ['a declined plan', refused('E-DECLINED'), undefined, { code: 'E-DECLINED' }, { code: 3, name: 'differs' }],
    ['a change that AWS refused', refused('E-ALIAS-TAKEN'), undefined, { code: 'E-ALIAS-TAKEN' }, { code: 7, name: 'partial' }],
    [
      'a service that is not ready',
      refused('E-NOT-ENABLED'),
      undefined,
      { code: 'E-NOT-ENABLED' },
      { code: 6, name: 'not-ready', retryAfterSeconds: 3_600 },
    ],
    ['a bug', new TypeError('x is undefined'), undefined, { code: 'E-UNEXPECTED' }, { code: 1, name: 'unexpected' }],
  ])('because of %s has one error and one exit code', (_name, error, signal, expected, exit) => {
    const stop = new AbortController();
    if (signal !== undefined) stop.abort(signal);
    const failure = describeFailure(appWith(stop.signal), error, true, { done: [], during: [] });
    expect(failure).toMatchObject({ error: { ...expected, changed: true }, exit });
    expect(failure.exit).toEqual(exit);
  });

  it.each([
    [true, 'Run the same command again; it continues where this run stopped.'],
    [false, 'Run the same command again.'],
  ])('continues only after a change: %s', (changed, next) => {
    expect(describeFailure(appWith(AbortSignal.abort('SIGINT')), undefined, changed).error.next).toBe(next);
  });

  it.each([
    [[], ['MFA']],
    [['Alias'], []],
  ])('does not say that the next run continues if the report has steps: %j, %j', (done, during) => {
    expect(describeFailure(appWith(AbortSignal.abort('SIGINT')), undefined, true, { done, during }).error.next).toBe(
      'Run the same command again.',
    );
  });

  it.each([
    [null, true, null],
    [null, false, null],
    [false, true, true],
    [false, false, false],
    [true, false, true],
  ])('with an error that has changed: %s, after a change: %s, reports %s', (own, changed, reported) => {
    const error = new BootstrapError({ code: 'E-ALIAS-TAKEN', message: 'm', next: 'n', changed: own });
    expect(describeFailure(appWith(new AbortController().signal), error, changed).error.changed).toBe(reported);
  });

  it('names the steps that are done, and those that were being changed', () => {
    const { error } = describeFailure(appWith(AbortSignal.abort('SIGINT')), undefined, true, {
      done: ['Alias', 'Budget'],
      during: ['MFA', 'Access keys'],
    });
    expect(error.message).toBe('The run was stopped. Done: Alias, Budget. In the middle of: MFA, Access keys.');
  });
});

describe('the report of a run that failed', () => {
  it.each([
    [['check']],
    [['check', '--org']],
    [['keys', 'list']],
    [['accounts', 'list']],
    [['init', '--dry-run', '--only', 'alias', '--alias', 'acme']],
    [['init', '--org', '--dry-run']],
  ])('counts the calls that were sent before: %j', async (words) => {
    const shell = await inOrganization({ members: 1 });
    const { code, stdout } = await shell.run([...words, '--account-id', '999988887777', '--output', 'json']);
    const { error, exit, apiCalls, target } = JSON.parse(stdout);
    expect([code, error.code, exit]).toEqual([4, 'E-WRONG-ACCOUNT', { code: 4, name: 'identity' }]);
    expect([apiCalls.total >= 1, apiCalls.writes, target]).toEqual([true, 0, 'aws']);
  });
});
