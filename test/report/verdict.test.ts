import { describe, expect, it } from 'vitest';
import type { ErrorInfo } from '../../src/core/errors.js';
import type { OrganizationAccount, PlannedChange, Result, RunReport, StepReport } from '../../src/core/report.js';
import { withTotals } from '../../src/report/counts.js';
import { spendOf, spendShares, spendShareWords } from '../../src/report/spend.js';
import { checkNext, initNext, initVerdict, isUnchanged, verdict } from '../../src/report/verdict.js';
import * as fixtures from './fixtures.js';

const error: ErrorInfo = { code: 'E-X', step: null, message: 'm', next: 'Do x.', retryable: false, changed: false, aws: null };
const of = (status: Result['status'], more: Partial<Result> = {}): Result =>
  fixtures.result('mfa.root', status, 'r', { severity: 'high', ...more });
const byInit: Result['remediation'] = { by: 'init', instructions: 'i', command: 'bootstrap init --only mfa', url: null };
const byHand: Result['remediation'] = { by: 'hand', instructions: 'i', command: null, url: null };
const byCommand: Result['remediation'] = { ...byHand, command: 'bootstrap keys delete --root --all' };
const byFlag: Result['remediation'] = { ...byHand, command: 'bootstrap init --only budget --email ADDRESS' };
const failed = (remediation: Result['remediation']): Result => of('fail', { remediation });
const denied = of('unknown', { cause: 'denied', missingPermission: 'iam:ListUsers' });
const refused = of('unknown', { cause: 'denied' });
const unsupported = of('unknown', { cause: 'unsupported' });
const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);
const exit = (code: RunReport['exit']['code'], retryAfterSeconds?: number): RunReport['exit'] => ({
  code,
  name: 'x',
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
const report = (
  command: 'check' | 'init',
  code: RunReport['exit']['code'],
  results: readonly Result[],
  over: Partial<RunReport> = {},
): RunReport => ({
  ...fixtures.report({ command, results, exit: exit(code) }),
  ...over,
});
const member = (id: string, unseen: string | null): OrganizationAccount => ({
  ...fixtures.account,
  id,
  name: 'lab',
  role: 'member',
  state: 'ACTIVE',
  unseen,
  summary: { pass: 0, fail: 0, manual: 0, waived: 0, unknown: 0, notApplicable: 0 },
});

describe('the verdict of check', () => {
  it.each<readonly [code: RunReport['exit']['code'], results: readonly Result[], over: Partial<RunReport>, word: string, text: string]>([
    [0, [], {}, 'OK', 'There was nothing to check.'],
    [0, [of('pass')], {}, 'OK', 'The check passed.'],
    [0, times(3, of('pass')), {}, 'OK', 'All 3 checks passed.'],
    [0, [of('pass'), of('not-applicable')], {}, 'OK', '1 of 2 checks passed; the others do not apply.'],
    [0, [of('not-applicable')], {}, 'OK', 'No check applies to this account.'],
    [0, [of('fail'), of('pass')], {}, 'OK', '1 finding below the severity of --fail-on.'],
    [0, [of('unknown')], {}, 'OK', 'No check failed; 1 could not be read.'],
    [0, [of('manual'), of('waived')], {}, 'OK', 'No check failed; 1 to do or confirm manually and 1 waived.'],
    [
      0,
      [of('fail'), of('fail'), of('unknown'), of('manual'), of('waived')],
      {},
      'OK',
      '2 findings below the severity of --fail-on; 1 could not be read, 1 to do or confirm manually and 1 waived.',
    ],
    [3, [of('fail'), of('fail', { severity: 'critical' }), of('pass')], {}, 'FAIL', '2 of 3 checks failed: 1 critical, 1 high.'],
    [3, [of('manual'), of('pass')], {}, 'FAIL', '1 of 2 checks must be done or confirmed manually.'],
    [4, [denied, of('pass')], {}, 'UNKNOWN', '1 of 2 checks could not be read (access denied).'],
    [
      4,
      [denied, of('fail')],
      {},
      'UNKNOWN',
      '1 of 2 checks could not be read (access denied), and 1 finding below the severity of --fail-on.',
    ],
    [6, [of('unknown', { cause: 'unreachable' })], {}, 'UNKNOWN', '1 of 1 check could not be read (no answer from AWS).'],
    [1, [unsupported], {}, 'UNKNOWN', '1 of 1 check could not be read (not offered by the endpoint).'],
    [1, [of('pass')], {}, 'STOPPED', 'The check did not finish.'],
    [2, [], {}, 'STOPPED', 'The check did not finish.'],
    [0, [of('pass')], { error }, 'STOPPED', 'The check did not finish.'],
    [2, [], { error: { ...error, code: 'E-REPORT-FILE' } }, 'STOPPED', 'The report could not be shown.'],
    [2, [], { error: { ...error, code: 'E-OUTPUT-FILE' } }, 'STOPPED', 'The result could not be written.'],
    [130, [of('pass')], {}, 'STOPPED', 'The check was interrupted.'],
    [143, [of('pass')], {}, 'STOPPED', 'The check was interrupted.'],
  ])('with exit code %i is: %s', (code, results, over, word, text) => {
    const given = verdict(report('check', code, results, over));
    expect([given.word, given.text]).toEqual([word, text]);
    expect(given.paint === 'good').toBe(word === 'OK');
  });
});

describe('what to do after check', () => {
  const sandbox = { target: 'sandbox' } as const;
  const org = (unseen: string | null, id = fixtures.accountId) => ({ accounts: [member(id, unseen)] });
  it.each<readonly [code: RunReport['exit']['code'], results: readonly Result[], over: Partial<RunReport>, next: string]>([
    [0, [of('pass')], {}, 'nothing to do.'],
    [2, [], { error }, 'Do x.'],
    [130, [], {}, 'run `bootstrap check` again.'],
    [143, [], { accounts: [] }, 'run `bootstrap check --org` again.'],
    [3, [failed(byInit)], {}, 'run `bootstrap init` to fix the finding; you approve the plan first.'],
    [3, times(2, failed(byInit)), {}, 'run `bootstrap init` to fix both findings; you approve the plan first.'],
    [3, times(3, failed(byInit)), {}, 'run `bootstrap init` to fix all 3 findings; you approve the plan first.'],
    [3, [failed(byFlag), failed(byHand)], {}, 'run `bootstrap init` to fix 1 of 2 findings; fix the other as listed.'],
    [3, [failed(byInit), failed(byHand), failed(byCommand)], {}, 'run `bootstrap init` to fix 1 of 3 findings; fix the others as listed.'],
    [3, [failed(byInit)], org(null), 'apply the fix listed above, then run `bootstrap check --org` again.'],
    [3, [failed(byHand)], {}, 'apply the fix listed above, then run `bootstrap check` again.'],
    [3, [failed(byHand), failed(null)], {}, 'apply the fixes listed above, then run `bootstrap check` again.'],
    [3, [failed(byCommand)], sandbox, 'run the commands listed above, then `bootstrap check --sandbox` again.'],
    [
      3,
      [failed(byCommand), failed(byHand)],
      sandbox,
      'run the commands listed above, then `bootstrap check --sandbox` again. A practice account has no console for the other fix.',
    ],
    [
      3,
      [failed(byCommand), failed(byHand), failed(null)],
      sandbox,
      'run the commands listed above, then `bootstrap check --sandbox` again. A practice account has no console for the other fixes.',
    ],
    [
      3,
      [failed(byHand)],
      sandbox,
      'a practice account has no console. To practice the manual step at a terminal: `bootstrap init --sandbox`.',
    ],
    [
      3,
      [failed(byHand), failed(byHand)],
      sandbox,
      'a practice account has no console. To practice the manual steps at a terminal: `bootstrap init --sandbox`.',
    ],
    [0, [of('pass')], sandbox, 'nothing to do.'],
    [
      4,
      [denied],
      org('no'),
      'make sure that you can assume the access role in each unreachable account, then run `bootstrap check --org` again.',
    ],
    [
      4,
      [denied],
      org('closed', '999999999999'),
      'allow the actions listed above (`bootstrap policy check` prints the full policy), then run `bootstrap check --org` again.',
    ],
    [
      4,
      [denied],
      org(null),
      'allow the actions listed above (`bootstrap policy check` prints the full policy), then run `bootstrap check --org` again.',
    ],
    [
      4,
      [refused, denied],
      {},
      'allow the actions listed above (`bootstrap policy check` prints the full policy), then run `bootstrap check` again.',
    ],
    [4, [refused], {}, 'see above why AWS refused the request, then run `bootstrap check` again.'],
    [1, [unsupported], {}, 'use AWS, or an endpoint that offers what is named above.'],
    [
      6,
      [of('unknown', { cause: 'failed', missingPermission: 'x:Y' })],
      { exit: exit(6, 60) },
      'run `bootstrap check` again in 60 seconds.',
    ],
    [0, [of('manual'), of('pass')], {}, 'do or confirm the checks marked "manual"; nothing else is open.'],
  ])('that ends with %i: %j', (code, results, over, next) => {
    expect(checkNext(report('check', code, results, over), fixtures.words)).toBe(next);
  });

  it('has the flags of the run, but not for a page that needs no account', () => {
    const words = { ...fixtures.words, program: 'npx aws-account-bootstrap', flags: '--profile p' };
    expect(checkNext(report('check', 4, [denied]), words)).toBe(
      'allow the actions listed above (`npx aws-account-bootstrap policy check` prints the full policy), then run `npx aws-account-bootstrap check --profile p` again.',
    );
  });
});

const change: PlannedChange = { step: 'alias', kind: 'k', summary: 's', risk: 'none', calls: [] };
const step = (id: string, status: StepReport['status'], why: ErrorInfo | null = null): StepReport => ({
  id,
  status,
  verified: true,
  error: why,
});
const manual = of('manual', { remediation: byHand });
const plan = [change, change];
const none = { total: 1, writes: 0 };

describe('the verdict of init, and what to do next', () => {
  it.each<
    readonly [
      what: string,
      code: RunReport['exit']['code'],
      results: readonly Result[],
      over: Partial<RunReport>,
      dryRun: boolean,
      word: string,
      text: string,
      next: string,
    ]
  >([
    ['an error before a change', 2, [], { error, apiCalls: none }, false, 'STOPPED', 'Nothing was changed.', 'Do x.'],
    ['an error after a change', 7, [], { error, apiCalls: { total: 2, writes: 1 } }, false, 'STOPPED', 'The run stopped early.', 'Do x.'],
    [
      'a signal without changes',
      130,
      [],
      { plan: [] },
      false,
      'STOPPED',
      'The run was interrupted. It is safe to run again.',
      'run `bootstrap init` again; it continues where it stopped.',
    ],
    [
      'a signal after what was postponed',
      130,
      [],
      { plan, steps: [step('mfa', 'manual', error)] },
      false,
      'STOPPED',
      'The run was interrupted. It is safe to run again.',
      'run `bootstrap init` again; it continues where it stopped.',
    ],
    [
      'a signal after changes',
      143,
      [manual],
      { plan, steps: [step('alias', 'done')] },
      false,
      'STOPPED',
      '2 changes made and verified; then the run was interrupted. 1 manual step remains.',
      'run `bootstrap init` again; it continues where it stopped.',
    ],
    [
      'a dry run with changes',
      0,
      [of('manual', { remediation: byHand }), manual],
      { plan, apiCalls: none },
      true,
      'DRY RUN',
      '2 changes would be made; nothing was changed. 2 manual steps remain.',
      'run `bootstrap init` to make these changes. It asks for approval first.',
    ],
    [
      'a dry run without changes',
      0,
      [],
      { plan: [] },
      true,
      'DRY RUN',
      'No changes needed.',
      'nothing to do. Run `bootstrap check` at any time to check the account again.',
    ],
    [
      'a failed step',
      7,
      [],
      { plan, steps: [step('alias', 'failed', error), step('budget', 'failed', error), step('mfa', 'blocked')] },
      false,
      'FAILED',
      'Account alias and Budget did not finish; blocked: Multi-factor authentication.',
      'Do x.',
    ],
    [
      'a failed step that is not ready',
      6,
      [manual],
      { plan, steps: [step('alias', 'failed', error)] },
      false,
      'NOT YET',
      'Account alias did not finish. 1 manual step remains.',
      'Do x.',
    ],
    [
      'what the endpoint does not offer',
      1,
      [unsupported],
      { plan },
      false,
      'UNKNOWN',
      'The endpoint does not offer everything that is needed to verify.',
      'use AWS, or an endpoint that offers what is named above.',
    ],
    [
      'what AWS does not show yet',
      6,
      [],
      { plan, exit: exit(6, 3_600) },
      false,
      'NOT YET',
      'AWS has not confirmed everything yet.',
      'run `bootstrap init` again in 60 minutes.',
    ],
    [
      'denied reads, and no change',
      4,
      [denied],
      { plan: [] },
      false,
      'UNKNOWN',
      'Some settings could not be read and were not changed.',
      'allow the actions listed above (`bootstrap policy init` prints the full policy), then run `bootstrap init` again.',
    ],
    [
      'denied reads, after a change',
      4,
      [denied],
      { plan },
      false,
      'UNKNOWN',
      '2 changes made; some settings could not be read and were not changed.',
      'allow the actions listed above (`bootstrap policy init` prints the full policy), then run `bootstrap init` again.',
    ],
    [
      'accounts that cannot be entered',
      4,
      [denied],
      { plan: [], accounts: [] },
      false,
      'UNKNOWN',
      'Some settings could not be read and were not changed.',
      'make sure that you can assume the access role in the accounts above, then run `bootstrap init --org` again.',
    ],
    [
      'nothing to change',
      0,
      [of('pass')],
      { plan: [], steps: [step('alias', 'unchanged'), step('mfa', 'skipped')] },
      false,
      'UNCHANGED',
      'Nothing to change in account 123456789012 (acme-prod): everything is as configured.',
      'nothing to do. Run `bootstrap check` at any time to check the account again.',
    ],
    [
      'nothing to change in member accounts',
      0,
      [],
      { plan: [], accounts: [] },
      false,
      'UNCHANGED',
      'Nothing to change in the member accounts: everything is as configured.',
      'nothing to do. Run `bootstrap check --org` at any time to check the account again.',
    ],
    [
      'manual work only',
      5,
      [manual],
      { plan: [], steps: [step('mfa', 'manual')] },
      false,
      'UNCHANGED',
      'Nothing to change in account 123456789012 (acme-prod). 1 manual step remains.',
      'do the remaining manual step, then run `bootstrap check`.',
    ],
    [
      'manual work in the practice account',
      5,
      [manual],
      { plan: [], target: 'sandbox' },
      false,
      'UNCHANGED',
      'Nothing to change in account 123456789012 (acme-prod). 1 manual step remains.',
      'run `bootstrap explain mfa.root` to read how a step is done, or practice at a terminal: `bootstrap init --sandbox`.',
    ],
    [
      'what was postponed',
      5,
      [],
      { plan, steps: [step('alias', 'done'), step('mfa', 'manual', error)] },
      false,
      'DONE',
      'Everything except what you postponed: Multi-factor authentication.',
      'Do x.',
    ],
    [
      'changes and manual work',
      5,
      [manual, manual],
      { plan, steps: [step('alias', 'done'), step('mfa', 'manual')] },
      false,
      'DONE',
      '2 changes made and verified. 2 manual steps remain.',
      'do the 2 remaining manual steps, then run `bootstrap check`.',
    ],
    [
      'an audit that could not be read',
      0,
      [of('unknown', { kind: 'audit', cause: 'denied' })],
      { plan, steps: [step('alias', 'done')] },
      false,
      'DONE',
      '2 changes made and verified.',
      'nothing to do. Run `bootstrap check` at any time to check the account again.',
    ],
    [
      'an unexpected end',
      3,
      [],
      { plan, steps: [step('alias', 'done')] },
      false,
      'STOPPED',
      'The run stopped early.',
      'nothing to do. Run `bootstrap check` at any time to check the account again.',
    ],
  ])('after %s', (_what, code, results, over, dryRun, word, text, next) => {
    const run = report('init', code, results, over);
    const words = { ...fixtures.words, ...(dryRun ? { dryRun } : {}) };
    const given = initVerdict(run, words);
    expect([given.word, given.text]).toEqual([word, text]);
    expect(given.paint === 'bad').toBe(['STOPPED', 'FAILED', 'NOT YET'].includes(word) && given.symbol !== 'unknown');
    const left = results.filter(({ status }) => status === 'manual').length;
    expect(initNext(run, words, left)).toBe(next);
  });

  it.each<readonly [over: Partial<RunReport>, unchanged: boolean]>([
    [{ plan: [], steps: [step('a', 'unchanged'), step('b', 'manual'), step('c', 'skipped')] }, true],
    [{}, true],
    [{ plan: [change] }, false],
    [{ error }, false],
    [{ exit: exit(5) }, true],
    [{ exit: exit(6) }, false],
    [{ steps: [step('a', 'unchanged'), step('b', 'done')] }, false],
  ])('with %j nothing needed to change: %s', (over, unchanged) => {
    expect(isUnchanged(report('init', 0, [], over))).toBe(unchanged);
  });
});

describe('the totals of a saved result', () => {
  it('are counted for each account from its own results', () => {
    const [one, two] = ['111111111111', '222222222222'];
    const results = [of('fail', { accountId: one }), of('pass', { accountId: two }), of('pass', { accountId: two })];
    const saved = report('check', 3, results, {
      accounts: [member(one, null), member(two, null)],
      summary: { ...fixtures.checkAllFine.summary },
    });
    const counted = withTotals(saved);
    expect([counted.summary.pass, counted.summary.fail]).toEqual([2, 1]);
    expect(counted.accounts?.map(({ summary }) => [summary.pass, summary.fail])).toEqual([
      [0, 1],
      [2, 0],
    ]);
    expect(withTotals(report('check', 0, []))).not.toHaveProperty('accounts');
  });
});

describe('spend', () => {
  it.each([
    [
      { actual: 4, forecast: 10, limit: 8, unit: 'USD' },
      { actual: 0.4, forecast: 1, limit: 0.8, most: 1.25 },
    ],
    [
      { actual: 4, forecast: null, limit: 8, unit: 'USD' },
      { actual: 0.5, forecast: 0.5, limit: 1, most: 0.5 },
    ],
    [
      { actual: 8, forecast: 2, limit: 4, unit: 'USD' },
      { actual: 1, forecast: 1, limit: 0.5, most: 2 },
    ],
    [
      { actual: -2, forecast: null, limit: 4, unit: 'USD' },
      { actual: 0, forecast: 0, limit: 1, most: 0 },
    ],
    [
      { actual: 1, forecast: null, limit: 0, unit: 'USD' },
      { actual: 1, forecast: 1, limit: 0, most: Number.MAX_VALUE },
    ],
    [
      { actual: 0, forecast: null, limit: 0, unit: 'USD' },
      { actual: 0, forecast: 0, limit: 0, most: 0 },
    ],
  ])('%j is drawn as %j', (spend, shares) => {
    expect(spendShares(spend)).toEqual(shares);
  });

  it('is that of the budget of this account that is used up most', () => {
    const spend = (actual: number, limit: number) => ({ actual, forecast: null, limit, unit: 'USD' });
    const results = [
      of('pass', { spend: spend(5, 10) }),
      of('pass'),
      of('pass', { spend: spend(9, 10) }),
      of('pass', { spend: spend(20, 100) }),
      of('pass', { accountId: '999999999999', spend: spend(99, 10) }),
    ];
    expect(spendOf(report('check', 0, results))).toEqual(spend(9, 10));
    expect(spendOf(report('check', 0, results, { account: null }))).toBeUndefined();
  });

  it.each([
    [121, '43 % of the limit, forecast 121 %'],
    [null, '43 % of the limit'],
  ])('in words with a forecast of %s is: %s', (forecast, words) => {
    expect(spendShareWords({ actual: 43, forecast, limit: 100, unit: 'USD' })).toBe(words);
  });
});
