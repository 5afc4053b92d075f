import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePrompter, PromptAborted, type PrompterParts } from '../../src/ui/prompter.js';
import { testClock } from '../support/host.js';
import { screen } from './streams.js';

const look = { width: 80, color: false, unicode: true };

// Node's readline edits no line on a dumb terminal, and asks the process's own environment about it.
beforeEach(() => void vi.stubEnv('TERM', 'xterm'));
afterEach(() => void vi.unstubAllEnvs());

const setUp = (more: Partial<PrompterParts> = {}) => {
  const input = new PassThrough();
  const output = screen(true);
  const prompter = makePrompter({ input, output, look, clock: testClock(), ...more });
  /** Types once the screen shows `seen`. */
  const typeAfter = async (seen: string, text: string): Promise<void> => {
    for (let turn = 0; turn < 2000 && !stripVTControlCharacters(output.text()).includes(seen); turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
    input.write(text);
  };
  return { input, output, prompter, typeAfter };
};

describe('ask', () => {
  it('gives the text without the spaces around it', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Name of the administrator' });
    await typeAfter('administrator', '  alex \r');
    expect(await answer).toBe('alex');
  });

  it('takes the default at Enter', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Limit', default: '10 USD' });
    await typeAfter('(10 USD)', '\r');
    expect(await answer).toBe('10 USD');
  });

  it('keeps a refused text on the line to be mended, and says what is wrong with it', async () => {
    const { output, prompter, typeAfter } = setUp();
    const validate = (text: string): string | undefined => (text.includes(' ') ? 'No spaces, please.' : undefined);
    const answer = prompter.ask({ question: 'Alias', validate });
    await typeAfter('Alias', 'acme prod\r');
    await typeAfter('No spaces, please.', '\u007f\u007f\u007f\u007f\u007f-prod\r');
    expect(await answer).toBe('acme-prod');
    expect(output.text()).not.toContain('\u001b[3');
  });

  it('never shows a one-time code', async () => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.ask({
      question: 'First code',
      sensitive: true,
      validate: (text) => (text.length === 6 ? undefined : 'Six digits, please.'),
    });
    await typeAfter('First code', '987\r');
    await typeAfter('Six digits, please.', '654\r');
    expect(await answer).toBe('987654');
    expect(output.text()).not.toContain('987');
  });

  it('shows the hint above the question, harmless', async () => {
    const { output, prompter, typeAfter } = setUp();
    const answer = prompter.ask({ question: 'Alias', hint: 'Unique in all of AWS.\u001b[2J' });
    await typeAfter('Alias', 'a\r');
    await answer;
    expect(output.text().indexOf('Unique in all of AWS.\\u001b[2J\n')).toBe(0);
  });
});

describe('confirm', () => {
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

describe('typeToConfirm', () => {
  it('holds only when the very text is typed', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.typeToConfirm({ question: 'Type the account id', expected: '123456789012' });
    await typeAfter('account id', '12345678901\r');
    await typeAfter('Type 123456789012 exactly', '2\r');
    expect(await answer).toBe(true);
  });

  it('is declined by Enter alone', async () => {
    const { prompter, typeAfter } = setUp();
    const answer = prompter.typeToConfirm({ question: 'Type the account id', expected: '123456789012' });
    await typeAfter('account id', '\r');
    expect(await answer).toBe(false);
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

  it('is left by Ctrl-C', async () => {
    const { prompter, typeAfter } = setUp();
    const run = prompter.ask({ question: 'Alias' });
    await typeAfter('Alias', '\u0003');
    expect(await reasonOf(run)).toBe('interrupt');
  });

  it('is left by Ctrl-D', async () => {
    const { prompter, typeAfter } = setUp();
    const run = prompter.confirm({ question: 'Go on?', default: false });
    await typeAfter('Go on?', '\u0004');
    expect(await reasonOf(run)).toBe('end');
  });

  it('does not wait for ever when the input ends', async () => {
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

  it('is ended by a signal from outside', async () => {
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
