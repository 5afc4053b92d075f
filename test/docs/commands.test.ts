import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { steps } from '../../src/steps/index.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { testShell } from '../support/host.js';
import { inOrganization } from '../support/organization-shell.js';
import { fences, pages, root, textOf } from './pages.js';

/** For contributors: what they name must exist, but runs in CI. */
const guides = ['.github/CONTRIBUTING.md', '.github/SECURITY.md', 'src/README.md'];

/** Pages that people wrote; the help of every command is compared elsewhere. */
const written = pages.filter((page) => page !== 'docs/commands.md');

/** The commands of shell examples, of sessions and of sentences, each once. Comments and redirections are not part of them. */
const commands = [
  ...new Set(
    written
      .flatMap((page) => [
        ...fences(page, 'sh').flatMap((code) => code.split('\n')),
        ...fences(page, 'console').flatMap((code) => [...code.matchAll(/^\$ (.+)$/gm)].map(([, line = '']) => line)),
        ...[
          ...textOf(page)
            .replaceAll(/^```[^]*?^```/gm, '')
            .matchAll(/`(bootstrap [^`]+)`/g),
        ].map(([, line = '']) => line),
      ])
      .map((line) =>
        line
          .replace(/ +#.*$/, '')
          .replace(/ > \S+$/, '')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      )
      .filter((line) => line !== ''),
  ),
];
const isOurs = (line: string): boolean => /^(npx aws-account-)?bootstrap /.test(line);
const ours = [...new Set(commands.filter(isOurs).map((line) => line.replace(/^npx aws-account-/, '')))];
const others = commands.filter((line) => !isOurs(line));

type World = 'no account' | 'new account' | 'set up' | 'organization';
interface Case {
  readonly in: World;
  readonly code: number;
  /** Commands that the page names before this one. */
  readonly before?: readonly string[];
  /** What a user would answer at a terminal. */
  readonly answers?: string;
}
const named = `--yes --account-id ${own}`;
const noTerminal = { in: 'new account', code: 2 } as const;
const setUp = 'bootstrap init --config bootstrap.yaml --account-id 123456789012 --yes --secrets-file ./secrets.json';
const savePlan = 'bootstrap init --config bootstrap.yaml --secrets-file ./secrets.json --save-plan plan.json';
const saveTwo = ['ana', 'ben'].map((name) => `bootstrap check --output json --output-file ${name}.json`);
const saveParts = [
  'bootstrap check --org --accounts 111122223333,444455556666 --output json --output-file a.json',
  'bootstrap check --org --accounts 777788889999 --output json --output-file b.json',
] as const;
const saveResult = 'bootstrap check --output json --output-file result.json';

/**
 * Where each documented command runs, and its exit code. `set up` is a new account after `init` with the example of configuration.md.
 * Commands that end with 2 stop at the approval, because there is no terminal: they are valid up to there.
 */
const documented: Readonly<Record<string, Case>> = {
  'bootstrap accounts accept --management-profile boss': { in: 'organization', code: 2 },
  'bootstrap accounts cancel --id 444455556666': { in: 'organization', code: 2 },
  'bootstrap accounts close 444455556666': { in: 'organization', code: 2 },
  'bootstrap accounts close 444455556666 --account-id 111122223333 --yes': { in: 'organization', code: 0 },
  'bootstrap accounts close 444455556666 --dry-run': { in: 'organization', code: 0 },
  'bootstrap accounts secure-root --all --dry-run': { in: 'organization', code: 0 },
  'bootstrap accounts secure-root 444455556666': { in: 'organization', code: 2 },
  'bootstrap accounts secure-root 444455556666 777788889999 --account-id 111122223333 --yes': { in: 'organization', code: 0 },
  'bootstrap accounts create --name lab --email-from aws@example.com --profile-to-write lab --account-id 111122223333 --yes': {
    in: 'organization',
    code: 0,
  },
  'bootstrap accounts invite --id 444455556666': { in: 'organization', code: 2 },
  'bootstrap accounts list': { in: 'organization', code: 0 },
  'bootstrap check': { in: 'new account', code: 3 },
  'bootstrap check --account-id 123456789012 --output json --output-file result.json': { in: 'new account', code: 3 },
  'bootstrap check --fail-on medium --strict': { in: 'new account', code: 3 },
  'bootstrap check --list-checks': { in: 'no account', code: 0 },
  'bootstrap check --only mfa,alias': { in: 'new account', code: 3 },
  'bootstrap check --org': { in: 'organization', code: 0 },
  [saveParts[0]]: { in: 'organization', code: 0 },
  [saveParts[1]]: { in: 'organization', code: 0 },
  'bootstrap report a.json b.json --output html --output-file organization.html': { in: 'organization', code: 0, before: saveParts },
  'bootstrap check --org --only alias,access-keys': { in: 'organization', code: 0 },
  [saveResult]: { in: 'new account', code: 3 },
  'bootstrap check --output sarif --output-file check.sarif': { in: 'new account', code: 3 },
  'bootstrap check --org --sandbox --sandbox-as admin': { in: 'no account', code: 3, before: ['bootstrap init --sandbox --yes'] },
  'bootstrap check --sandbox': { in: 'no account', code: 3 },
  'bootstrap check --show-waived': { in: 'new account', code: 3 },
  'bootstrap config new': { in: 'no account', code: 0 },
  'bootstrap config schema': { in: 'no account', code: 0 },
  'bootstrap config schema --result': { in: 'no account', code: 0 },
  'bootstrap config show': { in: 'no account', code: 0 },
  'bootstrap config validate': { in: 'no account', code: 0, before: ['bootstrap config new'] },
  'bootstrap explain 6': { in: 'no account', code: 0 },
  'bootstrap explain E-ALIAS-TAKEN': { in: 'no account', code: 0 },
  'bootstrap explain mfa.root': { in: 'no account', code: 0 },
  'bootstrap init': {
    in: 'new account',
    code: 5,
    answers: `--admin-user alex --alias acme-prod --email ops@example.com --mfa-assign unattended --secrets-file s.json ${named}`,
  },
  [setUp]: { in: 'new account', code: 5 },
  'bootstrap init --config bootstrap.yaml --dry-run --detailed-exitcode': { in: 'new account', code: 3 },
  [savePlan]: { in: 'new account', code: 0 },
  'bootstrap init --dry-run --admin-user alex --alias acme-prod --email ops@example.com': { in: 'new account', code: 0 },
  'bootstrap init --from-plan plan.json': { in: 'new account', code: 5, before: [savePlan], answers: named },
  'bootstrap init --from-plan plan.json --config bootstrap.yaml --secrets-file ./secrets.json': {
    in: 'new account',
    code: 5,
    before: [savePlan],
    answers: named,
  },
  'bootstrap init --only budget,alias --budget "20 USD"': {
    in: 'new account',
    code: 0,
    answers: `--alias acme-prod --email ops@example.com ${named}`,
  },
  'bootstrap init --org': { in: 'organization', code: 2 },
  'bootstrap init --profile alex': noTerminal,
  'bootstrap init --sandbox': noTerminal,
  'bootstrap init --sandbox --yes': { in: 'no account', code: 5 },
  'bootstrap init --sandbox --yes --secret-command "node secret-to-pass.mjs"': { in: 'no account', code: 5 },
  'bootstrap keys delete --root --all': { in: 'new account', code: 0, answers: named },
  'bootstrap keys delete --user ci --key AKIAIOSFODNN7EXAMPLE': {
    in: 'set up',
    code: 0,
    before: ['bootstrap keys disable --user ci --key AKIAIOSFODNN7EXAMPLE'],
    answers: named,
  },
  'bootstrap keys disable --user ci --key AKIAIOSFODNN7EXAMPLE': { in: 'set up', code: 0, answers: named },
  'bootstrap keys enable --user ci --key AKIAIOSFODNN7EXAMPLE': { in: 'set up', code: 0, answers: named },
  'bootstrap keys list': { in: 'set up', code: 0 },
  'bootstrap keys rotate --user ci': { in: 'set up', code: 0, answers: named },
  'bootstrap policy check --account-id 123456789012': { in: 'no account', code: 0 },
  'bootstrap policy init --account-id 123456789012': { in: 'no account', code: 0 },
  'bootstrap policy init --output json': { in: 'no account', code: 0 },
  'bootstrap policy trust --github acme/infra --ref refs/heads/main --account-id 123456789012': { in: 'no account', code: 0 },
  'bootstrap report result.json --output markdown': { in: 'new account', code: 0, before: [saveResult] },
  'bootstrap report result.json --output html --output-file report.html': { in: 'new account', code: 0, before: [saveResult] },
  'bootstrap report result.json --redact': { in: 'new account', code: 0, before: [saveResult] },
  'bootstrap report ana.json ben.json': { in: 'new account', code: 0, before: saveTwo },
  'bootstrap report ana.json ben.json --redact': { in: 'new account', code: 0, before: saveTwo },
  'bootstrap report ana.json ben.json --output html --output-file class.html': { in: 'new account', code: 0, before: saveTwo },
  'bootstrap check --output html --output-file report.html': { in: 'new account', code: 3 },
  'bootstrap check --output markdown --redact': { in: 'new account', code: 3 },
  'bootstrap check --json --no-input': { in: 'new account', code: 3 },
  'bootstrap check --only mfa,alias --json': { in: 'new account', code: 3 },
  'bootstrap init --dry-run --save-plan plan.json --config bootstrap.yaml --secrets-file ./secrets.json --no-input': {
    in: 'new account',
    code: 0,
  },
  'bootstrap sandbox reset': { in: 'no account', code: 0 },
  'bootstrap sandbox serve': { in: 'no account', code: 0 },
  'bootstrap sandbox show': { in: 'no account', code: 0 },
  'bootstrap sandbox sign-up': { in: 'no account', code: 0 },
  'bootstrap undo': { in: 'set up', code: 2 },
  'bootstrap undo --config bootstrap.yaml --account-id 123456789012 --yes': { in: 'set up', code: 5 },
  'bootstrap undo --dry-run': { in: 'set up', code: 0 },
  'bootstrap undo --only alias,budget': { in: 'set up', code: 2 },
};

/** Named in a sentence as a group of commands, or to describe what it takes. */
const mentioned = ['bootstrap explain', 'bootstrap policy', 'bootstrap policy trust'];

const example = (fences('docs/configuration.md', 'yaml')[0] ?? '').replaceAll('123456789012', own);
const words = (line: string): readonly string[] =>
  [...line.replaceAll('123456789012', own).matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare).slice(1);

describe('every command in README and the manual', () => {
  it('is in the table of this test', () => {
    expect(ours.filter((command) => !mentioned.includes(command)).toSorted()).toEqual(Object.keys(documented).toSorted());
  });

  it.each(Object.entries(documented))('%s', async (command, { in: world, code, before = [], answers = '' }) => {
    const account = world === 'new account' || world === 'set up' ? await signedIn() : undefined;
    const shell = account ?? (world === 'organization' ? await inOrganization({ members: 2, centralRoot: true }) : testShell({ seed: 1 }));
    const commands = [...(world === 'set up' ? [setUp] : []), ...before, command];
    if (commands.some((line) => line.includes('--config bootstrap.yaml'))) writeFileSync(join(shell.home, 'bootstrap.yaml'), example);
    // The recipe itself has a test of its own.
    writeFileSync(join(shell.home, 'secret-to-pass.mjs'), 'process.stdin.resume();\n');
    const run = (line: string) => {
      const key = account?.account().users.find(({ name }) => name === 'ci')?.accessKeys[0]?.id ?? '';
      const stop = new AbortController();
      // It would serve until Ctrl-C.
      if (line.startsWith('bootstrap sandbox serve')) stop.abort();
      return shell.run(
        words(line).map((word) =>
          word.replace('AKIAIOSFODNN7EXAMPLE', key).replace('444455556666', '200000000001').replace('777788889999', '200000000002'),
        ),
        { signal: stop.signal, env: { PATH: dirname(process.execPath) } },
      );
    };
    for (const line of commands.slice(0, -1)) await run(line.includes('keys') ? `${line} ${answers}` : line);
    const ran = await run(`${command} ${answers}`);
    vi.unstubAllEnvs();
    expect(ran.code, ran.stderr).toBe(code);
    if (code === 2) expect(ran.stdout + ran.stderr).toContain('E-NO-TERMINAL');
  });

  it('is ours, or of a program that the page names', () => {
    const programs = new Set(others.map((line) => line.split(' ')[0]));
    // The executable is tested in test/package/standalone.test.ts.
    expect([...programs].toSorted()).toEqual(['./bootstrap-linux-x64', 'aws', 'git', 'npm']);
  });

  it('is a script of package.json, if npm runs it', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const texts = [...pages, ...guides].map((page) => textOf(page));
    const named = texts.flatMap((text) => [...text.matchAll(/npm (?:run (?:-s )?)([\w:-]+)/g)].map(([, script = '']) => script));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it('is where this test finds it', () => {
    const languages = pages.flatMap((page) => [...textOf(page).matchAll(/^ *```(\w*)$/gm)].map(([, language = '']) => language));
    expect([...new Set(languages)].toSorted()).toEqual(['', 'console', 'js', 'json', 'sh', 'text', 'yaml']);
    for (const page of pages) {
      // In a session, a command begins with `$`. Without one, the test would take it for output.
      for (const code of fences(page, 'console')) expect(code).toMatch(/^\$ /);
      if (page !== 'docs/commands.md') for (const code of fences(page, 'text')) expect(code).not.toMatch(/^\$ |^(npx |npm |bootstrap )/m);
    }
  });

  it('needs no package of this name from npm', () => {
    const { name, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; bin: Record<string, string> };
    // In a clone, npx runs the program of the clone because package and program have one name.
    expect(Object.keys(bin)).toContain(name);
    for (const page of pages)
      expect(textOf(page)).not.toMatch(/npx (--yes|-y) aws-account|npm (install|i|exec) [^\n`]*aws-account-bootstrap/);
  });
});

describe('every config in README and the manual', () => {
  const configs = pages.flatMap((page) => fences(page, 'yaml').filter((yaml) => yaml.startsWith('version: 1\n')));

  it('loads', () => {
    expect(configs.length).toBeGreaterThanOrEqual(6);
    for (const text of configs) expect(() => loadConfig({ text, file: 'bootstrap.yaml', steps })).not.toThrow();
  });
});
