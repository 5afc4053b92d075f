import { stripVTControlCharacters } from 'node:util';
import { Secret as Seed, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { PromptAborted } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { makeAuthenticator } from '../../src/secrets/totp.js';
import { type EnrolmentParts, makeEnrolment } from '../../src/ui/enrolment.js';
import type { Question } from '../../src/ui/prompter.js';
import { decodedFrom, pictureOn } from '../support/qr-screen.js';

const base32 = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const seed = new Secret(base32);
/** The beginning of a window. */
const start = Date.parse('2026-11-24T10:00:00.000Z');
/** The code of the n-th window from the start. */
const code = (window: number): string => new TOTP({ secret: Seed.fromBase32(base32) }).generate({ timestamp: start + window * 30_000 });
const foreign = '000000';

/** Seconds after the start, and what is typed then: text, Ctrl-C, or an input that ends. */
type Typed = readonly [at: number, text: string];

/** A user who follows a script; each question is answered at its time. Invalid answers are asked for again, as inquirer does. */
const sit = async (
  script: readonly Typed[],
  more: Partial<EnrolmentParts> & { readonly attempts?: number; readonly size?: readonly [number, number] } = {},
) => {
  const rest = [...script];
  let now = start;
  const questions: Question[] = [];
  const hints: string[] = [];
  const pages: string[] = [];
  let raw = '';
  const refusals: string[] = [];
  const [columns, rows] = more.size ?? [80, 24];
  const enrolment = makeEnrolment({
    prompter: async () => ({
      ask: async (question) => {
        questions.push(question);
        for (;;) {
          const [at, text] = rest.shift() ?? [0, 'nothing more'];
          if (text === 'nothing more') throw new Error(`unexpected question: ${question.question}`);
          hints.push(question.live?.() ?? question.hint ?? '');
          now = start + at * 1000;
          if (text === 'ctrl-c') throw new PromptAborted('interrupt');
          if (text === 'ctrl-d') throw new PromptAborted('end');
          const problem = question.validate?.(text);
          if (problem === undefined) return text;
          refusals.push(problem);
        }
      },
      askOrSkip: () => Promise.reject(new Error('not expected in this test')),
      select: () => Promise.reject(new Error('not expected in this test')),
      pause: () => Promise.reject(new Error('not expected in this test')),
      confirm: () => Promise.reject(new Error('not expected in this test')),
      approve: () => Promise.reject(new Error('not expected in this test')),
    }),
    output: {
      columns,
      rows,
      write: (text: string) => {
        raw += text;
        pages.push(stripVTControlCharacters(text));
      },
    },
    style: { width: columns, color: true, unicode: true },
    ink: 'colours',
    fullScreen: true,
    clock: { now: () => new Date(now) },
    clockAheadMs: () => 0,
    authenticatorOf: makeAuthenticator,
    hold: (ask) => ask(),
    ...more,
  });
  const results: (readonly string[] | 'later')[] = [];
  for (let attempt = 0; attempt < (more.attempts ?? 1); attempt += 1) {
    const pair = await enrolment.codes({ by: 'person', user: 'alex', serial: 's', seed, device: 'alex', account: 'acme-prod', attempt });
    results.push(pair === 'later' ? pair : pair.map((one) => one.reveal()));
  }
  expect(rest).toEqual([]);
  return { results, questions: questions.map(({ question }) => question), hints, raw, pages, refusals, enrolment };
};

/** The text of a page, on one line. */
const wordsOf = (page: string | undefined): string => (page ?? '').replace(/[▀▄█]/g, ' ').replace(/\s+/g, ' ');

describe('two codes in a row', () => {
  it('are asked for one after the other, and returned', async () => {
    const { results, questions } = await sit([
      [12, code(0)],
      [33, code(1)],
    ]);
    expect(results).toEqual([[code(0), code(1)]]);
    expect(questions).toEqual(['First code', 'Second code']);
  });

  it('may contain a space, as apps show them', async () => {
    const spaced = (text: string): string => `${text.slice(0, 3)} ${text.slice(3)}`;
    const { results } = await sit([
      [12, spaced(code(0))],
      [33, spaced(code(1))],
    ]);
    expect(results).toEqual([[code(0), code(1)]]);
  });

  it('have a countdown', async () => {
    const { hints } = await sit([
      [12, code(0)],
      [29, code(0)],
      [35, code(1)],
    ]);
    expect(hints).toEqual(['the code changes in 30 seconds', 'the next code appears in 18 seconds', 'the next code appears in 1 second']);
  });

  it.each<[string, readonly Typed[], RegExp, readonly string[]]>([
    [
      'the same window twice',
      [
        [12, code(0)],
        [20, code(0)],
        [33, code(1)],
      ],
      /first code again/,
      [code(0), code(1)],
    ],
    [
      'an older one as the second',
      [
        [12, code(0)],
        [20, code(-1)],
        [33, code(1)],
      ],
      /older than the first/,
      [code(0), code(1)],
    ],
    [
      'one that misses its neighbour',
      [
        [12, code(0)],
        [65, code(2)],
        [93, code(3)],
      ],
      /in between is missing/,
      [code(2), code(3)],
    ],
    [
      'one of another device',
      [
        [12, foreign],
        [14, code(0)],
        [33, code(1)],
      ],
      /not from this device.*alex@acme-prod/,
      [code(0), code(1)],
    ],
    [
      'an old one',
      [
        [290, code(3)],
        [295, code(9)],
        [303, code(10)],
      ],
      /shown 3 minutes ago/,
      [code(9), code(10)],
    ],
    [
      'a clock that is behind',
      [
        [12, code(-6)],
        [20, code(0)],
        [33, code(1)],
      ],
      /of your authenticator is about 3 minutes behind/,
      [code(0), code(1)],
    ],
    [
      'a clock that is ahead',
      [
        [12, code(20)],
        [20, code(0)],
        [33, code(1)],
      ],
      /of your authenticator is about 10 minutes ahead/,
      [code(0), code(1)],
    ],
    [
      'a second one that is late',
      [
        [12, code(0)],
        [190, code(1)],
        [195, code(6)],
        [213, code(7)],
      ],
      /too old now/,
      [code(6), code(7)],
    ],
  ])('are asked for again after %s, with a message', async (_, script, line, expected) => {
    const { results, pages } = await sit(script);
    expect(results).toEqual([expected]);
    expect(pages.filter((page) => line.test(wordsOf(page)))).toHaveLength(1);
    // The picture stays where it is.
    expect(
      pages
        .filter((page) => page.includes('▀'))
        .every((page) => decodedFrom(pictureOn(page.split('\n'), 45), 'blocks are dark').includes(base32)),
    ).toBe(true);
  });

  it('are left to AWS when the offset of the clock stays the same', async () => {
    const { results } = await sit([
      [12, code(-6)],
      [20, code(-6)],
      [33, code(-5)],
    ]);
    expect(results).toEqual([[code(-6), code(-5)]]);
  });

  it('are never returned twice', async () => {
    const { results, pages } = await sit(
      [
        [12, code(0)],
        [33, code(1)],
        [35, code(1)],
        [61, code(2)],
        [91, code(3)],
      ],
      { attempts: 2 },
    );
    expect(results).toEqual([
      [code(0), code(1)],
      [code(2), code(3)],
    ]);
    expect(pages.map(wordsOf).join()).toMatch(/AWS did not accept these two codes.*already sent to AWS/);
  });

  it('are compared with the clock of AWS, not of this computer', async () => {
    const { results, hints } = await sit(
      [
        [12, code(10)],
        [33, code(11)],
      ],
      { clockAheadMs: () => 305_000 },
    );
    expect(results).toEqual([[code(10), code(11)]]);
    expect(hints[0]).toBe('the code changes in 25 seconds');
  });

  it('may be off because of either clock when the time of AWS is unknown', async () => {
    const { pages } = await sit(
      [
        [12, code(20)],
        [20, code(0)],
        [33, code(1)],
      ],
      { clockAheadMs: () => undefined },
    );
    expect(pages.map(wordsOf).join()).toContain('your authenticator (or of this computer) is about 10 minutes ahead');
  });

  it('are six digits or a letter', async () => {
    const { refusals } = await sit([
      [1, '12345'],
      [2, 'x'],
      [3, ''],
      [4, 'L'],
    ]);
    expect(new Set(refusals)).toEqual(new Set(['A code has six digits. Or type q, s or l.']));
    expect(refusals).toHaveLength(3);
  });
});

describe('instead of a code', () => {
  it('the seed is shown as text on request, in fours, and the picture again', async () => {
    const { pages, results } = await sit([
      [1, 's'],
      [2, 'q'],
      [12, code(0)],
      [33, code(1)],
    ]);
    const [, first = '', second = '', third = ''] = pages;
    expect(first).not.toContain('JBSW');
    expect(second).toContain(`${(base32.slice(0, 32).match(/.{4}/g) ?? []).join(' ')}\n`);
    expect(second).not.toContain('▀');
    expect(third).toBe(first);
    expect(results).toEqual([[code(0), code(1)]]);
  });

  it('light and dark are swapped where colours are off', async () => {
    const style = { width: 80, color: false, unicode: true };
    const { pages } = await sit(
      [
        [1, 'i'],
        [2, 'l'],
      ],
      { style, ink: 'light' },
    );
    const texts = [pages[1], pages[2]].map((page, index) =>
      decodedFrom(pictureOn((page ?? '').split('\n'), 45), index === 0 ? 'blocks are light' : 'blocks are dark'),
    );
    expect(texts.every((text) => text.includes(base32))).toBe(true);
  });

  it('c copies the seed, only then and only if the terminal has a clipboard', async () => {
    const copies: string[] = [];
    const copy = (text: string): void => void copies.push(text);
    const { pages } = await sit(
      [
        [1, 'c'],
        [2, 'l'],
      ],
      { copy },
    );
    expect(copies).toEqual([base32]);
    expect(pages.join('')).toMatch(/c {2}copy the seed[^]*Sent to the clipboard/);
    const { refusals } = await sit([
      [1, 'c'],
      [2, 'l'],
    ]);
    expect(refusals).toHaveLength(1);
  });

  it.each(['l', 'ctrl-d'])('%s postpones the enrolment', async (typed) => {
    expect((await sit([[1, typed]])).results).toEqual(['later']);
  });
});

describe('the screen', () => {
  const enter = '\u001b[?1049h';
  const leave = '\u001b[?1049l';
  it('is the alternate one, so that the seed does not stay in the scrollback', async () => {
    const { raw } = await sit([
      [12, code(0)],
      [33, code(1)],
    ]);
    expect(raw.startsWith(enter)).toBe(true);
    expect(raw.endsWith(leave)).toBe(true);
  });

  it('is left at Ctrl-C', async () => {
    let written = '';
    const output = { columns: 80, rows: 24, write: (text: string) => (written += text) };
    await expect(sit([[1, 'ctrl-c']], { output })).rejects.toBeInstanceOf(PromptAborted);
    expect(written.endsWith(leave)).toBe(true);
  });

  it('shows the seed if a QR code does not fit, and how to get one', async () => {
    const { pages } = await sit([[1, 'l']], { size: [60, 24] });
    expect(pages[1]).toContain('JBSW Y3DP');
    expect(wordsOf(pages[1])).toContain('too small for a QR code. Enlarge it and type q');
    for (const line of (pages[1] ?? '').split('\n')) expect(line.length).toBeLessThan(60);
  });

  it('has the text above the picture in a narrow, high window', async () => {
    const { pages } = await sit([[1, 'l']], { size: [60, 50] });
    expect(decodedFrom(pictureOn((pages[1] ?? '').split('\n'), 60), 'blocks are dark')).toBe(
      `otpauth://totp/alex@acme-prod?secret=${base32}&issuer=Amazon%20Web%20Services`,
    );
  });

  it('is never higher or wider than the window, whatever the message', async () => {
    for (const size of [
      [60, 50],
      [80, 24],
      [80, 40],
      [120, 30],
    ] as const) {
      const script: Typed[] = [
        [12, code(-6)],
        [12, code(20)],
        [14, foreign],
        [15, code(0)],
        [20, code(0)],
        [95, code(3)],
        [99, 's'],
        [100, 'l'],
      ];
      const { pages } = await sit(script, { size });
      for (const page of pages.slice(1, -1)) {
        expect(page.split('\n').length).toBeLessThanOrEqual(size[1]);
        for (const line of page.split('\n')) expect(line.length).toBeLessThan(size[0]);
      }
    }
  });
});

describe('for screen readers and plain terminals', () => {
  const plain = { style: { width: 80, color: false, unicode: false, accessible: true }, ink: undefined, fullScreen: false } as const;
  it('shows the seed as text, no picture, no control code, and every sentence once', async () => {
    const { raw, hints, results } = await sit(
      [
        [12, code(0)],
        [20, code(0)],
        [33, code(1)],
      ],
      plain,
    );
    expect(results).toEqual([[code(0), code(1)]]);
    expect(raw).not.toMatch(/[\u001b▀▄█]/);
    expect(raw.match(/JBSW Y3DP EHPK 3PXP/g)).toHaveLength(4);
    expect(raw).toContain('The first code is correct. Now type the next one.\n');
    expect(raw).toContain('That is the first code again.');
    expect(hints[1]).toBe('The next code appears in 18 seconds.');
  });

  it('offers no QR code', async () => {
    const { refusals } = await sit(
      [
        [1, 'q'],
        [2, 'l'],
      ],
      plain,
    );
    expect(refusals).toEqual(['A code has six digits. Or type s or l.']);
  });
});

it('advises to wait for a new code after AWS accepted two', async () => {
  let written = '';
  const output = { columns: 80, rows: 24, write: (text: string) => (written += text) };
  const { enrolment } = await sit([[1, 'l']], { output });
  written = '';
  await enrolment.accepted({ by: 'person', user: 'alex' });
  expect(written).toBe(
    '✓ AWS accepted both codes: alex now has MFA. Before you sign in as alex, wait\nfor a new code: each works only once.\n',
  );
});
