import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeTerminal } from '../../src/ui/terminal.js';
import { parts, screen } from './streams.js';

describe('the user can be asked', () => {
  it('at a terminal', () => {
    expect(makeTerminal(parts()).interactive).toBe(true);
  });
  it('not when stdin is a pipe', () => {
    expect(makeTerminal(parts({ stdin: {} })).interactive).toBe(false);
  });
  it('not when the questions are not visible', () => {
    expect(makeTerminal(parts({ stderr: screen(false) })).interactive).toBe(false);
  });
  it('also when only the result is redirected', () => {
    expect(makeTerminal(parts({ stdout: screen(false) })).interactive).toBe(true);
  });
  it('not in CI', () => {
    expect(makeTerminal(parts({ env: { CI: 'true' } })).interactive).toBe(false);
    expect(makeTerminal(parts({ env: { CI: 'false' } })).interactive).toBe(true);
  });
  it('not after --no-input', () => {
    expect(makeTerminal(parts({ flags: { input: false } })).interactive).toBe(false);
  });
});

describe('a message', () => {
  const message = 'This account will pay for\u001b[2J what it uses. To see it: `bootstrap accounts list --sandbox`.';
  it.each([
    [
      'between words on a terminal',
      screen(true, 44),
      'This account will pay for\\u001b[2J what it\nuses. To see it:\n`bootstrap accounts list --sandbox`.\n',
    ],
    ['nowhere in a file', screen(false), `${message.replace('\u001b', '\\u001b')}\n`],
  ])('is broken %s, and escaped', (_, stderr, shown) => {
    makeTerminal(parts({ stderr })).message(message);
    expect(stderr.text()).toBe(shown);
  });
});

describe('width', () => {
  const width = (columns: number | undefined, env: Record<string, string> = {}, stderr = screen(false)): number =>
    makeTerminal(parts({ stdout: columns === undefined ? screen(false) : screen(true, columns), stderr, env })).style.width;

  it.each([
    ['is the terminal’s', width(97), 97],
    ['is the terminal’s even if COLUMNS differs', width(97, { COLUMNS: '50' }), 97],
    ['is COLUMNS off a terminal', width(undefined, { COLUMNS: '72' }), 72],
    ['is that of the terminal behind a pager', width(undefined, {}, screen(true, 72)), 72],
    ['is COLUMNS behind a pager', width(undefined, { COLUMNS: '64' }, screen(true, 72)), 64],
    ['is 100 when nothing is known', width(undefined), 100],
    ['is 100 when COLUMNS is not a number', width(undefined, { COLUMNS: 'wide' }), 100],
    ['is 100 for a terminal that does not know', width(0), 100],
    ['is never below 40', width(12), 40],
    ['is never above 120', width(400), 120],
  ])('%s', (_, seen, wanted) => expect(seen).toBe(wanted));
});

describe('colour', () => {
  const color = (env: Record<string, string>, tty = true, flag = true): boolean =>
    makeTerminal(parts({ stdout: screen(tty), env, flags: { color: flag } })).style.color;

  it.each([
    ['is on at a terminal', color({}), true],
    ['is off elsewhere', color({}, false), false],
    ['is off after --no-color, whatever else is set', color({ FORCE_COLOR: '1' }, true, false), false],
    ['is off with NO_COLOR, also where FORCE_COLOR is set', color({ NO_COLOR: '1', FORCE_COLOR: '1' }), false],
    ['ignores an empty NO_COLOR', color({ NO_COLOR: '' }), true],
    ['is on with FORCE_COLOR off a terminal', color({ FORCE_COLOR: '1' }, false), true],
    ['is off with FORCE_COLOR=0', color({ FORCE_COLOR: '0' }), false],
    ['is off on a dumb terminal', color({ TERM: 'dumb' }), false],
  ])('%s', (_, seen, wanted) => expect(seen).toBe(wanted));

  it('is decided separately for stdout and stderr', () => {
    const terminal = makeTerminal(parts({ stdout: screen(false) }));
    expect([terminal.style.color, terminal.messageStyle.color]).toEqual([false, true]);
  });
});

describe('symbols', () => {
  const unicode = (env: Record<string, string>, platform = 'linux', accessible = false): boolean =>
    makeTerminal(parts({ env, platform, flags: { accessible } })).style.unicode;

  it.each([
    ['are shown in a UTF-8 locale', unicode({ LANG: 'de_DE.UTF-8' }), true],
    ['are shown when no locale is set', unicode({}), true],
    ['are ASCII in another character set', unicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }), false],
    ['are ASCII on the Linux console', unicode({ TERM: 'linux' }), false],
    ['are ASCII on an old Windows console', unicode({}, 'win32'), false],
    ['are shown in Windows Terminal', unicode({ WT_SESSION: 'x' }, 'win32'), true],
    ['are left out with --accessible', unicode({}, 'linux', true), false],
  ])('%s', (_, seen, wanted) => expect(seen).toBe(wanted));
});

describe('a reader that closes the pipe', () => {
  const failing = (code: string): NodeJS.WriteStream =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) }) as never;

  it('is not an error, and later output is dropped', async () => {
    const terminal = makeTerminal(parts({ stdout: failing('EPIPE') }));
    terminal.stdout('one');
    await new Promise(setImmediate);
    terminal.stdout('two');
    await terminal.flush();
    expect(terminal.writeError()).toBeUndefined();
  });

  it('is distinguished from a full disk', async () => {
    const terminal = makeTerminal(parts({ stdout: failing('ENOSPC') }));
    terminal.stdout('one');
    await new Promise(setImmediate);
    await terminal.flush();
    expect(terminal.writeError()?.message).toBe('ENOSPC');
  });

  it('on stderr does not end the process either', async () => {
    const terminal = makeTerminal(parts({ stderr: failing('EPIPE') }));
    terminal.stderr('one');
    await new Promise(setImmediate);
    terminal.stderr('two');
    await terminal.flush();
  });
});
