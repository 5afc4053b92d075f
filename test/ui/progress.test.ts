import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeProgress, type Progress } from '../../src/ui/progress.js';
import { testClock } from '../support/host.js';
import { screen, terminalOn } from './streams.js';

const wait = (seconds: number) => ({ waitedMs: seconds * 1000, limitMs: 120_000 });

const play = (progress: Progress, clock = testClock()): void => {
  progress.busy('Reading the account');
  progress.stepStarted('Budget');
  progress.changeStarted(1, 2);
  progress.notify('waiting for AWS to show the change', wait(2));
  progress.notify('waiting for AWS to show the change', wait(4));
  void clock.sleep(12_000);
  progress.stepEnded('Budget', 'done');
  progress.stepStarted('Account alias');
  progress.stepEnded('Account alias', 'failed', 'the name is taken\u001b[2J');
  progress.stop();
};

describe('progress off a terminal', () => {
  it('is one line for each step that ends, with its time, and for each wait that begins, with its limit', () => {
    const stderr = screen(false);
    const clock = testClock();
    play(makeProgress(terminalOn(stderr), { clock }), clock);
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

  it('is words only for a screen reader', () => {
    const stderr = screen(true);
    const clock = testClock();
    play(makeProgress(terminalOn(stderr, { flags: { accessible: true, color: false } }), { clock }), clock);
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
    const progress = makeProgress(terminalOn(stderr, { flags: { accessible: true } }), { clock: testClock() });
    await progress.hold(async () => {
      progress.notify('waiting for AWS');
      expect(stderr.text()).toBe('');
    });
    expect(stderr.text()).toBe('waiting for AWS\n');
  });

  it('is nothing under --quiet', () => {
    const stderr = screen(true);
    play(makeProgress(terminalOn(stderr, { flags: { quiet: true } }), { clock: testClock() }));
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
    return { stderr, clock, progress: makeProgress(terminalOn(stderr), { clock }) };
  };
  const showCursor = '\u001b[?25h';
  const hideCursor = '\u001b[?25l';

  it('leaves one line per step behind, and the cursor visible', () => {
    const { stderr, clock, progress } = onTerminal();
    play(progress, clock);
    expect(stderr.text()).toContain('\u001b[32m✓\u001b[39m Budget — done (12 s)\n');
    expect(stderr.text().lastIndexOf(showCursor)).toBeGreaterThan(stderr.text().lastIndexOf(hideCursor));
  });

  it('counts the changes of a step and its seconds, and a wait against its limit', async () => {
    const { stderr, clock, progress } = onTerminal();
    progress.stepStarted('Budget');
    progress.changeStarted(2, 3);
    await clock.sleep(4_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Budget — change 2 of 3, 4 s');
    progress.notify('waiting for AWS to show the change', wait(2));
    await clock.sleep(10_000);
    vi.advanceTimersByTime(1_000);
    expect(stderr.text()).toContain('Budget — waiting for AWS to show the change, 12 s of at most 120 s');
    progress.stop();
  });

  it('never wraps its text', () => {
    const { stderr, progress } = onTerminal();
    progress.stepStarted(`Budget ${'株'.repeat(100)}`);
    progress.stop();
    expect(stderr.text()).not.toContain('株'.repeat(37));
    expect(stderr.text()).toContain('株...');
  });

  it('does not spin while a question is open', async () => {
    const { stderr, progress } = onTerminal();
    progress.stepStarted('Budget');
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
    progress.stepStarted('Budget');
    await expect(progress.hold(() => Promise.reject(new Error('interrupted')))).rejects.toThrow('interrupted');
    expect(stderr.text().endsWith(showCursor)).toBe(true);
  });

  it('can be stopped twice, and before it starts', () => {
    const { progress } = onTerminal();
    progress.stop();
    progress.stepStarted('Budget');
    progress.stop();
    progress.stop();
  });
});
