import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeProgress, type Progress } from '../../src/ui/progress.js';
import { screen, terminalOn } from './streams.js';

const play = (progress: Progress): void => {
  progress.stepStarted('Budget');
  progress.notify('waiting for AWS to show the budget');
  progress.notify('waiting for AWS to show the budget');
  progress.stepEnded('Budget', 'done');
  progress.stepStarted('Account alias');
  progress.stepEnded('Account alias', 'failed', 'the name is taken\u001b[2J');
  progress.stop();
};

describe('progress off a terminal', () => {
  it('is one line per event, without colour, each printed once', () => {
    const stderr = screen(false);
    play(makeProgress(terminalOn(stderr)));
    expect(stderr.text()).toBe(
      [
        'Budget …',
        '  Budget: waiting for AWS to show the budget',
        '✓ Budget — done',
        'Account alias …',
        '✗ Account alias — FAILED: the name is taken\\u001b[2J',
        '',
      ].join('\n'),
    );
  });

  it('is words only for a screen reader', () => {
    const stderr = screen(true);
    play(makeProgress(terminalOn(stderr, { flags: { accessible: true, color: false } })));
    expect(stderr.text()).toBe(
      [
        'Budget: started',
        'Budget: waiting for AWS to show the budget',
        'Budget: done',
        'Account alias: started',
        'Account alias: FAILED: the name is taken\\u001b[2J',
        '',
      ].join('\n'),
    );
  });

  it('holds its lines back while a question is open', async () => {
    const stderr = screen(true);
    const progress = makeProgress(terminalOn(stderr, { flags: { accessible: true } }));
    await progress.hold(async () => {
      progress.notify('waiting for AWS');
      expect(stderr.text()).toBe('');
    });
    expect(stderr.text()).toBe('waiting for AWS\n');
  });

  it('is nothing under --quiet', () => {
    const stderr = screen(true);
    play(makeProgress(terminalOn(stderr, { flags: { quiet: true } })));
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
    const stderr = screen(true, 60);
    return { stderr, progress: makeProgress(terminalOn(stderr)) };
  };
  const showCursor = '\u001b[?25h';
  const hideCursor = '\u001b[?25l';

  it('leaves one line per step behind, and the cursor visible', () => {
    const { stderr, progress } = onTerminal();
    play(progress);
    expect(stderr.text()).toContain('\u001b[32m✓\u001b[39m Budget — done\n');
    expect(stderr.text().lastIndexOf(showCursor)).toBeGreaterThan(stderr.text().lastIndexOf(hideCursor));
  });

  it('never wraps its text', () => {
    const { stderr, progress } = onTerminal();
    progress.stepStarted(`Budget ${'株'.repeat(100)}`);
    progress.stop();
    expect(stderr.text()).not.toContain('株'.repeat(27));
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
