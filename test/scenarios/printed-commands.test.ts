import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testShell } from '../support/host.js';
import { testFolder } from '../support/test-folder.js';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { RunReport } from '../../src/core/report.js';
import { newAccount } from '../../src/sandbox/new-world.js';
import { inOrganization } from '../support/organization-shell.js';
import { own, practiceAccount, signedIn } from './practice-account.js';
import { config as starting } from './starting-states.js';

/** The commands of this tool in the output. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(bootstrap [^`]+)`|^(?: *run:)? +(bootstrap .+)/gm)].map((found) => (found[1] ?? found[2]) as string);

describe('every command that a run prints', () => {
  it('uses the same practice account, and works unchanged', async () => {
    const practiced = practiceAccount();
    const init = await practiced.run(['init', '--yes']);
    const rotate = await practiced.run(['keys', 'rotate', '--user', 'ci', '--yes']);
    const again = await practiced.run(['keys', 'rotate', '--user', 'ci', '--yes']);
    practiced.edit((account) => void (account.alias = null));
    const check = await practiced.run(['check', '--fail-on', 'low']);
    const printed = [init, rotate, again, check]
      .flatMap(({ stdout, stderr }) => commandsIn(stdout + stderr))
      // Pages of `explain` need no account.
      .filter((line) => !line.startsWith('bootstrap explain '));
    expect(printed.length).toBeGreaterThan(4);
    expect(printed.filter((line) => !line.includes(`--sandbox-file ${practiced.file}`))).toEqual([]);
    for (const line of printed) {
      // The alias is the user's choice.
      const argv = line.replace(' NAME', ' acme-prod').split(' ').slice(1, -2);
      const ran = await practiced.run([...argv, ...(/^(init|keys delete)/.test(argv.join(' ')) ? ['--yes'] : [])]);
      expect([line, ran.stderr.includes('E-USAGE')]).toEqual([line, false]);
    }
  });

  it('includes how to sign in to an invited practice account', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    await practiced.run(['sandbox', 'sign-up']);
    const invited = Object.values(practiced.world().accounts).find(({ name }) => name === 'Other');
    const { stdout } = await practiced.run(['accounts', 'invite', '--id', invited?.id ?? '', '--yes']);
    const [serve, signUp, accept] = commandsIn(stdout.replaceAll(/\n {6}/g, ' '));
    expect([serve, signUp]).toEqual(['serve', 'sign-up'].map((verb) => `bootstrap sandbox ${verb} --sandbox-file ${practiced.file}`));
    expect(accept).toMatch(/^bootstrap accounts accept --handshake h-\w+ --management-account-id \d{12}$/);
  });

  it('signs in to the account of the invited address, and to no other', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    const { stdout } = await practiced.run(['accounts', 'invite', '--email', 'lab@example.com', '--yes']);
    const [, signUp = ''] = commandsIn(stdout.replaceAll(/\n {6}/g, ' '));
    expect(signUp).toContain(' --email lab@example.com ');
    const { stderr } = await practiced.run(['sandbox', 'sign-up', '--email', 'you@example.com']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`to sign in as root of account ${own} (you@example.com)`);
    expect(stderr).not.toContain('created');
  });

  it('invites the address that another account has', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    await practiced.run(['sandbox', 'sign-up']);
    const taken = await practiced.run(['accounts', 'create', '--name', 'lab', '--email', 'other@example.com', '--yes']);
    expect(commandsIn(taken.stderr.replaceAll(/\s+/g, ' '))).toEqual([
      `bootstrap accounts invite --email ADDRESS --sandbox-file ${practiced.file}`,
    ]);
  });

  it('checks the config that has the problem', async () => {
    const shell = testShell();
    writeFileSync(join(shell.home, 'bad.yaml'), 'version: 2');
    const { stderr } = await shell.run(['config', 'show', '--config', 'bad.yaml']);
    expect(commandsIn(stderr.replaceAll(/\s+/g, ' '))).toEqual(['bootstrap config validate --config bad.yaml']);
  });

  it("deletes root's keys as root, also if an administrator ran the check", async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    const createdAt = '2026-08-01T10:00:00.000Z';
    practiced.edit(
      ({ root }) => void root.accessKeys.push({ id: 'AKIAEXAMPLEROOT00001', secret: 'x', status: 'Active', createdAt, lastUsed: null }),
    );
    const { stdout } = await practiced.run(['check', '--only', 'access-keys.root', '--sandbox-as', 'admin']);
    const [command = ''] = commandsIn(stdout);
    expect(command).toBe(`bootstrap keys delete --root --all --sandbox-as root --sandbox-file ${practiced.file}`);
    expect((await practiced.run([...command.split(' ').slice(1, -2), '--yes'])).code).toBe(0);
    expect(practiced.account().root.accessKeys).toEqual([]);
  });

  it('creates the account that an invitation lacks', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    const { stderr, code } = await practiced.run(['accounts', 'invite', '--id', '999988887777', '--yes']);
    const text = stderr.replaceAll(/\s+/g, ' ');
    expect(text).toContain('There is no account 999988887777 here. Create one to invite:');
    expect(commandsIn(text)).toEqual([`bootstrap sandbox sign-up --sandbox-file ${practiced.file}`]);
    expect(code).toBe(7);
    expect((await practiced.run(['sandbox', 'sign-up'])).code).toBe(0);
  });

  it('makes the changes that a dry run without a terminal showed, with the same practice values', async () => {
    const practiced = practiceAccount();
    const rehearsed = await practiced.run(['init', '--dry-run', '--only', 'billing-access']);
    const [next = ''] = commandsIn(rehearsed.stdout).filter((line) => line.includes('--only billing-access'));
    const summaries = (text: string) => (JSON.parse(text) as RunReport).plan?.map(({ summary }) => summary);
    const dry = await practiced.run(['init', '--dry-run', '--only', 'billing-access', '--json']);
    const made = await practiced.run([...next.replace(` --sandbox-file ${practiced.file}`, '').split(' ').slice(1), '--json']);
    expect([made.code, summaries(made.stdout)]).toEqual([5, summaries(dry.stdout)]);
    expect(rehearsed.stdout).not.toContain('asks for approval');
  });

  it('is not an AWS CLI command in the practice account, because it would use another account', async () => {
    const practiced = practiceAccount();
    const { stdout } = await practiced.run(['init', '--yes']);
    expect(stdout).not.toMatch(/^ *(?:run: )?aws /m);
    expect(stdout).toContain('organization.access-role');
  });

  it('includes the profile', async () => {
    const shell = await signedIn({ env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' } });
    const { accessKeyId, secretAccessKey, sessionToken } = shell.sandbox.credentials;
    mkdirSync(join(shell.home, '.aws'));
    writeFileSync(
      join(shell.home, '.aws', 'credentials'),
      `[founder]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    );
    const { stdout } = await shell.run(['check', '--profile', 'founder']);
    // Creating a config needs no account.
    const calling = commandsIn(stdout).filter((line) => line !== 'bootstrap config new');
    expect(calling.length).toBeGreaterThan(0);
    expect(calling.filter((line) => !line.includes('--profile founder'))).toEqual([]);
  });
});

describe('the command after accounts create', () => {
  const config = `version: 1\naccount:\n  id: "${own}"\n`;
  const created = async (files: Readonly<Record<string, string>>, argv: readonly string[] = []) => {
    const shell = await inOrganization({ members: 0 });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(shell.home, name), text);
    const create = ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--profile-to-write', 'lab'];
    const { stdout } = await shell.run([...create, ...argv, '--yes', '--account-id', own]);
    const [command] = commandsIn(stdout);
    if (command === undefined) throw new Error(`no command in ${stdout}`);
    return { command, run: () => shell.run([...command.split(' ').slice(1), '--output', 'json']), stdout };
  };
  /** Accounts that the run checked. */
  const judged = (stdout: string): readonly string[] => [
    ...new Set((JSON.parse(stdout) as RunReport).results.map(({ accountId }) => accountId)),
  ];

  it('continues in the practice account, as its administrator', async () => {
    const practiced = practiceAccount();
    await practiced.run(['init', '--yes']);
    const create = ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--profile-to-write', 'lab', '--yes'];
    const [command = ''] = commandsIn((await practiced.run(create)).stdout);
    expect(command).toBe(
      `bootstrap accounts create --name lab --email you+lab@example.com --sandbox-file ${practiced.file} --sandbox-as admin`,
    );
    const { code, stdout } = await practiced.run(
      command.replace(` --sandbox-file ${practiced.file}`, '').split(' ').slice(1).concat('--yes'),
    );
    expect(stdout).toContain('usable');
    expect(code).toBe(0);
  });

  it('works without a config: it checks the new account with its profile', async () => {
    const { command, run } = await created({});
    expect(command).toBe('bootstrap check --profile lab');
    const { code, stdout } = await run();
    expect([code, judged(stdout).length, judged(stdout).includes(own)]).toEqual([3, 1, false]);
  });

  it.each([
    ['bootstrap.yaml', [], 'bootstrap check --org'],
    ['main.yaml', ['--config', 'main.yaml'], 'bootstrap check --org --config main.yaml'],
  ])('works with the config of the management account, %s: it checks the members', async (file, argv, expected) => {
    const { command, run } = await created({ [file]: config }, argv);
    expect(command).toBe(expected);
    const { code, stdout } = await run();
    const report = JSON.parse(stdout) as RunReport;
    expect([code, report.error]).toEqual([3, undefined]);
    expect(report.accounts?.map(({ id, unseen }) => [id === own, unseen])).toEqual([
      [true, null],
      [false, null],
    ]);
  });

  it('follows the line that is missing in the config if the role has another name', async () => {
    const { command, stdout } = await created({ 'bootstrap.yaml': config }, ['--role', 'Admins']);
    expect(command).toBe('bootstrap check --org');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Add lab with its role to organization.accounts in bootstrap.yaml.');
  });

  it('shows in which account to run a command for another account', async () => {
    const shell = await inOrganization({ members: 0 });
    const invite = ['accounts', 'invite', '--id', '444455556666', '--yes', '--account-id', own, '--output', 'json'];
    const next = async () => (JSON.parse((await shell.run(invite)).stdout) as AccountsReport).next;
    shell.sandbox.world.accounts['444455556666'] = newAccount({
      id: '444455556666',
      name: 'Other',
      email: 'other@example.com',
      now: shell.clock.now(),
    });
    expect(await next()).not.toContain('folder');
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
    expect(await next()).toContain(`in another folder (the bootstrap.yaml in this one is for account ${own}): bootstrap accounts accept`);
  });
});

describe('the command after `config new`', () => {
  it.each([
    [[], 'bootstrap init --dry-run'],
    [['--output-file', 'my config.yaml'], "bootstrap init --dry-run --config 'my config.yaml'"],
  ])('names the file so that a shell reads it: %j', async (argv, command) => {
    const { stderr } = await testShell().run(['config', 'new', ...argv]);
    expect(commandsIn(stderr)).toEqual([command]);
  });
});

describe('the command at the end of init', () => {
  it('includes the config for the next sign-in', async () => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'main.yaml'), starting());
    const { stdout } = await shell.run([
      'init',
      '--yes',
      '--account-id',
      own,
      '--config',
      'main.yaml',
      '--region',
      'eu-west-1',
      '--secrets-file',
      's.yaml',
    ]);
    const commands = commandsIn(stdout).filter((line) => line.startsWith('bootstrap init'));
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((line) => !(line.includes('--config main.yaml') && line.includes('--region eu-west-1')))).toEqual([]);
  });
});

describe('keys', () => {
  it.each([
    [['delete', '--user', 'ci'], '--key'],
    [['disable', '--user', 'ci'], '--key'],
    [['delete', '--root'], '--key ID or --all'],
    [['delete', '--root', '--all', '--key', 'AKIA1'], '--key ID or --all'],
    [['delete', '--all', '--user', 'ci'], '--root'],
    [['delete', '--root', '--user', 'ci', '--all'], 'two different owners'],
    [['disable', '--user', 'root', '--key', 'AKIA1'], 'not disabled'],
    [['rotate', '--user', 'root'], 'Keys of root cannot be rotated'],
  ])('with an invalid combination of flags exits 2 before any request: %s', async (argv, says) => {
    const shell = await signedIn();
    const { code, requests, stdout } = await shell.run(['keys', ...argv, '--yes', '--account-id', own, '--output', 'json']);
    const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string; readonly message: string; readonly next: string } };
    expect(requests).toEqual([]);
    expect(error.code).toBe('E-USAGE');
    expect(`${error.message} ${error.next}`).toContain(says);
    expect(code).toBe(2);
  });
});

describe('AWS_PROFILE', () => {
  it('with an unknown profile is refused before any request', async () => {
    const shell = await signedIn({ env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: 'nope' } });
    const { code, requests, stderr } = await shell.run(['check']);
    expect(requests).toEqual([]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('no profile "nope", which AWS_PROFILE names');
    expect(code).toBe(4);
  });
});

describe('bootstrap sandbox', () => {
  const shell = { run: (argv: readonly string[]) => testShell().run(argv) };
  const at = (text: string): string => {
    const file = join(testFolder(), 'notes.txt');
    writeFileSync(file, text);
    return file;
  };

  it.each(['dear diary', '{"notes":[]}', ''])('deletes only a practice account: %s', async (text) => {
    const file = at(text);
    const { code, stderr } = await shell.run(['sandbox', 'reset', '--sandbox-file', file]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(stderr).toContain('E-SANDBOX-FILE');
    expect(code).toBe(2);
  });

  it.each(['', '{"version":1,"accou', '[]'])('empties its own file even if it is damaged: %s', async (text) => {
    const own = testShell({ env: { XDG_STATE_HOME: '' } });
    const shown = await own.run(['sandbox', 'show', '--json']);
    const file = join(own.home, '.local/state/aws-account-bootstrap/sandbox.json');
    expect([shown.code, existsSync(file)]).toEqual([0, true]);
    writeFileSync(file, text);
    const refused = await own.run(['sandbox', 'show']);
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('or empty this one with `bootstrap sandbox reset`');
    // A path that the user gave is the user's, whatever is there.
    expect((await own.run(['sandbox', 'reset', '--sandbox-file', file])).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect((await own.run(['sandbox', 'reset'])).code).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect((await own.run(['sandbox', 'show', '--json'])).code).toBe(0);
  });

  it.each(['show', 'serve'])('%s reports an invalid file as a usage error, not as a bug', async (verb) => {
    const { code, stdout, stderr } = await shell.run(['sandbox', verb, '--sandbox-file', at('dear diary')]);
    expect(stdout).toBe('');
    expect(stderr).toContain('E-SANDBOX-FILE');
    expect(code).toBe(2);
  });

  it('reports that the file cannot be created, and stops', async () => {
    const { code, stderr } = await shell.run(['sandbox', 'show', '--sandbox-file', '/proc/none/world.json']);
    expect(stderr).toContain('/proc/none/world.json');
    expect(code).toBe(2);
  });

  it('reports that a port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const file = join(testFolder(), 'world.json');
    const { code, stderr } = await shell.run(['sandbox', 'serve', '--port', String(port), '--sandbox-file', file]);
    taken.close();
    expect(stderr).toContain(`Port ${port} of this machine is in use`);
    expect(code).toBe(2);
  });
});
