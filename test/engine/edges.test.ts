import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/core/aws-error.js';
import { BootstrapError } from '../../src/core/errors.js';
import type { Finding } from '../../src/core/finding.js';
import { type ApplyPort, applyAll, errorOf, outcomeOf } from '../../src/engine/apply.js';
import { assessAll, type AssessedStep, prepare } from '../../src/engine/assess.js';
import { checkExit, resultsOf, retryAfterSeconds } from '../../src/engine/results.js';
import { Lamps, lampStep, type LightLamp, type Lighting, lightLamp, lostAnswer, partOf, portOf, refusal, unread } from './fake-steps.js';

type Options = Parameters<typeof lampStep>[2];
const planOf = async (world: Lamps, steps: readonly (readonly [id: string, lamps: readonly string[], options?: Options])[]) => {
  const run = portOf(world);
  const parts = steps.map(([id, lamps, options]) => partOf(lampStep(world, id, options), lamps));
  const assessed = await assessAll(prepare(parts, { command: 'init', unattended: true, secrets: 'chosen', switches: [] }), run.port);
  return { ...run, assessed, apply: () => applyAll(assessed, run.port) };
};
const one = async (options: Options = {}, world = new Lamps()): Promise<AssessedStep> => {
  const [assessed] = (await planOf(world, [['one', ['a'], options]])).assessed;
  if (assessed === undefined) throw new Error('no step');
  return assessed;
};
const finding = (status: Finding['status'], more: Partial<Finding<LightLamp>> = {}): Finding<LightLamp> => ({
  id: 'one.lit',
  status,
  reason: 'why',
  evidence: [],
  ...more,
});
const byHand = { by: 'hand', instructions: 'do it' } as const;
const byInit = { by: 'init', change: lightLamp('x') } as const;

describe('how a step ends', () => {
  it.each<[string, Finding, string]>([
    ['a failed finding with manual steps', finding('fail', { remedy: byHand }), 'manual'],
    ['a failed finding that init fixes', finding('fail', { remedy: byInit }), 'done'],
    ['a failed finding without a remedy', finding('fail'), 'done'],
    ['a manual finding', finding('manual'), 'manual'],
    ['a passed finding with manual steps', finding('pass', { remedy: byHand }), 'done'],
    ['a finding that is only audited', finding('manual', { id: 'one.audit' }), 'done'],
  ])('%s', async (_, found, status) => {
    const assessed = { ...(await one()), findings: [found] } as AssessedStep;
    expect(outcomeOf(assessed, true, null).report.status).toBe(status);
    expect(outcomeOf(assessed, false, null).report.status).toBe(status === 'done' ? 'unchanged' : status);
  });

  it('counts the effects of the step only, not those of earlier steps', async () => {
    const world = new Lamps();
    const refuse: Lighting = () => {
      throw refusal('LimitExceeded');
    };
    const { apply } = await planOf(world, [
      ['one', ['a']],
      ['two', ['b'], { lighting: refuse }],
    ]);
    const [, second] = await apply();
    expect([second?.report.error?.code, second?.report.error?.changed, second?.changed]).toEqual(['E-AWS-REFUSED', false, false]);
  });

  it('a changed plan can be tried again', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [['one', ['a']]]);
    world.lit.add('a');
    expect((await apply())[0]?.report.error).toMatchObject({ code: 'E-PLAN-CHANGED', retryable: true, changed: false });
  });

  it.each([
    ['shown too late', (world: Lamps) => void (world.effects += 1), 'E-NOT-CONFIRMED', /accepted the change, but does not show it/, null],
    [
      'lost',
      () => {
        throw lostAnswer();
      },
      'E-AMBIGUOUS',
      /answer to iam:CreateUser was lost \(ECONNRESET\)/,
      'iam:CreateUser',
    ],
  ] as const)('a change that is %s is named with its reason', async (_, light, code, message, operation) => {
    const world = new Lamps();
    const { apply } = await planOf(world, [['one', ['a'], { lighting: () => light(world) }]]);
    const error = (await apply())[0]?.report.error;
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error?.aws?.operation ?? null).toBe(operation);
  });

  it('keeps what it knew when the account cannot be read after a failure', async () => {
    const world = new Lamps();
    let reads = 0;
    const { apply } = await planOf(world, [
      [
        'one',
        ['a'],
        {
          lighting: () => {
            throw refusal('LimitExceeded');
          },
          observe: async () => {
            reads += 1;
            if (reads === 3) throw new Error('broken');
          },
        },
      ],
    ]);
    const [ended] = await apply();
    expect([ended?.report.error?.code, ended?.assessed.findings.length, reads]).toEqual(['E-AWS-REFUSED', 1, 3]);
  });
});

describe('how long a change is waited for', () => {
  const after = (before: Finding<LightLamp>, later: Finding<LightLamp>) => async (): Promise<number> => {
    const world = new Lamps();
    const more = (lit: readonly string[]): readonly Finding<LightLamp>[] => [lit.includes('a') ? later : before];
    const { apply, waitedMs } = await planOf(world, [['one', ['a'], { more }]]);
    await apply();
    return waitedMs();
  };
  const unknown = finding('unknown', { id: 'one.person', cause: 'failed' });

  it.each([
    ['failed, with manual steps', finding('fail', { id: 'one.person', remedy: byHand })],
    ['failed, without a remedy', finding('fail', { id: 'one.person' })],
    ['passed', finding('pass', { id: 'one.person' })],
    ['passed, with a remedy', finding('pass', { id: 'one.person', remedy: byInit as { by: 'init'; change: LightLamp } })],
  ])('not at all for a finding that %s before, and cannot be read now', async (_, before) => {
    expect(await after(before, unknown)()).toBe(0);
  });

  it('with a message that has the time so far and the limit', async () => {
    const world = new Lamps();
    const { assessed, port } = await planOf(world, [['one', ['a'], { lighting: () => void (world.effects += 1) }]]);
    const waits: unknown[] = [];
    const progress: ApplyPort['progress'] = (step) => ({ ...port.progress(step), notify: (_, wait) => waits.push(wait) });
    await applyAll(assessed, { ...port, progress });
    expect(waits.slice(0, 2)).toEqual([
      { waitedMs: 3_500, limitMs: 120_000 },
      { waitedMs: 7_500, limitMs: 120_000 },
    ]);
  });

  it('a few seconds while one of two gaps cannot be read, whatever else was found', async () => {
    const world = new Lamps();
    const open = finding('fail', { id: 'one.person', remedy: byInit as { by: 'init'; change: LightLamp } });
    const shut = finding('unknown', { id: 'one.person', cause: 'failed' });
    // Another finding before and after it, without a remedy: neither was a gap that init closes.
    const more = (lit: readonly string[]): readonly Finding<LightLamp>[] => [
      finding('pass', { id: 'one.audit' }),
      lit.includes('a') ? shut : open,
      finding('pass', { id: 'one.audit', resource: 'z' }),
    ];
    const { apply, waitedMs } = await planOf(world, [['one', ['a'], { more }]]);
    await apply();
    expect(waitedMs()).toBeGreaterThanOrEqual(5_000);
    expect(waitedMs()).toBeLessThan(10_000);
  });

  it('a few seconds while a gap that init closed cannot be read', async () => {
    const world = new Lamps();
    const { apply, waitedMs } = await planOf(world, [['one', ['a']]]);
    world.blind.push('clear', ...Array.from({ length: 40 }, () => unread('failed')));
    await apply();
    expect(waitedMs()).toBeGreaterThanOrEqual(5_000);
    expect(waitedMs()).toBeLessThan(10_000);
  });
});

describe('an error of AWS in a step', () => {
  const errorFor = (code: string, denied = false): BootstrapError => {
    const error = new AwsError({ operation: 'iam:CreateUser', code, message: 'no', status: denied ? 403 : 400, requestId: 'r' });
    return errorOf({ step: lampStep(new Lamps(), 'one') }, error, false);
  };

  it.each([
    ['LimitExceeded', 'E-AWS-REFUSED', true],
    ['AccessDenied', 'E-WRITE-DENIED', true],
    ['ExpiredToken', 'E-CREDENTIALS-EXPIRED', false],
  ])('%s offers to skip the step: %s, %s', (code, expected, offered) => {
    const error = errorFor(code, code === 'AccessDenied');
    if (offered) expect(error.code).toBe(expected);
    else expect(['E-AWS-REFUSED', 'E-WRITE-DENIED']).not.toContain(error.code);
    expect(error.next.endsWith(', or skip the step: --skip one.')).toBe(offered);
    expect(error.next).not.toMatch(/\.,/);
  });

  it('has one full stop less only at the end of its next step', () => {
    const error = errorFor('AccessDenied', true);
    expect(error.next).toBe('Run as an identity that is allowed iam:CreateUser, or skip the step: --skip one.');
    const why = { kind: 'explicit-deny', policy: 'S.C.P.' } as const;
    const denied = new AwsError({ operation: 'iam:CreateUser', code: 'AccessDenied', message: 'no', refusal: why });
    expect(errorOf({ step: lampStep(new Lamps(), 'one') }, denied, false).next).toMatch(/the S\.C\.P\. changed .*CreateUser, or skip/);
  });

  it('of this tool keeps its own account of changes, unless the step changed something', () => {
    const step = { step: lampStep(new Lamps(), 'one') };
    const error = new BootstrapError({ code: 'E-ALIAS-TAKEN', message: 'm', next: 'n', changed: false });
    expect(errorOf(step, error, false)).toBe(error);
    expect(errorOf(step, error, true).changed).toBe(true);
    expect(errorOf(step, error, null).changed).toBeNull();
  });
});

describe('postponed changes', () => {
  it('have one next step each', async () => {
    const world = new Lamps();
    const lighting: Lighting = (lamp) => {
      throw new BootstrapError({ code: 'E-MFA-LATER', message: `${lamp} later.`, next: `light ${lamp}` });
    };
    const { apply } = await planOf(world, [['one', ['a', 'b'], { lighting }]]);
    expect((await apply())[0]?.report.error?.next).toBe('light a And light b');
  });
});

describe('a finding as a result', () => {
  it.each<[string, Partial<Finding>, object]>([
    ['no remedy', { status: 'fail' }, { remediation: null }],
    [
      'a remedy by init',
      { status: 'fail', remedy: byInit },
      { remediation: { by: 'init', command: 'bootstrap init --only one', url: null } },
    ],
    [
      'manual steps, without command and page',
      { status: 'fail', remedy: byHand },
      { remediation: { by: 'hand', instructions: 'do it', command: null, url: null } },
    ],
    [
      'manual steps, with command and page',
      { status: 'manual', remedy: { ...byHand, command: 'c', url: 'u' } },
      { remediation: { by: 'hand', instructions: 'do it', command: 'c', url: 'u' } },
    ],
    ['a remedy that is not needed', { status: 'pass', remedy: byHand }, { remediation: null }],
  ])('has %s', async (_, more, expected) => {
    const assessed = { ...(await one()), findings: [{ ...finding('fail'), ...more }] } as AssessedStep;
    expect(resultsOf(assessed, '111122223333', 'check')[0]).toMatchObject(expected);
  });

  it('has a cause only if it could not be read', async () => {
    const withCause = { ...(await one()), findings: [finding('unknown', { cause: 'denied' })] } as AssessedStep;
    expect(resultsOf(withCause, '1', 'check')[0]).toHaveProperty('cause', 'denied');
    const without = { ...(await one()), findings: [finding('fail')] } as AssessedStep;
    expect(resultsOf(without, '1', 'check')[0]).not.toHaveProperty('cause');
  });

  it('has an amount only if the finding has one', async () => {
    const spend = { actual: 1 } as never;
    const withSpend = { ...(await one()), findings: [finding('fail', { spend })] } as AssessedStep;
    expect(resultsOf(withSpend, '1', 'check')[0]).toHaveProperty('spend', spend);
    const without = { ...(await one()), findings: [finding('fail')] } as AssessedStep;
    expect(resultsOf(without, '1', 'check')[0]).not.toHaveProperty('spend');
  });

  it('of a step that is not wanted is reported by init only if it is a critical failure', async () => {
    const findings = [finding('fail', { id: 'one.audit' }), finding('pass', { id: 'one.audit' }), finding('fail')];
    const assessed = { ...(await one()), wanted: false, findings } as AssessedStep;
    expect(resultsOf(assessed, '1', 'init').map(({ id, status }) => [id, status])).toEqual([['one.audit', 'fail']]);
    expect(resultsOf(assessed, '1', 'check')).toHaveLength(3);
  });

  it('decides the exit code of check', async () => {
    const resultsFor = async (found: Finding<LightLamp>) => resultsOf({ ...(await one()), findings: [found] }, '1', 'check');
    const exit = async (found: Finding<LightLamp>, strict: boolean) => checkExit(await resultsFor(found), { failOn: 'high', strict });
    expect(await exit(finding('pass'), true)).toBe(0);
    expect(await exit(finding('manual'), false)).toBe(0);
    expect(await exit(finding('manual'), true)).toBe(3);
    expect(
      checkExit(
        (await resultsFor(finding('fail'))).map((result) => ({ ...result, status: 'waived' })),
        { failOn: 'high', strict: true },
      ),
    ).toBe(0);
    expect(await exit(finding('unknown', { cause: 'denied' }), true)).toBe(4);
  });
});

describe('the time to wait before the same command', () => {
  const enabled = { code: 'E-NOT-ENABLED' } as const;
  const other = { code: 'E-AMBIGUOUS' } as const;
  it.each([
    [[], 60],
    [[null], 60],
    [[enabled], 3_600],
    [[enabled, null], 3_600],
    [[enabled, other], 60],
    [[other], 60],
  ])('after %j is %i s', (errors, seconds) => expect(retryAfterSeconds(errors)).toBe(seconds));
});
