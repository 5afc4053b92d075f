import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { errorCode, whyRefused } from '../../src/secrets/destination.js';
import { replaceFile } from '../../src/secrets/durable-file.js';
import { type FileSinkOptions, makeFileSink } from '../../src/secrets/secrets-file.js';
import { account, folder, key, password, random, refusal, shell, text } from './scene.js';

const environment = { PATH: process.env['PATH'] };
const sinkOf = (file: string, more: Partial<FileSinkOptions> = {}) => makeFileSink({ file, random, environment, ...more });
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;
const isRoot = process.getuid?.() === 0;

/** For a while, files of this process grow to `bytes` and no more: a short write, then an error, as on a full disk. */
const withFileSizeLimit = async <T>(bytes: number, work: () => Promise<T>): Promise<T> => {
  const limit = (soft: number | 'unlimited'): void => {
    spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`]);
  };
  const ignore = (): void => {};
  process.on('SIGXFSZ', ignore);
  limit(bytes);
  try {
    return await work();
  } finally {
    limit('unlimited');
    process.off('SIGXFSZ', ignore);
  }
};

describe('reserving a secrets file', () => {
  it('makes an empty one of mode 0600', async () => {
    const where = folder();
    const file = join(where, 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    expect(JSON.parse(text(file))).toEqual({ version: 1, account, entries: [] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await sink.close();
    expect(readdirSync(where)).toEqual(['secrets.json']);
  });

  it('keeps the entries of another run', async () => {
    const file = join(folder(), 'secrets.json');
    const first = sinkOf(file);
    await first.reserve(account);
    await first.store(password());
    await first.close();
    const before = text(file);
    const second = sinkOf(file);
    await second.reserve(account);
    expect(text(file)).toBe(before);
    await second.close();
  });

  it('treats an empty file as a new one', async () => {
    for (const content of ['', '\n']) {
      const file = join(folder(), 'secrets.json');
      writeFileSync(file, content, { mode: 0o600 });
      const sink = sinkOf(file);
      await sink.reserve(account);
      expect(JSON.parse(text(file))).toMatchObject({ entries: [] });
      await sink.close();
    }
  });

  it('can be repeated', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await Promise.all([sink.reserve(account), sink.reserve(account)]);
    await sink.reserve(account);
    await sink.close();
  });

  const refused: readonly (readonly [string, (where: string) => string, RegExp])[] = [
    ['a folder that is missing', (where) => join(where, 'no', 'secrets.json'), /folder for the secrets file is missing/],
    ['a folder that is a file', (where) => (writeFileSync(join(where, 'a'), ''), join(where, 'a', 'secrets.json')), /folder/],
    [
      'a folder in a file',
      (where) => (writeFileSync(join(where, 'a'), ''), join(where, 'a', 'b', 'secrets.json')),
      /cannot be used: .* \(a part of its path is not a folder\)/,
    ],
    ['a name that is too long', (where) => join(where, 'x'.repeat(300)), /cannot be checked: .* \(its name is too long\)/],
    ['a path that is a folder', (where) => (mkdirSync(join(where, 's')), join(where, 's')), /is a folder, not a file/],
    ['a FIFO', (where) => (shell('mkfifo pipe', where), join(where, 'pipe')), /not a regular file/],
    [
      'a symbolic link',
      (where) => (writeFileSync(join(where, 'real'), '', { mode: 0o600 }), symlinkSync('real', join(where, 'link')), join(where, 'link')),
      /symbolic link/,
    ],
    [
      'a file that others can read',
      (where) => (writeFileSync(join(where, 'open'), '', { mode: 0o644 }), join(where, 'open')),
      /can read or change/,
    ],
    [
      'a file that is something else',
      (where) => (writeFileSync(join(where, 'x'), 'hello', { mode: 0o600 }), join(where, 'x')),
      /not a secrets file/,
    ],
    [
      'a JSON file of another program',
      (where) => (writeFileSync(join(where, 'x'), '{"version":2}', { mode: 0o600 }), join(where, 'x')),
      /not a secrets file/,
    ],
    [
      'the file of another account',
      (where) => (
        writeFileSync(join(where, 'x'), '{"version":1,"account":"444455556666","entries":[]}', { mode: 0o600 }), join(where, 'x')
      ),
      /444455556666.*111122223333/s,
    ],
    ['a file in a git work tree', (where) => (shell('git init -q', where), join(where, 'secrets.json')), /git does not ignore it/],
    [
      'a file in a folder of a git work tree',
      (where) => (shell('git init -q && mkdir sub', where), join(where, 'sub', 'secrets.json')),
      /git does not ignore it/,
    ],
    [
      'a file that git tracks although it is to be ignored',
      (where) => (
        writeFileSync(join(where, 'secrets.json'), '', { mode: 0o600 }),
        shell('git init -q && git add -f secrets.json && echo secrets.json > .gitignore', where),
        join(where, 'secrets.json')
      ),
      /git does not ignore it/,
    ],
    ['a file in a damaged git work tree', (where) => (mkdirSync(join(where, '.git')), join(where, 'secrets.json')), /git could not check/],
    [
      'a file that another run writes',
      (where) => (writeFileSync(join(where, 's.json.lock'), `1 ${hostname()}\n`), join(where, 's.json')),
      /Another run/,
    ],
    ['a disk that takes nothing', () => '/proc/secrets.json', /cannot be/],
  ];
  it.each(refused)('refuses %s, and leaves it as it is', async (_, prepare, expected) => {
    const where = folder();
    const file = prepare(where);
    const before = readdirSync(where);
    const sink = sinkOf(file);
    const error = await refusal(sink.reserve(account));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(error.message).toMatch(expected);
    expect(error.next).toMatch(/--secrets-file|chmod|Pass|Wait/);
    await sink.close();
    expect(readdirSync(where)).toEqual(before);
  });

  it.runIf(isRoot)('refuses a file of another user', async () => {
    const file = join(folder(), 'secrets.json');
    writeFileSync(file, '', { mode: 0o600 });
    chownSync(file, 4711, 4711);
    expect((await refusal(sinkOf(file).reserve(account))).message).toMatch(/belongs to another user/);
  });

  it('shows how to restrict a file that others can read', async () => {
    const file = join(folder(), 'secrets.json');
    writeFileSync(file, '', { mode: 0o600 });
    chmodSync(file, 0o640);
    expect((await refusal(sinkOf(file).reserve(account))).next).toContain(`chmod 600 ${file}`);
  });

  it('quotes its name in the commands to copy: a config of someone else can choose it', async () => {
    const where = folder();
    const file = join(where, '$(id).json');
    writeFileSync(file, '', { mode: 0o640 });
    expect((await refusal(sinkOf(file).reserve(account))).next).toContain(`chmod 600 '${file}'`);
    expect((await refusal(sinkOf(join(where, ';id;', 's.json')).reserve(account))).next).toContain(`mkdir -p '${where}/;id;'`);
    mkdirSync(join(where, ';id'));
    expect((await refusal(sinkOf(join(where, ';id')).reserve(account))).next).toContain(`--secrets-file '${where}/;id/secrets.json'`);
  });

  it('accepts a file that git ignores', async () => {
    const where = folder();
    shell("git init -q && echo 'secrets.json*' > .gitignore", where);
    const sink = sinkOf(join(where, 'secrets.json'));
    await sink.reserve(account);
    await sink.close();
  });

  it('accepts a file that the settings of the user let git ignore', async () => {
    const [where, home] = [folder(), folder()];
    shell('git init -q', where);
    shell("mkdir -p .config/git && echo 'secrets.json*' > .config/git/ignore", home);
    const sink = sinkOf(join(where, 'secrets.json'), { environment: { ...environment, HOME: home } });
    await sink.reserve(account);
    await sink.close();
  });

  it('refuses a file in a work tree without git to ask', async () => {
    const where = folder();
    shell('git init -q', where);
    const sink = sinkOf(join(where, 'secrets.json'), { environment: { PATH: where } });
    expect((await refusal(sink.reserve(account))).message).toMatch(/git could not check/);
  });

  it('does not run a git that is in the folder of the file', async () => {
    const where = folder();
    shell('git init -q && printf "#!/bin/sh\\ntouch ran\\n" > git && chmod +x git', where);
    const sink = makeFileSink({ file: join(where, 'secrets.json'), random, environment: { PATH: `.:${process.env['PATH']}` } });
    expect((await refusal(sink.reserve(account))).message).toMatch(/git does not ignore it/);
    expect(existsSync(join(where, 'ran'))).toBe(false);
  });

  it('runs git with an environment without keys', async () => {
    const where = folder();
    shell('git init -q && mkdir bin && printf "#!/bin/sh\\nenv > seen\\n" > bin/git && chmod +x bin/git', where);
    const sink = sinkOf(join(where, 'secrets.json'), {
      environment: { PATH: `${where}/bin:${process.env['PATH']}`, AWS_SECRET_ACCESS_KEY: 'canary' },
    });
    await sink.reserve(account);
    await sink.close();
    expect(text(join(where, 'seen'))).not.toContain('canary');
  });

  it('removes what a killed run left beside the file', async () => {
    const where = folder();
    const file = join(where, 'secrets.json');
    const child = spawnSync('true');
    writeFileSync(`${file}.lock`, `${child.pid} ${hostname()}\n`);
    writeFileSync(`${file}.new`, '{"half":', { mode: 0o600 });
    const sink = sinkOf(file);
    await sink.reserve(account);
    await sink.close();
    expect(readdirSync(where)).toEqual(['secrets.json']);
  });
});

describe.runIf(hasPrlimit)('a full disk', () => {
  it('is found while reserving, before there is a secret', async () => {
    const where = folder();
    const sink = sinkOf(join(where, 'secrets.json'));
    const error = await withFileSizeLimit(8_192, () => refusal(sink.reserve(account)));
    expect(error.message).toMatch(/the file would be too large/);
    await sink.close();
    expect(readdirSync(where)).toEqual(['secrets.json']);
  });

  it('never leaves a part of the file', async () => {
    const where = folder();
    const path = join(where, 'secrets.json');
    writeFileSync(path, 'whole', { mode: 0o600 });
    const written = withFileSizeLimit(2_048, () => replaceFile({ path, data: Buffer.alloc(5_000), mode: 0o600 }));
    await expect(written).rejects.toMatchObject({ code: 'EFBIG' });
    expect(text(path)).toBe('whole');
    expect(readdirSync(where)).toEqual(['secrets.json']);
  });
});

describe('storing', () => {
  it('refuses a secret whose place was not reserved', async () => {
    const file = join(folder(), 'secrets.json');
    await expect(sinkOf(file).store(password())).rejects.toThrow('reserved');
    expect(existsSync(file)).toBe(false);
  });

  it('stores every kind, with the address for authenticators', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    const serial = `arn:aws:iam::${account}:mfa/alex`;
    await sink.store(password());
    await sink.store({ kind: 'mfa-seed', user: 'alex', serial, seed: new Secret('JBSWY3DPEHPK3PXP') });
    await sink.store(key());
    await sink.close();
    expect(JSON.parse(text(file))).toEqual({
      version: 1,
      account,
      entries: [
        {
          kind: 'console-password',
          user: 'alex',
          password: 'Abc-def-123',
          signInUrl: 'https://111122223333.signin.aws.amazon.com/console/',
        },
        { kind: 'mfa-seed', user: 'alex', serial, seed: 'JBSWY3DPEHPK3PXP', otpauth: expect.stringContaining('otpauth://totp/') },
        { kind: 'access-key', user: 'ci', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: expect.any(String), profile: 'practice' },
      ],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await sink.holds()).toEqual([
      { kind: 'console-password', user: 'alex', id: '' },
      { kind: 'mfa-seed', user: 'alex', id: serial },
      { kind: 'access-key', user: 'ci', id: 'AKIAIOSFODNN7EXAMPLE' },
    ]);
  });

  it('replaces the entry of the same thing, and adds others', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    await Promise.all([
      sink.store(password('first')),
      sink.store(password('second', 'Alex')),
      sink.store(key('AKIA1')),
      sink.store(key('AKIA2')),
    ]);
    await sink.close();
    const { entries } = JSON.parse(text(file)) as { entries: { kind: string; password?: string }[] };
    expect(entries.map((entry) => entry.password ?? entry.kind)).toEqual(['second', 'access-key', 'access-key']);
  });

  it('keeps what a user added to the file meanwhile', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    await sink.store(password());
    const edited = JSON.parse(text(file)) as { note?: string; entries: Record<string, unknown>[] };
    edited.note = 'keep';
    (edited.entries[0] as Record<string, unknown>)['where'] = 'in the safe';
    writeFileSync(file, JSON.stringify(edited));
    await sink.store(key());
    await sink.close();
    expect(JSON.parse(text(file))).toMatchObject({ note: 'keep', entries: [{ where: 'in the safe' }, { kind: 'access-key' }] });
  });

  it('stores in a file that someone emptied meanwhile', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    writeFileSync(file, '');
    await sink.store(password());
    await sink.close();
    expect(JSON.parse(text(file))).toMatchObject({ version: 1, account, entries: [{ user: 'alex' }] });
  });

  it('creates passwords of the length that the account wants', () => {
    expect(sinkOf(join(folder(), 'secrets.json')).newPassword(40).reveal()).toHaveLength(40);
  });

  it('reports what was not stored and why, without the secret', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    writeFileSync(file, 'no longer');
    const error = await refusal(sink.store(key()));
    expect(error).toMatchObject({ code: 'E-SECRETS-STORE', exit: 7, changed: null });
    expect(error.message).toContain('AKIAIOSFODNN7EXAMPLE');
    expect(JSON.stringify([error.info(), String(error.cause)])).not.toContain(key().secretAccessKey.reveal());
    await sink.close();
  });
});

describe('what is held', () => {
  it('is nothing when the file is missing, damaged, or no file at all', async () => {
    const where = folder();
    shell('mkfifo pipe', where);
    writeFileSync(join(where, 'bad'), '{');
    for (const name of ['none', 'pipe', 'bad', '.']) expect(await sinkOf(join(where, name)).holds()).toEqual([]);
  });

  it('is nothing of another account', async () => {
    const file = join(folder(), 'secrets.json');
    const sink = sinkOf(file);
    await sink.reserve(account);
    await sink.store(password());
    await sink.close();
    expect(await sinkOf(file, { account: async () => '444455556666' }).holds()).toEqual([]);
    expect(await sinkOf(file, { account: async () => account }).holds()).toHaveLength(1);
    expect(await sinkOf(`${file}.none`, { account: async () => account }).holds()).toEqual([]);
  });

  it('names its place as the user wrote it', () => {
    const sink = sinkOf('./acme-secrets.json');
    expect([sink.place('console-password'), sink.place('mfa-seed'), sink.place('access-key')]).toEqual(
      Array(3).fill('./acme-secrets.json'),
    );
  });
});

describe('the reason of an error', () => {
  it.each<[string, unknown, string | undefined, string]>([
    ['of the file system, in words', Object.assign(new Error('x'), { code: 'ENOSPC' }), 'ENOSPC', 'the disk is full'],
    ['of the file system, without words', Object.assign(new Error('x'), { code: 'EMFILE' }), 'EMFILE', 'EMFILE'],
    ['with a number', Object.assign(new Error('x'), { code: 5 }), undefined, 'x'],
    ['without a code', new Error('x'), undefined, 'x'],
    ['that is another object', { code: 'ENOSPC' }, undefined, '[object Object]'],
    ['that is a text', 'odd', undefined, 'odd'],
    ['that is nothing', undefined, undefined, 'undefined'],
  ])('%s', (_, error, code, why) => expect([errorCode(error), whyRefused(error)]).toEqual([code, why]));
});
