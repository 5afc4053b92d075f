import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { JournalEntry } from '../../src/core/journal.js';
import { NotStoredError, Secret, type SecretEntry, type SecretSink } from '../../src/core/secret.js';
import { ageEncrypter, makeAgeStore } from '../../src/secrets/age.js';
import { makeCommandStore } from '../../src/secrets/command.js';
import { withFallback } from '../../src/secrets/index.js';
import { makeTerminalStore, makeWriteOnlySink, type SecretStore } from '../../src/secrets/write-only.js';
import { makeShowOnce } from '../../src/ui/show-once.js';
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
};

describe('a program', () => {
  const commandSink = (where: string, command: readonly string[]) =>
    sinkOf(makeCommandStore({ command, environment, wanted: ['BW_SESSION'], cwd: where }));

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

  it('that does not read the secret has not stored it', async () => {
    const where = folder();
    const sink = commandSink(where, ['/bin/sh', '-c', 'exec <&-; sleep 0.2; exit 0']);
    await sink.reserve(account);
    // More than the buffer between the two holds: what fits in there counts as read, and the program's word for it is its exit code.
    expect((await refusal(sink.store(password('x'.repeat(4_000_000))))).message).toMatch(/did not read the secret/);
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

  it('is refused beforehand for what is no recipient, without repeating it', async () => {
    const { identity, recipient } = await pair();
    const wrong = [
      identity,
      `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`,
      'ssh-ed25519 AAAA',
      'age1',
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
    ];
    expect(await sinkOf(kept, entries).holds()).toEqual([
      { kind: 'access-key', user: 'ci', id: 'AKIA1', place: 'a safe' },
      { kind: 'console-password', user: 'ci', id: '', place: 'a safe' },
    ]);
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
