import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeProgress, type Progress } from '../../src/ui/progress.js';
import { testClock } from '../support/host.js';
import { screen, terminalOn } from './streams.js';

const wait = (seconds: number) => ({ waitedMs: seconds * 1000, limitMs: 120_000 });

const play = (progress: Progress, clock = testClock()): void => {
  progress.busy('Reading the account');
  const budget = progress.step('Budget');
  budget.changeStarted(1, 2);
  budget.notify('waiting for AWS to show the change', wait(2));
  budget.notify('waiting for AWS to show the change', wait(4));
  void clock.sleep(12_000);
  budget.ended('done');
  progress.step('Account alias').ended('failed', 'the name is taken\u001b[2J');
  progress.stop();
};

describe('progress off a terminal', () => {
  it('is one line for each step that ends, with its time, and for each wait that begins, with its limit', () => {
    const stderr = screen(false);
    const clock = testClock();
    play(makeProgress(terminalOn(stderr), clock), clock);
    expect(stderr.text()).toBe(
      [
        'Reading the account …',
        '  Budget: waiting for AWS to show the change (at most 120 s)',
        '✓ Budget — done (12 s)',
        '✗ Account alias — FAILED: the name is taken\\u001b[2J',
        '',
      ].join('\n'),
    );
  });

  it('names the step in each line when several are under way', () => {
    const stderr = screen(false);
    const progress = makeProgress(terminalOn(stderr), testClock());
    const [budget, alias] = [progress.step('Budget'), progress.step('Account alias')];
    budget.notify('waiting for AWS to show the change');
    alias.notify('waiting for AWS to show the change');
    budget.notify('waiting for AWS to show the change');
    progress.notify('waiting for AWS (iam:CreateUser answers Throttling)');
    // The lines have the order of the steps, however the steps end.
    alias.ended('done');
    budget.ended('done');
    expect(stderr.text()).toBe(
      [
        '  Budget: waiting for AWS to show the change',
        '  Account alias: waiting for AWS to show the change',
        'waiting for AWS (iam:CreateUser answers Throttling)',
        '✓ Budget — done',
        '✓ Account alias — done',
        '',
      ].join('\n'),
    );
  });

  it('does not lose the line of a step that ended before a run that was stopped', () => {
    const stderr = screen(false);
    const progress = makeProgress(terminalOn(stderr), testClock());
    progress.step('Budget');
    progress.step('Account alias').ended('done');
    expect(stderr.text()).toBe('');
    progress.stop();
    progress.stop();
    expect(stderr.text()).toBe('✓ Account alias — done\n');
  });

  it('is words only for a screen reader', () => {
    const stderr = screen(true);
    const clock = testClock();
    play(makeProgress(terminalOn(stderr, { flags: { accessible: true, color: false } }), clock), clock);
    expect(stderr.text()).toBe(
      [
        'Reading the account.',
        'Budget: waiting for AWS to show the change (at most 120 s)',
        'Budget: done (12 s)',
        'Account alias: FAILED: the name is taken\\u001b[2J',
        '',
      ].join('\n'),
    );
  });

  it('holds its lines back while a question is open', async () => {
    const stderr = screen(true);
    const progress = makeProgress(terminalOn(stderr, { flags: { accessible: true } }), testClock());
    await progress.hold(async () => {
      progress.notify('waiting for AWS');
      expect(stderr.text()).toBe('');
    });
    expect(stderr.text()).toBe('waiting for AWS\n');
  });

  it('is nothing under --quiet', () => {
    const stderr = screen(true);
    play(makeProgress(terminalOn(stderr, { flags: { quiet: true } }), testClock()));
    expect(stderr.text()).toBe('');
  });
});

describe('progress on a terminal', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });
  const onTerminal = () => {
    vi.useFakeTimers();
    // The spinner reads the environment of the process itself.
    vi.stubEnv('CI', undefined);
    vi.stubEnv('TERM', 'xterm');
    const stderr = screen(true, 80);
    const clock = testClock();
    return { stderr, clock, progress: makeProgress(terminalOn(stderr), clock) };
  };
  const showCursor = '\u001b[?25h';
  const hideCursor = '\u001b[?25l';

  it('leaves one line per step behind, and the cursor visible', () => {
    const { stderr, clock, progress } = onTerminal();
    play(progress, clock);
    expect(stderr.text()).toContain('\u001b[32m✓\u001b[39m Budget — done (12 s)\n');
    expect(stderr.text().lastIndexOf(showCursor)).toBeGreaterThan(stderr.text().lastIndexOf(hideCursor));
  });

  it('breaks the line of a step that ended between words', () => {
    const { stderr, progress } = onTerminal();
    const detail =
      'alex has no MFA device: you chose to enrol later. The new device was deleted; remove the entry from your authenticator.';
    progress.step('MFA').ended('manual', detail);
    expect(stderr.text()).toContain(
      ' MFA — manual: alex has no MFA device: you chose to enrol later. The new device\n  was deleted; remove the entry from your authenticator.\n',
    );
  });

  it('counts the changes of a step and its seconds, and a wait against its limit', async () => {
    const { stderr, clock, progress } = onTerminal();
    const budget = progress.step('Budget');
    budget.changeStarted(2, 3);
    await clock.sleep(4_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Budget — change 2 of 3, 4 s');
    budget.notify('waiting for AWS to show the change', wait(2));
    await clock.sleep(10_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Budget — waiting for AWS to show the change, 12 s of at most 120 s');
    progress.stop();
  });

  it('leaves out the limit if the line is too long', async () => {
    const { stderr, clock, progress } = onTerminal();
    progress.step('Multi-factor authentication').notify('waiting for AWS to show the change', wait(0));
    await clock.sleep(10_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Multi-factor authentication — waiting for AWS to show the change, 10 s');
    expect(stderr.text()).not.toMatch(/10 s of|\.\.\./);
    progress.stop();
  });

  it('prints once what is too long for the line of the spinner', async () => {
    const { stderr, clock, progress } = onTerminal();
    progress.busy('Making the change');
    const long = 'waiting until AWS has closed account 111122223333, usually a few minutes; you can press Ctrl-C';
    progress.notify(long);
    progress.notify(long);
    await clock.sleep(10_000);
    vi.advanceTimersByTime(1_000);
    const printed = 'Making the change: waiting until AWS has closed account 111122223333, usually a\nfew minutes; you can press Ctrl-C\n';
    expect(stderr.text().split(printed)).toHaveLength(2);
    expect(stderr.text()).toContain('Making the change — 10 s');
    expect(stderr.text()).not.toContain('...');
    progress.stop();
  });

  it('counts the steps that are under way at the same time, and shows the one that began first', async () => {
    const { stderr, clock, progress } = onTerminal();
    const budget = progress.step('Budget');
    const alias = progress.step('Account alias');
    progress.step('MFA').changeStarted(1, 2);
    await clock.sleep(1_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Budget and 2 more — 1 s');
    // Which step waits is not known.
    progress.notify('waiting for AWS');
    expect(stderr.text()).not.toContain('waiting for AWS');
    budget.ended('done');
    expect(stderr.text()).toContain('Account alias and 1 more — 1 s');
    alias.ended('done');
    expect(stderr.text()).toContain('MFA — change 1 of 2, 1 s');
    progress.notify('waiting for AWS');
    expect(stderr.text()).toContain('MFA — waiting for AWS, 1 s');
    progress.stop();
  });

  it('never wraps its text', () => {
    const { stderr, progress } = onTerminal();
    progress.step(`Budget ${'株'.repeat(100)}`);
    progress.stop();
    expect(stderr.text()).not.toContain('株'.repeat(37));
    expect(stderr.text()).toContain('株...');
  });

  it('does not spin while a question is open', async () => {
    const { stderr, progress } = onTerminal();
    progress.step('Budget');
    await progress.hold(async () => {
      const before = stderr.text();
      progress.notify('something new');
      vi.advanceTimersByTime(1000);
      expect(stderr.text()).toBe(before);
      expect(before.endsWith(showCursor)).toBe(true);
    });
    expect(stderr.text()).toContain('Budget — something new');
    progress.stop();
  });

  it('does not start again after a question that ended with Ctrl-C', async () => {
    const { stderr, progress } = onTerminal();
    progress.step('Budget');
    await expect(progress.hold(() => Promise.reject(new Error('interrupted')))).rejects.toThrow('interrupted');
    expect(stderr.text().endsWith(showCursor)).toBe(true);
  });

  it('can be stopped twice, and before it starts', () => {
    const { progress } = onTerminal();
    progress.stop();
    progress.step('Budget');
    progress.stop();
    progress.stop();
  });
});
