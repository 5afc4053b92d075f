import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld } from '../../src/sandbox/world.js';
import { own, practiceAccount, signedIn } from './practice-account.js';

const config = (more = ''): string =>
  `version: 1\naccount: { id: "${own}" }\nbudget: { subscribers: [ops@example.com] }\nadmin-user: { name: alex }\nmfa: { assign: unattended }\nalias: false\naccess-keys: { mode: create, user: ci, profile: false }\n${more}`;
const approved = ['init', '--yes'] as const;

const shellWith = async (more = '', env: Record<string, string> = {}) => {
  const shell = await signedIn({ env });
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config(more));
  return { ...shell, state: join(shell.home, '.local', 'state', 'aws-account-bootstrap') };
};

/** Every secret that the account has, in each encoding in which it could be printed. */
const canaries = ({ users, mfaDevices }: AccountWorld): readonly string[] => {
  const plain = [
    ...users.flatMap(({ password, accessKeys }) => [password?.value, ...accessKeys.map(({ secret }) => secret)]),
    ...mfaDevices.map(({ seed }) => seed),
  ].filter((one): one is string => one !== undefined && one !== '');
  expect(plain).toHaveLength(3);
  return plain.flatMap((one) => {
    const bytes = Buffer.from(one);
    return [
      one,
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=*$/, '').slice(0, -1),
      encodeURIComponent(one),
      JSON.stringify(one).slice(1, -1),
    ];
  });
};
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
const storedOf = (report: RunReport): readonly string[] =>
  report.results.filter(({ id }) => id === 'access-keys.stored').map(({ status }) => status);

/** A program that stores its input, and what it can read of its own process. */
const recorder = (home: string): string => {
  const program = join(home, 'keep');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >> '${home}/seen'\nenv >> '${home}/seen'\ncat >> '${home}/kept'\n`);
  chmodSync(program, 0o755);
  return program;
};

describe('the destination gets every secret of a run, and no other place does', () => {
  const places: readonly (readonly [
    name: string,
    prepare: (home: string) => Promise<{
      readonly argv: readonly string[];
      readonly config: string;
      readonly file: string;
      readonly read: () => Promise<string>;
    }>,
  ])[] = [
    [
      'a file',
      async (home) => {
        const file = join(home, 'secrets.json');
        return { argv: ['--secrets-file', file], config: '', file, read: async () => readFileSync(file, 'utf8') };
      },
    ],
    [
      'a program named by a flag',
      async (home) => {
        const file = join(home, 'kept');
        return {
          argv: ['--secret-command', `'${recorder(home)}' --vault "a b"`],
          config: '',
          file,
          read: async () => readFileSync(file, 'utf8'),
        };
      },
    ],
    [
      'a program named by the config',
      async (home) => {
        const file = join(home, 'kept');
        const section = `secrets: { command: [${JSON.stringify(recorder(home))}, add] }\n`;
        return { argv: ['--config', 'bootstrap.yaml'], config: section, file, read: async () => readFileSync(file, 'utf8') };
      },
    ],
    [
      'an encrypted file',
      async (home) => {
        const identity = await generateIdentity();
        const file = join(home, `aws-secrets-${own}.age`);
        const read = async (): Promise<string> => {
          const decrypter = new Decrypter();
          decrypter.addIdentity(identity);
          return decrypter.decrypt(armor.decode(readFileSync(file, 'utf8')), 'text');
        };
        return { argv: ['--encrypt-to', await identityToRecipient(identity)], config: '', file, read };
      },
    ],
  ];

  it.each(places)('%s', async (_, prepare) => {
    const shell = await shellWith();
    const place = await prepare(shell.home);
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config(place.config));
    const first = await shell.run([...approved, ...place.argv, '--debug', '--output', 'json']);
    const report = JSON.parse(first.stdout) as RunReport;
    expect(report.steps?.filter(({ error }) => error !== null)).toEqual([]);
    const secrets = canaries(shell.account());
    const kept = await place.read();
    for (const [index, secret] of secrets.entries()) if (index % 5 === 0) expect(kept).toContain(JSON.stringify(secret).slice(1, -1));

    // No secret is in the output or in any other file of the home folder.
    const others = filesBelow(shell.home).filter((path) => path !== place.file);
    expect(others.some((path) => path.startsWith(join(shell.state, 'journal')))).toBe(true);
    const said = [first.stdout, first.stderr, ...others.map((path) => readFileSync(path, 'latin1'))];
    for (const secret of secrets) for (const text of said) expect(text).not.toContain(secret);
    if (existsSync(join(shell.home, 'seen'))) {
      const seen = readFileSync(join(shell.home, 'seen'), 'utf8');
      for (const secret of secrets) expect(seen).not.toContain(secret);
      expect(seen).not.toMatch(/^AWS_/m);
    }

    const again = await shell.run([...approved, ...place.argv, '--output', 'json']);
    expect(again.writes).toEqual([]);
    expect(storedOf(JSON.parse(again.stdout) as RunReport)).toEqual(['pass']);
  });
});

describe('a run without a destination for its secrets', () => {
  const nowhere = { code: 'E-SECRETS-DESTINATION', exit: 2 } as const;
  const usage = { code: 'E-USAGE', exit: 2 } as const;
  it.each<[string, readonly string[], { readonly code: string; readonly exit: number }, string]>([
    ['must name one', [], nowhere, '--secrets-file FILE'],
    ['reports that the program does not exist', ['--secret-command', 'no-such-program x'], nowhere, 'no-such-program'],
    ['reports that the recipient is invalid', ['--encrypt-to', 'age1x'], nowhere, 'age-keygen'],
    ['reports that there is no terminal', ['--show-secrets'], usage, 'terminal'],
    ['refuses two destinations', ['--show-secrets', '--secrets-file', 'x'], usage, '--show-secrets'],
    ['reports that the command is invalid', ['--secret-command', '"x'], usage, 'quote'],
  ])('%s', async (_, argv, expected, says) => {
    const shell = await shellWith();
    const ran = await shell.run([...approved, ...argv, '--output', 'json']);
    const { error, exit } = JSON.parse(ran.stdout) as RunReport;
    expect([error?.code, exit.code, ran.code, ran.requests]).toEqual([expected.code, expected.exit, expected.exit, []]);
    expect(`${error?.message} ${error?.next}`).toContain(says);
  });

  it.each([
    ['a dry run', ['init', '--dry-run'], ''],
    ['a password that needs manual work first', [...approved, '--skip', 'access-keys'], 'mfa'],
    ['no secret to create', [...approved, '--only', 'budget'], ''],
  ] as const)('may be %s', async (_, argv, without) => {
    const shell = await shellWith();
    if (without !== '') writeFileSync(join(shell.home, 'bootstrap.yaml'), config().replace('mfa: { assign: unattended }\n', ''));
    const ran = await shell.run([...argv, '--output', 'json']);
    expect((JSON.parse(ran.stdout) as RunReport).error).toBeUndefined();
    expect(ran.requests.length).toBeGreaterThan(0);
  });

  it('creates nothing if the journal cannot be written', async () => {
    const shell = await shellWith('', {});
    writeFileSync(join(shell.home, '.local'), '');
    const ran = await shell.run([...approved, '--secrets-file', join(shell.home, 's.json'), '--output', 'json']);
    const secretsMade = ran.writes.filter((name) => /CreateAccessKey|CreateLoginProfile|CreateVirtualMFADevice/.test(name));
    expect(secretsMade).toEqual([]);
    expect((JSON.parse(ran.stdout) as RunReport).steps?.find(({ id }) => id === 'admin-user')?.error?.code).toBe('E-SECRETS-DESTINATION');
  });
});

describe('a destination that fails after the secret was created', () => {
  it('leaves no key, no password and no secret in a log, and the next run continues', async () => {
    const shell = await shellWith();
    const program = recorder(shell.home);
    writeFileSync(program, '#!/bin/sh\ncat >&2\nexit 1\n');
    const argv = [...approved, '--secret-command', program, '--debug', '--output', 'json'];
    const ran = await shell.run(argv);
    const { steps } = JSON.parse(ran.stdout) as RunReport;
    expect(ran.code).toBe(7);
    expect(steps?.find(({ id }) => id === 'access-keys')?.error).toMatchObject({ code: 'E-SECRETS-STORE', changed: true });
    expect(shell.account().users.map(({ password, accessKeys }) => [password, accessKeys])).toEqual([
      [null, []],
      [null, []],
    ]);
    expect(filesBelow(shell.state).filter((path) => path.includes('rescued'))).toEqual([]);
    expect(ran.stderr + ran.stdout).toContain('[secret]');

    recorder(shell.home);
    const again = await shell.run(argv);
    expect((JSON.parse(again.stdout) as RunReport).steps?.filter(({ error }) => error !== null)).toEqual([]);
    const said = ran.stderr + ran.stdout + again.stdout + again.stderr;
    for (const secret of canaries(shell.account())) expect(said).not.toContain(secret);
  });
});

describe('the practice account', () => {
  it('stores its secrets next to its file, regardless of the destination in the config', async () => {
    const practiced = practiceAccount();
    const program = recorder(practiced.home);
    writeFileSync(join(practiced.home, 'bootstrap.yaml'), config(`secrets: { command: [${JSON.stringify(program)}] }\n`));
    await practiced.run(['init', '--yes']);
    expect(existsSync(join(practiced.home, 'kept'))).toBe(false);
    expect(existsSync(join(practiced.secrets, 'secrets.json'))).toBe(true);
    expect(readdirSync(`${practiced.file}.journal`)).toEqual([`${own}.json`]);
    await practiced.run(['sandbox', 'reset']);
    expect(existsSync(`${practiced.file}.journal`)).toBe(false);
  });

  it('stores an encrypted file there too, and nothing in the working folder', async () => {
    const practiced = practiceAccount();
    const recipient = await identityToRecipient(await generateIdentity());
    const before = readdirSync(practiced.home);
    await practiced.run(['init', '--yes', '--only', 'admin-user,mfa', '--encrypt-to', recipient]);
    expect(readdirSync(practiced.secrets).filter((name) => name.endsWith('.age'))).toHaveLength(1);
    expect(
      readdirSync(practiced.home).filter((name) => !before.includes(name) && !name.startsWith('world.json') && name !== 'requests.jsonl'),
    ).toEqual([]);
  });
});
