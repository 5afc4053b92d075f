import { describe, expect, it } from 'vitest';
import { tour } from '../../../src/commands/init/tour.js';
import type { Override } from '../../../src/config/override.js';
import type { AnyStep } from '../../../src/core/step.js';
import type { AssessedStep } from '../../../src/engine/assess.js';
import type { App } from '../../../src/run/app.js';
import { actInConsole } from '../../../src/sandbox/new-world.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { billingAccess } from '../../../src/steps/billing-access/index.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import { seededRandom } from '../../sandbox/practice.js';
import { rememberingSink } from '../../steps/support/remembering-sink.js';
import { stepRun, statusesOf } from '../../steps/support/step-run.js';
import { type Exchange, scriptedPrompter } from '../../ui/scripted-prompter.js';

const style = { width: 80, color: false, unicode: true };
const inPerson = { unattended: false } as const;
const switchAsked = 'Does the page say that IAM access is activated?';
const waiting = 'Waiting, 1';

/** A tour of the practice account, whose root has neither MFA nor a key at first. `meanwhile` happens behind the n-th pause. */
const onTour = async (
  steps: readonly AnyStep[],
  script: readonly Exchange[] | 'no one',
  options: {
    readonly meanwhile?: (account: Awaited<ReturnType<typeof stepRun>>['account'], pauses: number) => void;
    readonly except?: readonly string[];
    readonly sandboxed?: boolean;
    readonly before?: (account: Awaited<ReturnType<typeof stepRun>>['account']) => void;
  } = {},
) => {
  const run = await stepRun(rememberingSink());
  options.before?.(run.account);
  const assessed: AssessedStep[] = [];
  for (const step of steps) assessed.push(await run.look(step, {}, inPerson));
  const prompter = scriptedPrompter(script === 'no one' ? [] : script);
  let pauses = 0;
  const said: string[] = [];
  const done: string[] = [];
  const app = {
    sandboxed: options.sandboxed,
    doInConsole: async (accountId: string, finding: string) =>
      actInConsole(run.sandbox.world, accountId, finding, { now: run.clock.now(), random: seededRandom() }),
    openLink: async (url: string) => `opened ${done.push(`open ${url}`)}`,
    copyText: async (text: string) => `copied ${done.push(`copy ${text}`)}`,
    terminal: { stderr: (text: string) => said.push(text), messageStyle: style },
    prompter: async () => ({
      ...prompter,
      pause: async (pause: Parameters<typeof prompter.pause>[0]) => {
        await run.clock.sleep(pause.seconds * 1_000);
        pauses += 1;
        options.meanwhile?.(run.account, pauses);
        return script === 'no one' ? 'time' : prompter.pause(pause);
      },
    }),
  } as unknown as App;
  const recorded: Override[] = [];
  const started = run.clock.slept();
  const toured = await tour(app, {
    assessed,
    preparedWith: (answers) =>
      assessed.map((step) => {
        const own = answers.filter((answer) => answer.step === step.step.id);
        const slice = step.step.schema.parse(Object.fromEntries(own.map(({ path, value }) => [path, value])));
        return { ...step, slice, desired: own.length === 0 ? step.desired : step.step.desire(slice, { command: 'init' } as never) };
      }),
    context: run.port,
    forget: run.port.forget,
    record: async (answer) => {
      recorded.push(answer);
      return 'Recorded.';
    },
    except: options.except ?? [],
    separated: true,
  });
  prompter.done();
  return {
    ...toured,
    /** What a later run without the answers finds. */
    later: async () => statusesOf(await run.look(steps[0] as AnyStep, {}, inPerson)),
    found: toured.assessed.flatMap(statusesOf),
    said: said.join(''),
    done,
    pauses,
    recorded,
    ms: run.clock.slept() - started,
  };
};

describe('the tour of manual steps', () => {
  it('shows the link and the clicks, and polls until AWS shows the change', async () => {
    const { found, said, pauses } = await onTour(
      [mfa],
      [
        { asked: waiting, answer: 'time' },
        { asked: waiting, answer: 'now' },
      ],
      {
        meanwhile: (account, turn) => {
          if (turn === 2) account.root.mfa = 'hardware';
        },
      },
    );
    expect(found).toContain('mfa.root pass');
    expect(pauses).toBe(2);
    expect(said).toContain('1. Open https://console.aws.amazon.com/iam/home#/security_credentials');
    expect(said).toContain('choose "Assign MFA device"');
    expect(said).toContain('✓ Root has MFA: verified in AWS.');
  });

  it('opens and copies the link only after the key', async () => {
    const url = 'https://console.aws.amazon.com/iam/home#/security_credentials';
    const { done, said } = await onTour(
      [mfa],
      [
        { asked: waiting, answer: 'time' },
        { asked: waiting, answer: 'open' },
        { asked: waiting, answer: 'copy' },
        { asked: waiting, answer: 'later' },
      ],
    );
    expect(done).toEqual([`open ${url}`, `copy ${url}`]);
    expect(said).toContain('Enter: check now; o: open the link; c: copy it; l: later');
    const confirming = await onTour(
      [billingAccess],
      [
        { asked: switchAsked, answer: 'o' },
        { asked: switchAsked, answer: true },
      ],
    );
    expect(confirming.done).toEqual(['open https://console.aws.amazon.com/billing/home#/account']);
    expect(confirming.recorded).toHaveLength(1);
  });

  it('opens no link of the practice account', async () => {
    const { done, said } = await onTour(
      [mfa],
      [
        { asked: 'Practice', answer: 'open' },
        { asked: 'Practice', answer: 'copy' },
        { asked: 'Practice', answer: 'now' },
      ],
      { sandboxed: true },
    );
    expect(done).toEqual([]);
    expect(said).not.toMatch(/open the link|https:/);
    expect(said).toContain('✓ Root has MFA: verified in AWS.');
  });

  it.each([
    [true, 'manual'],
    [false, 'fail'],
  ])('turns the switch of the practice account only on yes: %j', async (answer, status) => {
    const { said, later } = await onTour([billingAccess], [{ asked: switchAsked, answer }], { sandboxed: true });
    expect(said).toContain('Activate IAM Access');
    // As in AWS, the event does not show whether it is on or off.
    expect(await later()).toContain(`billing-access.switch ${status}`);
  });

  it('continues with the next step if one is postponed', async () => {
    const { found, said } = await onTour(
      [mfa, accessKeys],
      [
        { asked: waiting, answer: 'later' },
        { asked: waiting, answer: 'now' },
      ],
      {
        before: (account) => account.root.accessKeys.push({ id: 'AKIAEXAMPLE', status: 'Active' } as never),
        meanwhile: (account, turn) => {
          if (turn === 2) account.root.accessKeys.splice(0);
        },
      },
    );
    expect(found).toEqual(expect.arrayContaining(['mfa.root fail', 'access-keys.root pass']));
    expect(said).toContain('! Postponed.');
    expect(said).toContain('✓ Root has no access key: verified in AWS.');
  });

  it('polls every 15 seconds, and stops after 15 minutes', async () => {
    const { found, said, pauses, ms } = await onTour([mfa, billingAccess], 'no one');
    expect([pauses, ms]).toEqual([60, 15 * 60_000]);
    expect(said).toContain('Not done within 15 minutes. Postponed.');
    // No one responds, so the next step is not shown either.
    expect(said).not.toContain('Activate IAM Access');
    expect(found).toContain('mfa.root fail');
  });

  it('records the confirmation of the user with its day if AWS has no API', async () => {
    const { found, answers, recorded, said } = await onTour([billingAccess], [{ asked: switchAsked, answer: true }]);
    const word = { step: 'billing-access', path: 'confirmed-on', value: '2026-11-24', flag: '--billing-confirmed' };
    expect(answers).toEqual([word]);
    expect(recorded).toEqual([word]);
    expect(found).toContain('billing-access.switch pass');
    expect(said).toContain('✓ Recorded.');
  });

  it('records nothing that the user did not confirm', async () => {
    const { found, answers, recorded } = await onTour([billingAccess], [{ asked: switchAsked, answer: false }]);
    expect([answers, recorded]).toEqual([[], []]);
    expect(found).toContain('billing-access.switch fail');
  });

  it('keeps confirmations from before Ctrl-C', async () => {
    const { found, answers, interrupted } = await onTour(
      [billingAccess, mfa],
      [
        { asked: switchAsked, answer: true },
        { asked: waiting, answer: 'ctrl-c' },
      ],
    );
    expect([answers.length, interrupted]).toEqual([1, true]);
    expect(found).toContain('billing-access.switch pass');
  });

  it('is empty if no manual step remains, and leaves out what would end the run', async () => {
    const hasMfa = { before: (account: { root: { mfa: string } }) => void (account.root.mfa = 'hardware') };
    expect((await onTour([mfa], [], hasMfa)).said).toBe('');
    expect((await onTour([mfa], [], { except: ['mfa.root'] })).said).toBe('');
  });
});
