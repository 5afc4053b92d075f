import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../src/core/errors.js';
import type { App } from '../../src/run/app.js';
import { askApproval, guardUnattended, isAttended, lastDigits, makeApproval } from '../../src/run/approval.js';
import type { Approval, Confirmation, Prompter } from '../../src/ui/prompter.js';

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof BootstrapError) return error.code;
    throw error;
  }
};
const appOf = (interactive: boolean, { sandboxed = false, quiet = false, answer = true } = {}) => {
  const asked: (Confirmation | Approval)[] = [];
  const printed: string[] = [];
  const prompter: Partial<Prompter> = {
    confirm: async (question) => {
      asked.push(question);
      return answer;
    },
    approve: async (question) => {
      asked.push(question);
      return answer ? 'yes' : 'no';
    },
  };
  const app = {
    sandboxed,
    terminal: { interactive, quiet, message: (text: string) => printed.push(text), stderr: () => {} },
    separate: () => {},
    progress: { busy: () => {} },
    prompter: async () => prompter,
  } as unknown as App;
  return { app, asked, printed };
};

it.each([
  [true, false, true],
  [true, true, false],
  [false, false, false],
  [false, true, false],
])('at a terminal: %s, with --yes: %s: the user approves: %s', (interactive, yes, attended) => {
  expect(isAttended(appOf(interactive).app, { yes })).toBe(attended);
});

it.each([
  [false, undefined, false, 'E-NO-TERMINAL'],
  [false, '111122223333', false, 'E-NO-TERMINAL'],
  [false, '111122223333', true, 'E-NO-TERMINAL'],
  [true, undefined, false, 'E-NO-ACCOUNT-ID'],
  [true, '111122223333', false, undefined],
  [true, undefined, true, undefined],
] as const)('an unattended run with --yes: %s, account %s, practice account: %s, ends with %s', (yes, accountId, sandboxed, code) => {
  const { app } = appOf(false, { sandboxed });
  expect(codeOf(() => guardUnattended(app, { yes, accountId, approves: 'plan', preview: 'x' }))).toBe(code);
});

describe('a question', () => {
  it('for digits expects the last four of the account', () => {
    expect(lastDigits('111122223344')).toEqual({ question: 'Last four digits of 111122223344:', expected: '3344' });
    expect(lastDigits('111122223344', 'the member').question).toBe('Last four digits of the member:');
  });

  it.each([true, false])('is a no by default, and returns the answer: %s', async (answer) => {
    const { app, asked } = appOf(true, { answer });
    expect(await askApproval(app, { question: 'Do it?' })).toBe(answer);
    expect(await askApproval(app, { question: 'Do it?', hint: 'h', expected: '3344' })).toBe(answer);
    expect(asked).toEqual([
      { question: 'Do it?', default: false },
      { question: 'Do it?', hint: 'h', expected: '3344' },
    ]);
  });
});

describe('the approval of keys and accounts', () => {
  const options = { yes: false, list: 'bootstrap keys list' };
  it.each([
    ['approved', true, {}, undefined, 1],
    ['declined', true, { answer: false }, 'E-DECLINED', 1],
    ['not asked for without a terminal', false, { answer: false }, undefined, 0],
  ])('is %s', async (_what, interactive, more, code, questions) => {
    const { app, asked } = appOf(interactive, more);
    const ended = await makeApproval(app, options)
      .approve({ question: 'Do it?' }, ['line'])
      .then(
        () => undefined,
        (error: unknown) => (error as BootstrapError).code,
      );
    expect([ended, asked.length]).toEqual([code, questions]);
  });

  it.each([
    [true, true, true],
    [true, false, true],
    [false, false, true],
    [false, true, false],
  ])('prints what is about to happen, at a terminal: %s, with --quiet: %s: %s', async (interactive, quiet, prints) => {
    const { app, printed } = appOf(interactive, { quiet });
    await makeApproval(app, options).approve({ question: 'Do it?' }, ['what happens']);
    expect(printed.includes('what happens')).toBe(prints);
  });

  it.each([
    [true, undefined, undefined],
    [false, undefined, 'E-NO-TERMINAL'],
  ])('guards only runs without a terminal: %s', (interactive, accountId, code) => {
    expect(codeOf(() => makeApproval(appOf(interactive).app, options).guard(accountId))).toBe(code);
  });

  it.each([
    [false, 'only list what exists: `bootstrap keys list`'],
    [true, 'print only what it would do with --dry-run'],
  ])('names what can be done instead, with --dry-run: %s', (rehearses, next) => {
    const { app } = appOf(false);
    expect(() => makeApproval(app, { ...options, rehearses }).guard(undefined)).toThrow(
      expect.objectContaining({ next: expect.stringContaining(next) }),
    );
  });
});
