import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { newAccount } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { bundle, newFolder, type Running, startProgram } from './program.js';
import { type Answer, authenticator, firstCode, type Sat, scanned, sitAt } from './pty.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');

const enter = '\r';
const interrupt = '\u0003';
const backspace = '\u007F';
const down = '\u001B[B';

const questions = {
  limit: String.raw`Monthly budget`,
  email: String.raw`Email address for budget alerts`,
  admin: String.raw`User name of the administrator`,
  alias: String.raw`Account alias`,
  secrets: String.raw`Where to store the new console password`,
  approval: String.raw`Make these \d+ changes\?`,
  billing: String.raw`says? that IAM access is activated\?`,
  root: String.raw`Waiting, \d+ min`,
  save: String.raw`Save your answers to bootstrap\.yaml\?`,
} as const;
/** The five questions, the approval, and what follows the changes. */
const answers: readonly Answer[] = [
  [questions.limit, enter],
  [questions.email, `ops@example.com${enter}`],
  [questions.admin, `alex${enter}`],
  [questions.alias, `acme-prod${enter}`],
  [questions.secrets, enter],
  [questions.approval, `y${enter}`],
];
const later: readonly Answer[] = [
  [questions.billing, `n${enter}`],
  [questions.root, 'l'],
  [questions.save, `n${enter}`],
];
/** MFA of the administrator, in person: see enrolment.test.ts. */
const scan = () => authenticator(scanned('blocks are dark'));
const secretsFile = 'aws-111122223333-secrets.json';

/** Two steps: one change that is harmless, and two that are not. */
const organizationToo = `version: 1
billing-access: false
budget: false
admin-user: false
mfa: false
alias: { name: acme-prod }
organization:
  accounts:
    - { name: sandbox, email: aws+sandbox@example.com }
`;

describe.skipIf(python === '' || process.platform === 'win32')('init at a terminal', { timeout: 60_000 }, () => {
  let home: string;
  let server: Running;
  let proxy: RecordingProxy;
  beforeEach(async () => {
    home = newFolder();
    server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 60_000 });
    await server.until(/until Ctrl-C/);
    const [, endpoint] = await server.until(/AWS_ENDPOINT_URL=(\S+)\n/);
    proxy = await startRecordingProxy({ target: endpoint ?? '', file: path.join(inject('recordDir'), 'e2e-terminal.jsonl') });
  });
  afterEach(async () => {
    await proxy?.close();
    await server?.stop('SIGTERM');
  });

  const sit = async (
    typed: readonly Answer[],
    argv: readonly string[] = ['init'],
    env: Readonly<Record<string, string>> = {},
    size: { readonly columns: number; readonly rows: number } = { columns: 100, rows: 40 },
  ): Promise<Sat> => {
    const signedIn = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
    const question = {
      argv: [process.execPath, bundle, ...argv],
      env: {
        PATH: home,
        HOME: home,
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        ...signedIn,
        AWS_ENDPOINT_URL: proxy.url,
        ...env,
      },
      cwd: home,
      ...size,
      seconds: 15,
    };
    return sitAt(python, question, typed);
  };
  const account = () => Object.values((JSON.parse(readFileSync(path.join(home, 'world.json'), 'utf8')) as World).accounts)[0];
  const writes = (): string[] =>
    proxy.requests.map(({ operation }) => operation).filter((operation) => !/^(Get|List|Describe|Lookup|Generate)/.test(operation));

  it('asks five questions, shows one plan, and applies it after approval', async () => {
    const sat = await sit([...answers, ...scan(), ...later]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([11, 5, null]);
    expect(sat.lines).toContain('5 questions, one plan, one approval. Nothing is changed before you approve the plan.');
    const asked = sat.lines.filter((line) => line.startsWith('✓ ') && !line.includes(' — '));
    expect(asked.slice(0, 6)).toEqual([
      '✓ Monthly budget 10 USD',
      '✓ Email address for budget alerts ops@example.com',
      '✓ User name of the administrator alex',
      '✓ Account alias acme-prod',
      `✓ Where to store the new console password File ${secretsFile}`,
      '✓ Make these 6 changes? Yes',
    ]);
    const lineOf = (start: string): number => sat.lines.findIndex((line) => line.startsWith(start));
    expect(lineOf('Plan: 6 changes in 4 steps')).toBeGreaterThan(lineOf('Account    111122223333'));
    expect(lineOf('✓ Make these 6 changes?')).toBeGreaterThan(lineOf('Plan: 6 changes in 4 steps'));
    expect(lineOf('✓ DONE  6 changes made and verified.')).toBeGreaterThan(lineOf('✓ Make these 6 changes?'));

    const { alias, users, budgets } = account() ?? {};
    expect([alias, users?.map(({ name }) => name), budgets?.length]).toEqual(['acme-prod', ['alex'], 1]);
    const file = path.join(home, secretsFile);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const password = users?.[0]?.password?.value ?? '';
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ entries: [{ kind: 'console-password', user: 'alex', password }] });
    expect(password.length).toBeGreaterThanOrEqual(14);
    expect(sat.raw).not.toContain(password);
    expectRestored(sat);
  });

  it('guides you through the manual steps until AWS shows them as done, saves the answers, and does not ask again', async () => {
    const sat = await sit([
      ...answers,
      ...scan(),
      [questions.billing, `y${enter}`],
      [questions.root, enter, { file: 'world.json', from: '"mfa": "none"', to: '"mfa": "hardware"' }],
      [questions.save, enter],
    ]);
    expect([sat.answered, sat.signal]).toEqual([11, null]);
    const text = sat.lines.join('\n');
    expect(text).toContain('Under "Multi-factor authentication (MFA)" choose "Assign MFA device".');
    expect(text).toContain('✓ Root has MFA: verified in AWS.');
    expect(text).toContain('aws login --profile alex');
    // A link in the terminal, with the same visible text.
    const url = 'https://console.aws.amazon.com/iam/home#/security_credentials';
    expect(sat.raw).toContain(`\u001B]8;;${url}\u001B\\${url}\u001B]8;;\u001B\\`);
    expect(parse(readFileSync(path.join(home, 'bootstrap.yaml'), 'utf8'))).toMatchObject({
      version: 1,
      account: { id: '111122223333' },
      'billing-access': { 'confirmed-on': expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) },
      budget: { limit: '10 USD', subscribers: ['ops@example.com'] },
      'admin-user': { name: 'alex' },
      alias: { name: 'acme-prod' },
      secrets: { file: secretsFile },
    });
    const again = await sit([[questions.limit, interrupt]]);
    expect(again.answered).toBe(0);
    expect(again.lines.join('\n')).toMatch(/UNCHANGED {2}Nothing to change in account 111122223333 \(acme-prod\)/);
  });

  it('uses the current settings on a second run, without questions, as the printed command does', async () => {
    const first = await sit([...answers, ...scan(), ...later]);
    const before = writes().length;
    const words = (first.lines[first.lines.findIndex((line) => line.includes('Same run, no questions:')) + 1] ?? '').trim();
    const same = await sit(
      [[String.raw`\?|l: later`, interrupt]],
      words
        .replaceAll("'10 USD'", '10_USD')
        .split(' ')
        .slice(1)
        .map((word) => word.replace('_', ' ')),
    );
    expect([same.answered, same.code]).toEqual([0, 5]);
    const sat = await sit([
      [questions.billing, `n${enter}`],
      [questions.root, 'l'],
    ]);
    expect([sat.answered, sat.code]).toEqual([2, 5]);
    expect(sat.lines).toEqual(expect.arrayContaining(['Already set up, unchanged', '  Administrator  alex', '  Account alias  acme-prod']));
    expect(sat.raw).not.toMatch(/Save your answers|questions, one plan/);
    expect(writes()).toHaveLength(before);
  });

  it('defers a step at Esc, and shows the command for later', async () => {
    const sat = await sit([
      [questions.limit, '\u001B'],
      [questions.admin, `alex${enter}`],
      [questions.alias, '\u001B'],
      [questions.secrets, enter],
      [questions.approval, `y${enter}`],
      ...scan(),
      ...later,
    ]);
    expect([sat.answered, sat.code]).toEqual([10, 5]);
    const { alias, users, budgets } = account() ?? {};
    expect([alias, users?.map(({ name }) => name), budgets]).toEqual([null, ['alex'], []]);
    expect(sat.lines).toContain('    bootstrap init --only budget,alias');
  });

  it('does not ask for what a flag sets', async () => {
    const sat = await sit(
      [[questions.alias, `acme-prod${enter}`], [questions.approval, `y${enter}`], ...scan(), ...later],
      ['init', '--email', 'ops@example.com', '--admin-user', 'alex', '--secrets-file', 'secrets.json'],
    );
    expect([sat.answered, sat.code]).toEqual([7, 5]);
    expect(sat.raw).not.toMatch(/Email address|User name of|Where the new|Monthly budget/);
    expect(account()?.alias).toBe('acme-prod');
  });

  it('shows what is wrong as you type, refuses it, and lets you correct it', async () => {
    const sat = await sit([
      [questions.limit, '5 EUR'],
      ['AWS bills in USD', enter],
      ['> "5 EUR": AWS bills in USD', `${backspace.repeat(3)}USD${enter}`],
      [questions.email, `ops${enter}`],
      ['> "ops" is not an email address', `@example.com${enter}`],
      [questions.admin, `al ex${enter}`],
      ['> "al ex" has characters that IAM does not allow', `${backspace.repeat(3)}ex${enter}`],
      [questions.alias, `acme--prod${enter}`],
      ['> "acme--prod" must not have two hyphens in a row', `${backspace.repeat(5)}prod${enter}`],
      [questions.secrets, `${down.repeat(2)}${enter}`],
      [String.raw`\? File \(aws`, `~/s.json${enter}`],
      ['> begins with "~"', `${backspace.repeat(8)}s.json${enter}`],
      [questions.approval, `n${enter}`],
    ]);
    expect([sat.answered, sat.code]).toEqual([13, 3]);
    // The answers are complete, so the refused text was still on the line.
    for (const answer of ['budget 5 USD', 'alerts ops@example.com', 'administrator alex', 'alias acme-prod', 'File s.json']) {
      expect(sat.lines.filter((line) => line.startsWith('✓ ') && line.endsWith(answer))).toHaveLength(1);
    }
  });

  it.each([
    ['n', `n${enter}`],
    ['Enter alone', enter],
  ])('treats %s as no: it exits with 3 and changes nothing', async (_what, text) => {
    const sat = await sit([...answers.slice(0, 5), [questions.approval, text]]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([6, 3, null]);
    expect(sat.lines.join('\n')).toContain('You declined the plan.');
    const said = sat.lines.indexOf('With your answers:');
    expect(sat.lines[said + 1]).toMatch(/^ {2}bootstrap init .*--admin-user alex --alias acme-prod --secrets-file aws-\d+-secrets\.json$/);
    expectUntouched();
    expectRestored(sat);
  });

  it('shows the totals directly above the prompt at 80x24, and plans again after an edited answer', async () => {
    const screens: (readonly string[])[] = [];
    const noted =
      (text: string) =>
      (screen: readonly string[]): string => {
        screens.push(screen.slice(-24));
        return text;
      };
    const sat = await sit(
      [
        ...answers.slice(0, 5),
        [questions.approval, noted(`e${enter}`)],
        ['Which answer to change', `${down.repeat(3)}${enter}`],
        [String.raw`\? Account alias`, `other-name${enter}`],
        [String.raw`Set the account alias other-name[\s\S]*${questions.approval}`, noted(`e${enter}`)],
        ['Which answer to change', `${down.repeat(2)}${enter}`],
        [String.raw`\? User name of the administrator`, '\u001B'],
        [String.raw`Plan: 2 changes[\s\S]*Make these 2 changes\?`, noted(`e${enter}`)],
        ['Which answer to change', `${down.repeat(3)}${enter}`],
        [String.raw`\? User name of the administrator`, `sam${enter}`],
        [String.raw`user sam[\s\S]*${questions.approval}`, noted(`n${enter}`)],
      ],
      ['init'],
      {},
      { columns: 80, rows: 24 },
    );
    expect([sat.answered, sat.code]).toEqual([15, 3]);
    const above = screens.map((screen) => screen[screen.findLastIndex((line) => line.startsWith('? Make these')) - 1]);
    expect(above).toEqual([
      '6 changes: 1 creates a secret; 2 manual steps remain',
      '6 changes: 1 creates a secret; 2 manual steps remain',
      '2 changes; 2 manual steps remain',
      '6 changes: 1 creates a secret; 2 manual steps remain',
    ]);
    for (const screen of screens) expect(screen.filter((line) => line.includes('manual step'))).toHaveLength(1);
    expect(sat.lines.findLast((line) => line.startsWith('  bootstrap init '))).toContain('--alias other-name --admin-user sam');
    expectUntouched();
  });

  it.each(answers.map(([pattern], index) => [pattern, index] as const))(
    'ends with 130 on Ctrl-C at "%s", and changes nothing',
    async (pattern, index) => {
      const sat = await sit([...answers.slice(0, index), [pattern, interrupt]]);
      expect([sat.answered, sat.code, sat.signal]).toEqual([index + 1, 130, null]);
      expect(sat.lines.join('\n')).toContain('\n\n✗ STOPPED  Nothing was changed.');
      expect(sat.raw).not.toMatch(/^\s+at .+:\d+:\d+\)?\r?$/m);
      expectUntouched();
      expectRestored(sat);
    },
  );

  it('shows at Ctrl-C during the changes what is done and how to continue, and continues there', async () => {
    const slow = { file: 'world.json', from: '"knobs": {}', to: '"knobs": { "delayMs": 250 }' };
    const sat = await sit([
      ...answers.slice(0, 5),
      [questions.approval, `y${enter}`, slow],
      ['Budget — done', ''],
      ['Administrator', interrupt],
    ]);
    expect([sat.answered, sat.code]).toEqual([8, 130]);
    const text = sat.lines.join('\n');
    expect(text).toMatch(/The run was stopped\. Done: Budget\. In the middle of: Administrator\./);
    const world = path.join(home, 'world.json');
    writeFileSync(world, readFileSync(world, 'utf8').replace('"delayMs": 250', '"delayMs": 0'));
    const again = sat.lines.findLast((line) => line.startsWith('  bootstrap init '))?.trim() ?? '';
    expect(again).toContain("--budget '10 USD' --email ops@example.com --admin-user alex --alias acme-prod");
    const words = again.replaceAll("'10 USD'", '10_USD').split(' ').slice(1);
    const resumed = await sit(
      [[questions.approval, `y${enter}`], ...scan(), ...later.slice(0, 2)],
      words.map((word) => word.replace('_', ' ')),
    );
    expect(resumed.code).toBe(5);
    const { alias, users, budgets } = account() ?? {};
    expect([alias, users?.map(({ name }) => name), budgets?.length]).toEqual(['acme-prod', ['alex'], 1]);
    expectRestored(sat);
  });

  it('calls nothing manual that is done, after Ctrl-C at a manual step', async () => {
    const sat = await sit([...answers, ...scan(), [questions.billing, `y${enter}`], [questions.root, interrupt]]);
    expect([sat.answered, sat.code]).toEqual([10, 130]);
    expect(sat.lines).toEqual(
      expect.arrayContaining([
        // A slow run shows how long the step took.
        expect.stringMatching(/^! Multi-factor authentication — done, 1 manual step left( \(\d+ s\))?$/),
        '✗ STOPPED  6 changes made and verified; then the run was interrupted. 1 manual step remains.',
        '  ✓ Billing access               unchanged',
        '  ! Multi-factor authentication  done, 1 manual step left',
      ]),
    );
    expect(sat.lines.filter((line) => /\bmanual( \(\d+ s\))?$/.test(line))).toEqual([]);
  });

  it('lists a postponed MFA device among the remaining manual steps', async () => {
    const sat = await sit([...answers, [firstCode, `l${enter}`], ...later]);
    expect(sat.code).toBe(5);
    const remaining = sat.lines.slice(sat.lines.indexOf('Remaining manual steps'));
    expect(remaining.filter((line) => /^ {2}\d\. /.test(line)).map((line) => /[\w-]+\.[\w-]+(?=\)$)/.exec(line)?.[0] ?? line)).toHaveLength(
      3,
    );
    expect(remaining.join('\n')).toMatch(/alex has no MFA device \(mfa\.admin\)\n +do: When your authenticator is ready, run/);
    expect(sat.lines.join('\n')).toMatch(
      /DONE {2}Everything except what you postponed: Multi-factor authentication\. 3 manual steps\s+remain\./,
    );
  });

  it('exits with 2 at the end of the input (Ctrl-D), and changes nothing', async () => {
    const sat = await sit([[questions.limit, '\u0004']]);
    expect([sat.answered, sat.code, sat.signal]).toEqual([1, 2, null]);
    expect(sat.lines.join('\n')).toContain('The input ended before the question was answered.');
    expect(sat.lines.join('\n')).not.toContain('bug in this tool');
    expectUntouched();
    expectRestored(sat);
  });

  it('asks separately about what cannot be undone, and skips it if you decline', async () => {
    writeConfig(home, organizationToo);
    const sat = await sit([
      [String.raw`Create the organization\? This ends`, `n${enter}`],
      [String.raw`Make this change\?`, `y${enter}`],
    ]);
    expect([sat.answered, sat.code]).toEqual([2, 0]);
    expect(writes()).toEqual(['CreateAccountAlias']);
    expect(account()?.plan).toBe('FREE');
    expect(sat.lines).toContain('✓ DONE  1 change made and verified.');
  });

  describe('accounts accept, by a member of another organization', () => {
    const [former, inviter] = ['777788889999', '444455556666'];
    const transfer = String.raw`Transfer the account from o-formerorg11 to o-exampleorg1\?`;
    const inviteToAnotherOrganization = (): void => {
      const file = path.join(home, 'world.json');
      const world = JSON.parse(readFileSync(file, 'utf8')) as World;
      const [own = ''] = Object.keys(world.accounts);
      const now = new Date();
      for (const id of [former, inviter]) world.accounts[id] = newAccount({ id, name: id, email: `${id}@example.com`, now });
      const organization = (id: string, managementAccountId: string, ...members: readonly string[]): World['organizations'][number] => ({
        id,
        managementAccountId,
        featureSet: 'ALL',
        createdAt: now.toISOString(),
        trustedServices: [],
        finalizingUntil: null,
        accountLimit: 10,
        units: [],
        rootId: 'r-exam',
        members: [managementAccountId, ...members].map((accountId) => ({
          accountId,
          joinedMethod: 'INVITED',
          joinedAt: now.toISOString(),
          parent: 'r-exam',
          tags: {},
        })),
        requests: [],
      });
      world.organizations = [organization('o-formerorg11', former, own), organization('o-exampleorg1', inviter)];
      world.handshakes = [
        {
          id: 'h-exampleinvite1',
          action: 'INVITE',
          organizationId: 'o-exampleorg1',
          state: 'OPEN',
          target: { id: own, type: 'ACCOUNT' },
          requestedAt: now.toISOString(),
          expiresAt: new Date(now.getTime() + 86_400_000).toISOString(),
        },
      ];
      writeFileSync(file, JSON.stringify(world));
    };

    it('names both organizations, and moves the account after both answers', async () => {
      inviteToAnotherOrganization();
      const sat = await sit(
        [
          [transfer, `y${enter}`],
          ['Last four digits of the inviting account', `6666${enter}`],
        ],
        ['accounts', 'accept'],
      );
      expect([sat.answered, sat.code]).toEqual([2, 5]);
      const text = sat.lines.join(' ').replace(/\s+/g, ' ');
      expect(text).toContain(`leaves organization o-formerorg11 (managed by account ${former})`);
      expect(text).toContain(`joins organization o-exampleorg1 (managed by account ${inviter})`);
      expect(writes()).toEqual(['CreateRole', 'AttachRolePolicy', 'AcceptHandshake']);
    });

    it('changes nothing when the transfer is declined', async () => {
      inviteToAnotherOrganization();
      const sat = await sit([[transfer, enter]], ['accounts', 'accept']);
      expect([sat.answered, sat.code, writes()]).toEqual([1, 3, []]);
    });

    it('reports that nothing was changed on Ctrl-C', async () => {
      inviteToAnotherOrganization();
      const sat = await sit([[transfer, interrupt]], ['accounts', 'accept']);
      expect([sat.answered, sat.code, writes()]).toEqual([1, 130, []]);
      expect(sat.lines.join('\n')).toContain('\n\n✗ STOPPED  accounts accept: nothing was changed\n');
    });
  });

  it.each<[what: string, argv: readonly string[], env: Readonly<Record<string, string>>]>([
    ['--no-input', ['init', '--no-input'], {}],
    ['CI', ['init'], { CI: 'true' }],
  ])('asks nothing with %s', async (_what, argv, env) => {
    const sat = await sit([[questions.limit, interrupt]], argv, env);
    expect([sat.answered, sat.code]).toEqual([0, 2]);
    expectUntouched();
  });

  it('shows no colours if you turn them off', async () => {
    const color = /\u001B\[[0-9;]*m/;
    const stop: Answer = [questions.limit, interrupt];
    expect((await sit([stop])).raw).toMatch(color);
    expect((await sit([stop], ['init'], { NO_COLOR: '1' })).raw).not.toMatch(color);
    expect((await sit([stop], ['init', '--no-color'])).raw).not.toMatch(color);
  });

  const expectUntouched = (): void => {
    expect(writes()).toEqual([]);
    const { alias, users, groups, budgets, passwordPolicy } = account() ?? {};
    expect({ alias, users, groups, budgets, passwordPolicy }).toEqual({
      alias: null,
      users: [],
      groups: [],
      budgets: [],
      passwordPolicy: null,
    });
  };

  /** The terminal is restored: a hidden cursor would stay hidden in the shell. */
  const expectRestored = ({ raw }: Sat): void => {
    expect(raw.lastIndexOf('\u001B[?25l')).toBeLessThanOrEqual(raw.lastIndexOf('\u001B[?25h'));
  };
});
