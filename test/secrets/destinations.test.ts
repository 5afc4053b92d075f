import { armor, Decrypter, generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { JournalEntry } from '../../src/core/journal.js';
import { NotStoredError, Secret, type SecretEntry, type SecretSink } from '../../src/core/secret.js';
import { ageEncrypter, makeAgeStore } from '../../src/secrets/age.js';
import { makeCommandStore } from '../../src/secrets/command.js';
import { withFallback } from '../../src/secrets/index.js';
import { makeTerminalStore, makeWriteOnlySink, type SecretStore } from '../../src/secrets/write-only.js';
import { makeShowOnce } from '../../src/ui/show-once.js';
import { home } from './profile-home.js';
import { account, canary, folder, key, password, random, realClock, refusal, text } from './scene.js';
import { screen } from '../ui/streams.js';
import { describe, expect, it } from 'vitest';

const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const mfaSeed = { kind: 'mfa-seed', user: 'alex', serial: 'arn:aws:iam::1:mfa/alex', seed: new Secret(seed) } as const;
const nothing = { entries: async () => [] };
const sinkOf = (store: SecretStore, entries: readonly JournalEntry[] = []): SecretSink =>
  makeWriteOnlySink({ store, journal: { entries: async () => entries }, account: async () => account, random });

/** A program that keeps what it is given, with all that it can see of its own process. */
const recorder = (where: string, after = 'exit 0'): string => {
  const program = join(where, 'keep secrets');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" > "${where}/argv"\nenv > "${where}/env"\ncat >> "${where}/stdin"\nprintf 'on stdout\\n'\n${after}\n`,
  );
  chmodSync(program, 0o755);
  return program;
};
const environment = {
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TERM: 'dumb',
  XDG_RUNTIME_DIR: '/run/user/1',
  BW_SESSION: 'b',
  OP_SESSION_my: 'o',
  GITHUB_TOKEN: 'g',
  NPM_CONFIG_TOKEN: 'n',
  AWS_SECRET_ACCESS_KEY: 'hers',
  AWS_PROFILE: 'p',
  aws_x: 'y',
  path: 'p',
  MY_XDG_TOKEN: 'x',
};

describe('a program', () => {
  const commandSink = (where: string, command: readonly string[]) =>
    sinkOf(makeCommandStore({ command, environment, wanted: ['BW_SESSION'], cwd: where }));

  it.each(['', '.', ':/nowhere', '/nowhere:', 'bin'])('is not found in the working folder by the PATH %j', async (PATH) => {
    const where = folder();
    mkdirSync(join(where, 'bin'));
    for (const at of [where, join(where, 'bin')]) writeFileSync(join(at, 'op'), '#!/bin/sh\ncat > stolen\n', { mode: 0o755 });
    const sink = (program: string) =>
      sinkOf(makeCommandStore({ command: [program], environment: { ...environment, PATH }, wanted: [], cwd: where }));
    expect((await refusal(sink('op').reserve(account))).message).toContain('does not exist');
    // A path names the file on purpose.
    await sink('./op').reserve(account);
  });

  it('gets each entry as a line of JSON on its standard input, and nowhere else', async () => {
    const where = folder();
    const sink = commandSink(where, [recorder(where), '--vault', 'a b', '$HOME;*']);
    await sink.reserve(account);
    for (const entry of [password('p"\\ä-Canary-1'), mfaSeed, key()]) await sink.store(entry);
    const lines = text(join(where, 'stdin')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { account, kind: 'console-password', user: 'alex', password: 'p"\\ä-Canary-1' },
      { account, kind: 'mfa-seed', seed, otpauth: expect.stringMatching(/^otpauth:/) },
      { account, kind: 'access-key', accessKeyId: key().accessKeyId, secretAccessKey: canary },
    ]);
    expect(text(join(where, 'argv'))).toBe('--vault\na b\n$HOME;*\n');
    const env = text(join(where, 'env'));
    // The shell of the program adds PWD, and may add SHLVL, OLDPWD and _.
    const names = env.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).sort()).toEqual([
      'BW_SESSION',
      'HOME',
      'LANG',
      'LC_ALL',
      'PATH',
      'TERM',
      'XDG_RUNTIME_DIR',
    ]);
    for (const secret of [canary, seed, 'Canary-1']) expect(env).not.toContain(secret);
    expect(sink.place('mfa-seed')).toBe(`the program ${join(where, 'keep secrets')}`);
  });

  it.each<[string, string, RegExp]>([
    ['ends with another code than 0', 'echo "vault is locked" >&2; exit 3', /it ended with 3: vault is locked\.$/],
    ['is killed', 'kill -9 $$', /it was ended by SIGKILL\.$/],
    [
      'says too much',
      'for n in 1 2 3 4 5 6 7 8; do echo "line $n" >&2; done; exit 1',
      /: line 4 \/ line 5 \/ line 6 \/ line 7 \/ line 8\.$/,
    ],
    ['prints blank lines', 'printf "one\\n  \\n\\t\\n\\ntwo\\r\\n" >&2; exit 1', /: one \/ two\.$/],
    ['prints one long line', 'printf "%10000s" end >&2; exit 1', /^.{4000,4300}$/],
    ['repeats the secret', 'tail -1 "$(dirname "$0")/stdin" >&2; exit 1', /\[secret\]/],
    ['speaks to the terminal', 'printf "\\033[2Jhello\\n" >&2; exit 1', /\\u001b\[2Jhello/],
  ])('has not kept a secret when it %s', async (_, after, expected) => {
    const where = folder();
    const sink = commandSink(where, [recorder(where, after)]);
    await sink.reserve(account);
    const error = await refusal(sink.store(key()));
    expect(error).toBeInstanceOf(NotStoredError);
    expect(error).toMatchObject({ code: 'E-SECRETS-STORE', exit: 7 });
    expect(error.message).toMatch(expected);
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(canary);
  });

  it.each(['base64', 'base64 -w0 | cut -c2-', 'xxd -p -c 400', 'od -An -tx1 | tr -d " \\n"'])(
    'cannot make us print it: %s',
    async (form) => {
      const where = folder();
      const sink = commandSink(where, [recorder(where, `tail -1 "${where}/stdin" | ${form} | tr -d '\\n' >&2; exit 1`)]);
      await sink.reserve(account);
      const { message } = await refusal(sink.store(key()));
      const forms = [
        canary,
        Buffer.from(canary).toString('hex'),
        ...[0, 1, 2].map((at) =>
          Buffer.from(`${'x'.repeat(at)}${canary}`)
            .toString('base64')
            .slice(8, -6),
        ),
      ];
      for (const hidden of forms) expect(message).not.toContain(hidden);
    },
  );

  it.each<[string, SecretEntry, string]>([
    ['a password', password('p"\\ä-Canary-1'), 'sed "s/.*password...//"'],
    ['a password in percent encoding', password('p"\\ä-Canary-1'), "printf '%%s' 'p%%22%%5C%%C3%%A4-Canary-1'"],
    ['a seed', mfaSeed, 'cat'],
    ['a key', key(), 'cat'],
    ['a key in upper hexadecimal', key(), `printf '%s' ${Buffer.from(canary).toString('hex').toUpperCase()}`],
    // The end of the output is shown, and the secret begins before it.
    ['a key that is cut', key(), `printf '%s%4080s' '${canary}' end`],
    // In two parts.
    ['a key in two parts', key(), `printf '%s' '${canary.slice(0, 15)}'; sleep 0.1; printf '%s' '${canary.slice(15)}'`],
  ])('cannot make us print %s', async (_, entry, print) => {
    const where = folder();
    const sink = commandSink(where, [recorder(where, `tail -1 "${where}/stdin" | { ${print}; } >&2; exit 1`)]);
    await sink.reserve(account);
    const { message } = await refusal(sink.store(entry));
    const secret = { 'console-password': 'Canary-1', 'mfa-seed': seed, 'access-key': canary }[entry.kind];
    for (const part of [secret, secret.slice(0, 12), secret.slice(-12), Buffer.from(secret).toString('hex').toUpperCase()])
      expect(message).not.toContain(part.slice(0, 12));
  });

  it.each([32, 33, 34])('cannot make us print more of %i characters in base64 than their edges', async (length) => {
    const where = folder();
    const secret = '?>~Canary\u00ff'.repeat(10).slice(0, length);
    const lines = [0, 1, 2].flatMap((offset) =>
      (['base64', 'base64url'] as const).map((form) => {
        const bytes = Buffer.from(`${'<'.repeat(offset)}${secret}>>>>`);
        // A character is shown if one of its six bits is of the text around the secret.
        const [from, to] = [offset * 8, (offset + Buffer.byteLength(secret)) * 8];
        const encoded = bytes.toString(form);
        const isShown = (at: number): boolean => at * 6 < from || at * 6 + 6 > to;
        const shown = [...encoded].map((one, at) => (isShown(at) ? one : ' ')).join('');
        return { encoded, shown: shown.replace(/ +/, '[secret]') };
      }),
    );
    for (const { encoded, shown } of lines) {
      const sink = commandSink(where, [recorder(where, `printf '%s' ${encoded} >&2; exit 1`)]);
      await sink.reserve(account);
      expect((await refusal(sink.store(password(secret)))).message).toContain(`: ${shown}.`);
    }
  });

  it('may print any amount, which is not read', async () => {
    const where = folder();
    const sink = commandSink(where, [recorder(where, 'head -c 1000000 /dev/zero; exit 0')]);
    await sink.reserve(account);
    await sink.store(key());
  });

  it('that cannot be started has not stored it', async () => {
    const where = folder();
    const program = join(where, 'program');
    writeFileSync(program, '#!/no/such/interpreter\n', { mode: 0o755 });
    const sink = commandSink(where, [program]);
    await sink.reserve(account);
    expect((await refusal(sink.store(key()))).message).toMatch(/it could not be started \(/);
  });

  it('that does not read the secret has not stored it', async () => {
    const where = folder();
    const sink = commandSink(where, ['/bin/sh', '-c', 'exec <&-; sleep 0.2; exit 0']);
    await sink.reserve(account);
    // More than the buffer between the two holds: what fits in there counts as read, and the program's word for it is its exit code.
    expect((await refusal(sink.store(password('x'.repeat(4_000_000))))).message).toMatch(/did not read the secret/);
  });

  it('has its full name, except on Windows', async () => {
    const where = folder();
    writeFileSync(join(where, 'op.exe'), '#!/bin/sh\n', { mode: 0o755 });
    for (const [program, PATH] of [
      ['./op', ''],
      ['op', where],
    ] as const) {
      const store = makeCommandStore({ command: [program], environment: { PATH }, wanted: [], cwd: where });
      expect((await refusal(store.reserve(account))).message).toContain('does not exist');
    }
  });

  it.each(['no-such-program', '/no/such/program', './plain', '.', ''])('that is not there is refused beforehand: %s', async (program) => {
    const where = folder();
    writeFileSync(join(where, 'plain'), '');
    const error = await refusal(commandSink(where, [program]).reserve(account));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(error.next).toContain('--secret-command');
  });
});

describe('an encrypted file', () => {
  const decrypted = async (path: string, identity: string): Promise<{ entries: object[] }> => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return JSON.parse(await decrypter.decrypt(armor.decode(text(path)), 'text')) as { entries: object[] };
  };
  const pair = async () => {
    const identity = await generateIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  };

  it('holds all secrets of a run, for each of its recipients, and nothing to read', async () => {
    const where = folder();
    const [alex, safe] = [await pair(), await pair()];
    const sink = sinkOf(makeAgeStore({ recipients: [alex.recipient, safe.recipient], folder: where }));
    await sink.reserve(account);
    await sink.store(password('Canary-1'));
    await sink.store(key());
    await sink.store(password('Canary-2'));
    await sink.reserve(account);
    await sink.close();
    const file = join(where, `aws-secrets-${account}.age`);
    expect(readdirSync(where)).toEqual([`aws-secrets-${account}.age`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(text(file)).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    for (const secret of ['Canary', canary]) expect(text(file)).not.toContain(secret);
    for (const { identity } of [alex, safe]) {
      expect(await decrypted(file, identity)).toMatchObject({
        version: 1,
        account,
        entries: [
          { kind: 'console-password', password: 'Canary-2' },
          { kind: 'access-key', secretAccessKey: canary },
        ],
      });
    }
    await expect(decrypted(file, (await pair()).identity)).rejects.toThrow();
    expect(sink.place('console-password')).toBe(file);
  });

  it('is a new one for every run', async () => {
    const where = folder();
    const { identity, recipient } = await pair();
    for (const secret of ['one', 'two']) {
      const sink = sinkOf(makeAgeStore({ recipients: [recipient], folder: where }));
      await sink.reserve(account);
      await sink.store(password(secret));
      await sink.close();
    }
    const [first, second] = [`aws-secrets-${account}.age`, `aws-secrets-${account}-2.age`].map((name) => join(where, name));
    expect(await decrypted(first ?? '', identity)).toMatchObject({ entries: [{ password: 'one' }] });
    expect(await decrypted(second ?? '', identity)).toMatchObject({ entries: [{ password: 'two' }] });
  });

  it('is two for two runs at the same time, and none when nothing was stored', async () => {
    const where = folder();
    const { recipient } = await pair();
    const sinks = [1, 2].map(() => sinkOf(makeAgeStore({ recipients: [recipient], folder: where })));
    for (const sink of sinks) await sink.reserve(account);
    expect(readdirSync(where).filter((name) => name.endsWith('.age'))).toHaveLength(2);
    for (const sink of sinks) await sink.close();
    expect(readdirSync(where)).toEqual([]);
  });

  it.each(['/no/such/folder', '/dev/null'])('is refused beforehand where it cannot be: %s', async (where) => {
    const { recipient } = await pair();
    const error = await refusal(sinkOf(makeAgeStore({ recipients: [recipient], folder: where })).reserve(account));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
  });

  it('does not take the name of a run that has only its lock', async () => {
    const where = folder();
    const { recipient } = await pair();
    writeFileSync(join(where, `aws-secrets-${account}.age.lock`), `1 ${hostname()}\n`);
    const store = makeAgeStore({ recipients: [recipient], folder: where });
    expect(store.place()).toBe(join(where, 'aws-secrets.age'));
    await store.reserve(account);
    expect(store.place()).toBe(join(where, `aws-secrets-${account}-2.age`));
    await store.close();
  });

  it('that someone removes is no error at the end, and one that was never reserved is none either', async () => {
    const where = folder();
    const { recipient } = await pair();
    const store = makeAgeStore({ recipients: [recipient], folder: where });
    await store.close();
    await expect(store.store(key(), account)).rejects.toThrow('a secret was created before its file');
    await store.reserve(account);
    rmSync(store.place());
    await store.close();
    expect(readdirSync(where)).toEqual([]);
  });

  it('is refused with what is wrong with which recipient', async () => {
    const { identity, recipient } = await pair();
    const messageOf = async (...recipients: readonly string[]): Promise<string> => (await refusal(ageEncrypter(recipients))).message;
    expect(await messageOf('x age1')).toBe('The recipient to encrypt to is not an age recipient: recipients begin with age1.');
    expect(await messageOf(recipient, 'age1')).toBe(
      'The 2. recipient to encrypt to is not an age recipient: it has a typing error, or is post-quantum, of a plugin, or of a key in hardware.',
    );
    expect(await messageOf(identity.toLowerCase())).toMatch(/^The recipient to encrypt to is an age secret key\./);
  });

  it('is refused beforehand for what is no recipient, without repeating it', async () => {
    const { identity, recipient } = await pair();
    const wrong = [
      identity,
      `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`,
      'ssh-ed25519 AAAA',
      'age1',
      await identityToRecipient(await generateHybridIdentity()),
      // Of a key in hardware (P-256).
      'age1tag1qv0ps5e06365cqhnqswecawwkvac8l7crtruunlgstxtrjvtckykuxc64jj',
      '',
      'alex@example.com',
    ];
    for (const one of wrong) {
      const error = await refusal(ageEncrypter([recipient, one]));
      expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
      if (one.length > 5) expect(`${error.message}${error.next}`).not.toContain(one);
    }
    expect((await refusal(ageEncrypter([identity]))).message).toContain('secret key');
  });
});

describe('a terminal', () => {
  const at = () => {
    const input = new PassThrough();
    const output = screen(true);
    const stop = new AbortController();
    const clock = { now: realClock.now, sleep: async () => realClock.sleep(2) };
    const copies: string[] = [];
    const show = makeShowOnce({ input, output, signal: stop.signal, clock, hold: (ask) => ask(), copy: (text) => copies.push(text) });
    return { input, output, stop, copies, sink: sinkOf(makeTerminalStore(show)) };
  };
  const shown = async (output: ReturnType<typeof screen>): Promise<void> => {
    while (!output.text().includes('Press Enter')) await new Promise((resolve) => setImmediate(resolve));
  };

  it.each<[string, SecretEntry, readonly string[]]>([
    ['a password', password('Canary-1'), ['alex', 'Canary-1', 'https://111122223333.signin']],
    ['a seed', mfaSeed, [seed, 'mfa/alex']],
    ['a key', key(), [canary, key().accessKeyId]],
  ])('shows %s on a screen of its own until Enter', async (_, entry, expected) => {
    const { input, output, sink } = at();
    await sink.reserve(account);
    // Typed ahead of what was to be seen.
    input.write('\r\r');
    let kept = false;
    const storing = sink.store(entry).then(() => void (kept = true));
    await shown(output);
    for (const part of expected) expect(output.text()).toContain(part);
    input.write('x');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kept).toBe(false);
    input.write('\r');
    await storing;
    expect(output.text().startsWith('\u001b[?1049h')).toBe(true);
    expect(output.text().endsWith('\u001b[?1049l')).toBe(true);
  });

  it('copies the secret after c, and then still waits', async () => {
    const { input, output, copies, sink } = at();
    await sink.reserve(account);
    let kept = false;
    const storing = sink.store(key()).then(() => void (kept = true));
    await shown(output);
    expect(copies).toEqual([]);
    // What is typed in the first moment is dropped.
    while (copies.length === 0) {
      input.write('c\r');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([copies[0], kept]).toEqual([canary, false]);
    expect(output.text()).toContain('Sent to the clipboard');
    input.write('\r');
    await storing;
  });

  it.each<[string, (of: ReturnType<typeof at>) => void]>([
    ['the input ends', ({ input }) => void input.end()],
    ['the run is stopped', ({ stop }) => stop.abort('SIGINT')],
  ])('has not kept it when %s, and clears it', async (_, end) => {
    const terminal = at();
    await terminal.sink.reserve(account);
    const storing = refusal(terminal.sink.store(key()));
    await shown(terminal.output);
    end(terminal);
    expect(await storing).toBeInstanceOf(NotStoredError);
    expect(terminal.output.text().endsWith('\u001b[?1049l')).toBe(true);
  });
});

describe('a destination that cannot be read', () => {
  const kept: SecretStore = { place: () => 'a safe', reserve: async () => {}, store: async () => {}, close: async () => {} };
  const entry = (over: Partial<JournalEntry>): JournalEntry => ({
    id: '1',
    accountId: account,
    kind: 'access-key',
    user: 'ci',
    at: '2026-11-23T10:00:00.000Z',
    before: [],
    made: 'AKIA1',
    state: 'closed',
    place: 'a safe',
    replaces: null,
    ...over,
  });
  it('has what the journal shows as stored', async () => {
    const entries = [
      entry({}),
      entry({ state: 'open', made: 'AKIA2', place: null }),
      entry({ made: 'AKIA3', place: null }),
      entry({ kind: 'console-password', made: null, state: 'stored' }),
      entry({ state: 'open', made: 'AKIA4' }),
      entry({ kind: 'member-account', made: '444455556666' }),
    ];
    expect(await sinkOf(kept, entries).holds()).toEqual([
      { kind: 'access-key', user: 'ci', id: 'AKIA1', place: 'a safe' },
      { kind: 'console-password', user: 'ci', id: '', place: 'a safe' },
    ]);
  });
  it('creates passwords of the length that the account wants', () => {
    expect(sinkOf(kept).newPassword(40).reveal()).toHaveLength(40);
  });
  it('names the profile as the place of access keys only', () => {
    const places = (sink: SecretSink) => [sink.place('access-key'), sink.place('mfa-seed')];
    const { writer } = home();
    const withProfiles = makeWriteOnlySink({ store: kept, profiles: writer, journal: nothing, account: async () => account, random });
    expect(places(withProfiles)).toEqual([writer.place, 'a safe']);
    expect(places(sinkOf(kept))).toEqual(['a safe', 'a safe']);
    expect(places(sinkOf(makeTerminalStore(async () => {})))).toEqual(Array(2).fill('shown once, at this terminal'));
  });
  it('accepts nothing before it is reserved', async () => {
    await expect(sinkOf(kept).store(key())).rejects.toThrow(NotStoredError);
  });
});

describe('the fallback file', () => {
  const failing: SecretSink = {
    ...makeWriteOnlySink({
      store: {
        place: () => 'a safe',
        reserve: async () => {},
        store: async () => {
          throw new Error('it is locked');
        },
        close: async () => {},
      },
      journal: nothing,
      account: async () => account,
      random,
    }),
  };

  it('has an access key that could not be stored, until it is discarded', async () => {
    const where = join(folder(), 'state');
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    const errors = [await refusal(sink.store(key('AKIA1'))), await refusal(sink.store(key('AKIA2')))];
    const path = join(where, `rescued-${account}.json`);
    expect(errors).toMatchObject([{ fallback: path }, { fallback: path }]);
    expect(errors[0]?.message).toBe('The access key AKIA1 of ci could not be stored in a safe: it is locked');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      account,
      entries: [{ accessKeyId: 'AKIA1', secretAccessKey: canary }, { accessKeyId: 'AKIA2' }],
    });
    await (errors[0] as NotStoredError).discard();
    expect(JSON.parse(text(path))).toMatchObject({ entries: [{ accessKeyId: 'AKIA2' }] });
    await (errors[1] as NotStoredError).discard();
    expect(existsSync(path)).toBe(false);
  });

  it('is not written for a run that reserved nothing', async () => {
    const where = folder();
    expect(await refusal(withFallback(failing, where).store(key()))).toMatchObject({ fallback: null });
    expect(readdirSync(where)).toEqual([]);
  });

  it('may be removed by someone else before it is discarded', async () => {
    const where = folder();
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    const error = await refusal(sink.store(key()));
    rmSync(join(where, `rescued-${account}.json`));
    await (error as NotStoredError).discard();
    expect(readdirSync(where)).toEqual([]);
  });

  it('that someone replaced by another file is not discarded', async () => {
    const where = folder();
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    const error = await refusal(sink.store(key()));
    const path = join(where, `rescued-${account}.json`);
    writeFileSync(path, 'mine');
    expect((await refusal((error as NotStoredError).discard())).message).toBe(`${path} is not a secrets file of this tool.`);
    expect(text(path)).toBe('mine');
  });

  it('is not written over what cannot be read', async () => {
    const where = folder();
    const path = join(where, `rescued-${account}.json`);
    symlinkSync(path, path);
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    expect(await refusal(sink.store(key()))).toMatchObject({ fallback: null });
    expect(readlinkSync(path)).toBe(path);
  });

  it('has no password and no seed, which AWS does not use yet', async () => {
    const where = folder();
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    for (const entry of [password(), mfaSeed]) expect(await refusal(sink.store(entry))).toMatchObject({ fallback: null });
    expect(readdirSync(where)).toEqual([]);
  });

  it('is not changed when it has other content, and the error shows that the key is stored nowhere', async () => {
    const where = folder();
    const path = join(where, `rescued-${account}.json`);
    writeFileSync(path, 'mine');
    const sink = withFallback(failing, where);
    await sink.reserve(account);
    expect(await refusal(sink.store(key()))).toMatchObject({ fallback: null });
    expect(text(path)).toBe('mine');
  });
});
