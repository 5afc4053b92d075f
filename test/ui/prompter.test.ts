import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PromptAborted, WentBack } from '../../src/core/errors.js';
import { makePrompter, type PrompterParts } from '../../src/ui/prompter.js';
import { testClock } from '../support/host.js';
import { screen } from './streams.js';

const style = { width: 80, color: false, unicode: true };

// Node's readline edits no line on a dumb terminal, and asks the process's own environment about it.
beforeEach(() => void vi.stubEnv('TERM', 'xterm'));

const setUp = (more: Partial<PrompterParts> = {}) => {
  const input = new PassThrough();
  const output = screen(true);
  const prompter = makePrompter({ input, output, style, clock: testClock(), ...more });
  /** Types once the screen shows `seen`. */
  const typeAfter = async (seen: string, text: string): Promise<void> => {
    for (let turn = 0; turn < 2000 && !stripVTControlCharacters(output.text()).includes(seen); turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
    input.write(text);
  };
  return { input, output, prompter, typeAfter };
};

describe('ask', () => {
  it('returns the text without the spaces around it', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Name of the administrator' });
    await typeAfter('administrator', '  alex \r');
    expect(await answer).toBe('alex');
  });

  it('takes the default on Enter', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Limit', default: '10 USD' });
    await typeAfter('(10 USD)', '\r');
    expect(await answer).toBe('10 USD');
  });

  it('keeps refused text on the line to be corrected, and shows what is wrong with it', async () => {
    const { output, prompter, typeAfter } = setUp();
    const validate = (text: string): string | undefined => (text.includes(' ') ? 'No spaces, please.' : undefined);
    const answer = prompter.ask({ question: 'Alias', validate });
    await typeAfter('Alias', 'acme prod\r');
    await typeAfter('No spaces, please.', '\u007f\u007f\u007f\u007f\u007f-prod\r');
    expect(await answer).toBe('acme-prod');
    expect(output.text()).not.toContain('\u001b[3');
  });

  it.each([
    ['while you type', '', 'Use letters, digits and + = , . @ _ - without\r\nspaces.'],
    ['at Enter', '\r', '> Use letters, digits and + = , . @ _ -\r\n  without spaces.'],
  ])('breaks the lines of what is wrong between words: %s', async (_, enter, seen) => {
    const { output, prompter, typeAfter } = setUp({ style: { ...style, width: 46 } });
    const validate = (text: string): string | undefined =>
      text.includes(' ') ? 'Use letters, digits and + = , . @ _ - without spaces.' : undefined;
    const answer = prompter.ask({ question: 'User name', validate });
    await typeAfter('User name', `a b${enter}`);
    await typeAfter('spaces.', '\u007f\u007f\r');
    await answer;
    expect(stripVTControlCharacters(output.text()).replaceAll(/\r?\n/g, '\r\n')).toContain(seen);
  });

  it('breaks a long question between words, and still edits the line', async () => {
    const { output, prompter, typeAfter } = setUp({ style: { ...style, width: 40 } });
    const answer = prompter.ask({ question: 'Disable the access key AKIAEXAMPLE of ci (last used 2026-11-27)?' });
    await typeAfter('2026-11-27)?', 'no\u007f\u007fyes\r');
    expect(await answer).toBe('yes');
    const shown = stripVTControlCharacters(output.text()).replaceAll(/\r?\n/g, '\n');
    expect(shown).toContain('? Disable the access key AKIAEXAMPLE of\n  ci (last used 2026-11-27)? yes');
  });

  it('shows the hint above the question, escaped', async () => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Alias', hint: 'Unique in all of AWS.\u001b[2J' });
    await typeAfter('Alias', 'a\r');
    await answer;
    expect(output.text().indexOf('Unique in all of AWS.\\u001b[2J\n')).toBe(0);
  });

  it('wraps the hint, keeps its line breaks, and never breaks a command', async () => {
    const { output, prompter, typeAfter } = setUp({ style: { ...style, width: 40 } });
    const hint = 'First line.\n\nTo see what it would change, run `bootstrap init --dry-run --config other.yaml`.';
    const answer = prompter.ask({ question: 'Alias', hint });
    await typeAfter('Alias', 'a\r');
    await answer;
    expect(output.text().split('\n').slice(0, 4)).toEqual([
      'First line.',
      '',
      'To see what it would change, run',
      '`bootstrap init --dry-run --config other.yaml`.',
    ]);
  });
});

describe('ask beside something that changes', () => {
  it('updates it every second', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let seconds = 21;
      const { output, prompter, typeAfter } = setUp();
      const answer = prompter.ask({ question: 'First code', live: () => `${seconds} seconds` });
      await typeAfter('(21 seconds)', '98');
      await typeAfter('**', '');
      seconds = 20;
      vi.advanceTimersByTime(1000);
      await typeAfter('(20 seconds) **', '7654\r');
      expect(await answer).toBe('987654');
      expect(output.text()).not.toContain('987');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('clears a refused code, and shows letters as they are', async () => {
    const { output, prompter, typeAfter } = setUp();
    const validate = (text: string): string | undefined => (text === 'q' ? undefined : 'Six digits, please.');
    const answer = prompter.ask({ question: 'First code', live: () => 'soon', validate });
    await typeAfter('(soon)', '987\r');
    await typeAfter('Six digits, please.', 'q\r');
    expect(await answer).toBe('q');
    expect(stripVTControlCharacters(output.text())).toContain('First code q');
  });

  it('ends with its input, and on Ctrl-C', async () => {
    const { input, prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'First code', live: () => 'soon' });
    await typeAfter('(soon)', '\u0003');
    await expect(answer).rejects.toMatchObject({ reason: 'interrupt' });
    const next = prompter.ask({ question: 'Second code', live: () => 'soon' });
    await typeAfter('Second code', '');
    input.end();
    await expect(next).rejects.toMatchObject({ reason: 'end' });
  });
});

describe('a question that can be postponed', () => {
  it('is postponed on Esc', async () => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.askOrSkip({ question: 'Alias', default: 'acme' });
    await typeAfter('Esc: skip', '\u001b');
    expect(await answer).toBeUndefined();
    expect(output.text()).toContain('- Alias skipped');
  });

  it('shows what is wrong while it is typed, and nothing once it is valid', async () => {
    const { output, prompter, typeAfter } = setUp();
    const validate = (text: string): string | undefined => (text.length < 3 ? 'Three letters, please.' : undefined);
    const answer = prompter.askOrSkip({ question: 'Alias', validate });
    await typeAfter('Alias', 'ac');
    await typeAfter('Three letters, please.', 'me\r');
    expect(await answer).toBe('acme');
    expect(output.text()).not.toContain('> Three letters');
  });

  it('names its place and its keys, also below an error', async () => {
    const { output, prompter, typeAfter } = setUp();
    const validate = (text: string): string | undefined => (text.length < 3 ? 'Three letters, please.' : undefined);
    const answer = prompter.askOrSkip({ question: 'Alias', validate, position: '2 of 5', mayGoBack: true });
    await typeAfter('2 of 5. Esc: skip; Shift-Tab: back', 'ac\r');
    await typeAfter('> Three letters, please.', '');
    const last = stripVTControlCharacters(output.text()).split('> Three letters, please.').at(-1);
    expect(last).toContain('2 of 5. Esc: skip; Shift-Tab: back');
    await typeAfter('> Three', 'me\r');
    expect(await answer).toBe('acme');
  });

  it('goes back on Shift-Tab, if there is a previous question', async () => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.askOrSkip({ question: 'Alias', mayGoBack: true });
    answer.catch(() => {});
    await typeAfter('Shift-Tab: back', '\u001b[Z');
    await expect(answer).rejects.toBeInstanceOf(WentBack);
    expect(output.text()).toContain('- Alias back');
    const first = setUp();
    const only = first.prompter.askOrSkip({ question: 'Alias' });
    await first.typeAfter('Esc: skip', '\u001b[Zacme\r');
    expect(await only).toBe('acme');
  });
});

describe('select', () => {
  const choices = [
    { value: 1, name: 'A file', reason: 'yours alone' },
    { value: 2, name: 'The screen' },
    { value: 3, name: 'Nowhere' },
  ];

  it('takes the first on Enter, and others with arrow keys', async () => {
    const first = setUp();
    const answer = first.prompter.select({ question: 'Where?', choices });
    await first.typeAfter('yours alone', '\r');
    expect(await answer).toBe(1);
    const other = setUp();
    const second = other.prompter.select({ question: 'Where?', choices });
    await other.typeAfter('Nowhere', '\u001b[B\u001b[B\r');
    expect(await second).toBe(3);
    expect(other.output.text()).not.toMatch(/\u001b\[[0-9;]*m/);
  });

  it('goes back by its last choice, if there is a previous question', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.select({ question: 'Where?', choices, position: '5 of 5', mayGoBack: true });
    answer.catch(() => {});
    await typeAfter('5 of 5. Arrow keys, then Enter', '\u001b[B\u001b[B\u001b[B\r');
    await expect(answer).rejects.toBeInstanceOf(WentBack);
  });
});

describe.each([
  ['for a screen reader', { style: { ...style, accessible: true } }],
  ['on a terminal that cannot redraw', { redraws: false }],
])('by lines, %s', (_what, more) => {
  const noSequence = (text: string): void => expect(text).not.toContain('\u001b');

  it('asks again after an invalid answer', async () => {
    const { output, prompter, typeAfter } = setUp(more);
    const validate = (text: string): string | undefined => (text.length < 3 ? 'Three letters, please.' : undefined);
    const answer = prompter.ask({ question: 'Alias', validate });
    await typeAfter('Alias', 'ac\n');
    await typeAfter('Three letters, please.', 'acme\n');
    expect(await answer).toBe('acme');
    noSequence(output.text());
  });

  it('takes the default on Enter, and a hyphen to postpone', async () => {
    const one = setUp(more);
    const first = one.prompter.askOrSkip({ question: 'Limit', default: '10 USD' });
    await one.typeAfter('Enter for 10 USD; - to skip', '\n');
    expect(await first).toBe('10 USD');
    const two = setUp(more);
    const second = two.prompter.askOrSkip({ question: 'Limit', default: '10 USD' });
    await two.typeAfter('skip', '-\n');
    expect(await second).toBeUndefined();
  });

  it('goes back on <, and by the last choice', async () => {
    const one = setUp(more);
    const text = one.prompter.askOrSkip({ question: 'Limit', position: '2 of 5', mayGoBack: true });
    text.catch(() => {});
    await one.typeAfter('Limit (2 of 5; - to skip; < to go back):', '<\n');
    await expect(text).rejects.toBeInstanceOf(WentBack);
    const two = setUp(more);
    const choice = two.prompter.select({ question: 'Where?', choices: [{ value: 1, name: 'A file' }], mayGoBack: true });
    choice.catch(() => {});
    await two.typeAfter('1 to 2', '2\n');
    await expect(choice).rejects.toBeInstanceOf(WentBack);
  });

  it('numbers choices', async () => {
    const { output, prompter, typeAfter } = setUp(more);
    const choices = [
      { value: 'file', name: 'A file', reason: 'yours alone' },
      { value: 'screen', name: 'The screen' },
    ];
    const answer = prompter.select({ question: 'Where?', choices });
    await typeAfter('1 to 2; Enter for 1', '3\n');
    await typeAfter('Type a number from 1 to 2.', '2\n');
    expect(await answer).toBe('screen');
    expect(output.text()).toContain('  1. A file: yours alone\n  2. The screen\n');
    noSequence(output.text());
  });

  it('accepts yes and no as words', async () => {
    const { prompter, typeAfter } = setUp(more);
    const answer = prompter.confirm({ question: 'Make these?', default: false });
    await typeAfter('Enter for no', 'maybe\n');
    await typeAfter('Type yes or no.', 'YES\n');
    expect(await answer).toBe(true);
  });

  it('ends with the input, and on a signal', async () => {
    const one = setUp(more);
    const ended = one.prompter.ask({ question: 'Alias' });
    one.input.end();
    await expect(ended).rejects.toMatchObject({ name: 'PromptAborted', reason: 'end' });
    const stop = new AbortController();
    const stopped = setUp({ ...more, signal: stop.signal }).prompter.ask({ question: 'Alias' });
    setImmediate(() => stop.abort());
    await expect(stopped).rejects.toMatchObject({ name: 'PromptAborted', reason: 'stopped' });
  });
});

describe('a pause', () => {
  /** Time stands still, so that only a key ends it. */
  const still = {
    now: () => new Date(0),
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('over')), { once: true })),
  };
  const pause = { text: 'Waiting for it.', seconds: 15, again: false };

  it.each([
    ['\r', 'now'],
    ['l', 'later'],
    ['L\n', 'later'],
  ])('ends at the key %j', async (key, end) => {
    const { prompter, typeAfter } = setUp({ clock: still });
    const answer = prompter.pause(pause);
    await typeAfter('Waiting for it. (15 s)', key);
    expect(await answer).toBe(end);
  });

  it('counts down on one line, and ends with its time', async () => {
    const { output, prompter } = setUp();
    expect(await prompter.pause(pause)).toBe('time');
    expect(output.text()).toContain('\r\u001b[KWaiting for it. (1 s)');
    expect(output.text()).not.toContain('\n');
  });

  it('prints its text once if nothing can be redrawn', async () => {
    const { output, prompter } = setUp({ redraws: false });
    await prompter.pause(pause);
    await prompter.pause({ ...pause, again: true });
    expect(output.text()).toBe('Waiting for it.\n');
  });

  it('ends on Ctrl-C, and when the input ends', async () => {
    const { prompter, typeAfter } = setUp({ clock: still });
    const left = prompter.pause(pause);
    await typeAfter('Waiting for it', '\u0003');
    await expect(left).rejects.toMatchObject({ reason: 'interrupt' });
    const other = setUp({ clock: still });
    const ended = other.prompter.pause(pause);
    other.input.end();
    await expect(ended).rejects.toMatchObject({ reason: 'end' });
  });
});

describe('confirm', () => {
  const actions = [
    { key: 'o', does: 'open the link', run: async () => 'Opened.' },
    { key: 'c', does: 'copy it', run: async () => 'Copied.' },
  ];

  it('names all letters when it refuses one', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.confirm({ question: 'Is it on?', default: false, actions });
    await typeAfter('y: yes; n or Enter: no; o: open the link; c: copy it', 'x\r');
    await typeAfter('Type yes, no, o or c.', '\u007Fy\r');
    expect(await answer).toBe(true);
  });

  it('asks again after another letter, without the hint', async () => {
    const { output, prompter, typeAfter } = setUp({ redraws: false });
    const answer = prompter.confirm({ question: 'Is it on?', hint: 'See the page.', default: false, actions });
    await typeAfter('Enter for no; o: open the link; c: copy it):', 'o\n');
    await typeAfter('Opened.\n? Is it on?', 'y\n');
    expect(await answer).toBe(true);
    expect(output.text().split('See the page.')).toHaveLength(2);
  });

  it.each([
    ['y', false, true],
    ['n', true, false],
    ['', false, false],
    ['', true, true],
  ])('answers %j with the default %j as %j', async (typed, initial, wanted) => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.confirm({ question: 'Make these changes?', default: initial });
    await typeAfter('changes?', `${typed}\r`);
    expect(await answer).toBe(wanted);
  });
});

describe('approve', () => {
  const digits = { question: 'Last four digits', expected: '3333' };
  const plain = { question: 'Make these changes?' };
  it.each([
    ['y', plain, true, 'yes'],
    ['Yes', plain, true, 'yes'],
    ['n', plain, true, 'no'],
    ['', plain, true, 'no'],
    ['e', plain, true, 'edit'],
    ['3333', digits, true, 'yes'],
    ['', digits, true, 'no'],
    ['e', digits, true, 'edit'],
  ] as const)('answers %j at %j as wanted', async (typed, question, mayEdit, wanted) => {
    for (const parts of [{}, { redraws: false }]) {
      const { output, prompter, typeAfter } = setUp(parts);
      const answer = prompter.approve({ ...question, summary: '2 changes: 1 is billable', mayEdit });
      await typeAfter(question.question, parts.redraws === false ? `${typed}\n` : `${typed}\r`);
      expect(await answer).toBe(wanted);
      expect(output.text()).toContain('2 changes: 1 is billable\n');
    }
  });

  it.each([
    ['yy', plain, true, 'Type y to approve, e to edit an answer, n to decline.'],
    ['e', plain, false, 'Type y to approve, n to decline.'],
    ['y', digits, true, 'Type 3333, e to edit an answer, or press Enter to decline.'],
    ['333', digits, false, 'Type 3333, or press Enter to decline.'],
    ['13333', digits, false, 'Type 3333, or press Enter to decline.'],
    ['33331', digits, false, 'Type 3333, or press Enter to decline.'],
  ])('refuses %j at %j', async (typed, question, mayEdit, refusal) => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.approve({ ...question, summary: '2 changes', mayEdit });
    await typeAfter(question.question, `${typed}\r`);
    await typeAfter(refusal, '\u007F'.repeat(typed.length));
    // Below the line is either the refusal or the keys, never the same text twice.
    expect(stripVTControlCharacters(output.text()).replaceAll(/\s+/g, ' ')).not.toContain(`${refusal} ${refusal}`);
    await typeAfter(question.question, '\r');
    expect(await answer).toBe('no');
  });
});

describe('a question without an answer', () => {
  const reasonOf = async (run: Promise<unknown>): Promise<unknown> => {
    const error = await run.then(
      () => undefined,
      (why: unknown) => why,
    );
    expect(error).toBeInstanceOf(PromptAborted);
    return (error as PromptAborted).reason;
  };

  it('ends on Ctrl-C', async () => {
    const { prompter, typeAfter } = setUp();
    const run = prompter.ask({ question: 'Alias' });
    await typeAfter('Alias', '\u0003');
    expect(await reasonOf(run)).toBe('interrupt');
  });

  it('ends on Ctrl-D', async () => {
    const { prompter, typeAfter } = setUp();
    const run = prompter.confirm({ question: 'Go on?', default: false });
    await typeAfter('Go on?', '\u0004');
    expect(await reasonOf(run)).toBe('end');
  });

  it('starts a new line when a question by lines is interrupted', async () => {
    const stop = new AbortController();
    const { output, prompter } = setUp({ redraws: false, signal: stop.signal });
    const run = prompter.ask({ question: 'Alias' });
    stop.abort('SIGINT');
    expect(await reasonOf(run)).toBe('stopped');
    expect(output.text()).toMatch(/Alias.*: \n$/);
  });

  it('does not wait forever when the input ends', async () => {
    const { input, prompter, typeAfter } = setUp();
    const run = prompter.ask({ question: 'Alias' });
    await typeAfter('Alias', 'ac');
    input.end();
    expect(await reasonOf(run)).toBe('end');
  });

  it('does not start when the input has ended already', async () => {
    const { input, prompter } = setUp();
    input.end();
    input.resume();
    await new Promise(setImmediate);
    expect(await reasonOf(prompter.ask({ question: 'Alias' }))).toBe('end');
  });

  it('ends on a signal from outside', async () => {
    const stop = new AbortController();
    const { prompter, typeAfter } = setUp({ signal: stop.signal });
    const run = prompter.ask({ question: 'Alias' });
    await typeAfter('Alias', '');
    stop.abort();
    expect(await reasonOf(run)).toBe('stopped');
    expect(await reasonOf(prompter.ask({ question: 'Budget' }))).toBe('stopped');
  });
});

it('holds progress while a question is open', async () => {
  const events: string[] = [];
  const hold = async <T>(ask: () => Promise<T>): Promise<T> => {
    events.push('still');
    const answer = await ask();
    events.push(`on after ${String(answer)}`);
    return answer;
  };
  const { prompter, typeAfter } = setUp({ hold });
  const answer = prompter.ask({ question: 'Alias' });
  await typeAfter('Alias', 'acme\r');
  await answer;
  expect(events).toEqual(['still', 'on after acme']);
});
