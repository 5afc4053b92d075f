import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { testShell } from '../../support/host.js';
import { testFolder } from '../../support/test-folder.js';

const exec = promisify(execFile);
const installed = (shell: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, shell))
    .find((file) => existsSync(file));

for (const shell of ['bash', 'zsh', 'fish', 'pwsh'])
  if (installed(shell) === undefined) console.log(`${shell} is not installed, so its completion is not tried in it`);

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { code, stdout } = await testShell().run(['completion', shell]);
    if (code !== 0) throw new Error(`completion ${shell} ended ${code}`);
    scripts[shell] = stdout;
  }
});

/** What bash would offer for the last of these words. Bash cuts words at `=`; so do the callers here. */
const inBash = async (words: readonly string[], folder = testFolder()): Promise<readonly string[]> => {
  const file = join(folder, 'completion');
  writeFileSync(file, scripts['bash'] as string);
  const program = `source ${file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bootstrap; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await exec('bash', ['--norc', '-c', program, 'bash', ...words], { cwd: folder });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
};

describe('completion', () => {
  it.each([
    [[], 'Missing shell.'],
    [['tcsh'], 'Unknown shell "tcsh".'],
    [['constructor'], 'Unknown shell "constructor".'],
  ])('for %j names the shells to choose from', async (words, message) => {
    const { code, stdout, stderr } = await testShell().run(['completion', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Choose one of: bash, zsh, fish, powershell.');
  });
});

describe.runIf(installed('bash'))('completion in bash', () => {
  it('offers the commands', async () => {
    expect(await inBash(['bootstrap', ''])).toEqual(
      expect.arrayContaining(['init', 'check', 'explain', 'config', 'sandbox', 'completion']),
    );
    expect(await inBash(['bootstrap', 'ch'])).toEqual(['check']);
  });

  it('offers subcommands', async () => {
    expect(await inBash(['bootstrap', 'config', ''])).toEqual(['new', 'validate', 'schema', 'show']);
  });

  it('offers only the flags of the typed command', async () => {
    expect(await inBash(['bootstrap', 'check', '--fa'])).toEqual(['--fail-on']);
    expect(await inBash(['bootstrap', 'init', '--fa'])).toEqual([]);
    expect(await inBash(['bootstrap', 'config', 'schema', '--re'])).toEqual(['--result']);
  });

  it('offers the values of a flag', async () => {
    expect(await inBash(['bootstrap', 'check', '--fail-on', ''])).toEqual(['low', 'medium', 'high', 'critical']);
    expect(await inBash(['bootstrap', 'check', '--output', 's'])).toEqual(['sarif']);
    expect(await inBash(['bootstrap', 'check', '--output', '=', 's'])).toEqual(['sarif']);
    expect(await inBash(['bootstrap', 'check', '--output', '='])).toContain('json');
    expect(await inBash(['bootstrap', 'config', 'show', '--output', ''])).toEqual(['yaml', 'json']);
  });

  it('offers steps to init, and steps and checks to check, one after a comma too', async () => {
    expect(await inBash(['bootstrap', 'init', '--only', 'mf'])).toEqual(['mfa']);
    expect(await inBash(['bootstrap', 'check', '--only', 'mfa.r'])).toEqual(['mfa.root', 'mfa.root-hardware']);
    expect(await inBash(['bootstrap', 'check', '--skip', 'alias,budget.e'])).toEqual(['alias,budget.exists']);
  });

  it('offers pages to explain and shells to completion', async () => {
    expect(await inBash(['bootstrap', 'explain', 'E-ALIAS'])).toEqual(['E-ALIAS-TAKEN']);
    expect(await inBash(['bootstrap', 'completion', ''])).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  it('does not interpret the value of a flag as a command', async () => {
    expect(await inBash(['bootstrap', 'check', '--profile', 'init', '--fail'])).toEqual(['--fail-on']);
    expect(await inBash(['bootstrap', 'check', '--profile', '=', 'init', '--fail'])).toEqual(['--fail-on']);
    expect(await inBash(['bootstrap', 'check', '--profile', ''])).toEqual([]);
  });

  it('offers files for file arguments', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'acme.yaml'), '');
    mkdirSync(join(folder, 'sub'));
    expect(await inBash(['bootstrap', 'check', '--config', 'ac'], folder)).toEqual(['acme.yaml']);
  });

  it('does not run what was typed', async () => {
    const folder = testFolder();
    await inBash(['bootstrap', 'init', '--alias', '$(touch ran)', '--only', '`touch ran`'], folder);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is registered for both names of the tool', async () => {
    const { stdout } = await exec('bash', ['--norc', '-c', `${scripts['bash']}\ncomplete -p bootstrap aws-account-bootstrap`]);
    expect(stdout).toBe('complete -F _bootstrap bootstrap\ncomplete -F _bootstrap aws-account-bootstrap\n');
  });
});

describe.runIf(installed('zsh'))('completion in zsh', () => {
  it('loads without an error and is registered', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'completion'), scripts['zsh'] as string);
    const program = `autoload -Uz compinit; compinit -D; source ${folder}/completion; print -- $_comps[bootstrap] $_comps[aws-account-bootstrap]; whence -w _bootstrap_config_show`;
    const { stdout, stderr } = await exec('zsh', ['-f', '-c', program]);
    expect(stderr).toBe('');
    expect(stdout).toBe('_bootstrap _bootstrap\n_bootstrap_config_show: function\n');
  });
});

describe.runIf(installed('fish'))('completion in fish', () => {
  it.each([
    ['bootstrap ch', ['check']],
    ['bootstrap config ', ['new', 'schema', 'show', 'validate']],
    ['bootstrap check --fail-on ', ['critical', 'high', 'low', 'medium']],
    ['bootstrap init --only mf', ['mfa']],
    ['bootstrap explain mfa.root', ['mfa.root', 'mfa.root-hardware']],
    ['bootstrap check --profile init --fail', ['--fail-on']],
  ])('%j', async (line, wanted) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'completion'), scripts['fish'] as string);
    const { stdout } = await exec('fish', ['--no-config', '-c', `source ${folder}/completion; complete -C '${line}'`], {
      env: { ...process.env, HOME: folder },
    });
    expect(
      stdout
        .split('\n')
        .map((one) => one.split('\t')[0])
        .filter((one) => one !== ''),
    ).toEqual(wanted);
  });
});

/** The script without its quoted texts. Throws if a quote is not closed. */
const unquoted = (script: string): string => {
  const rest = script.replaceAll(/'(?:[^'\n]|'')*'|"[^"\n]*"/g, '_');
  if (/['"]/.test(rest)) throw new Error(`A quote is not closed: ${rest.split('\n').find((line) => /['"]/.test(line))}`);
  return rest;
};

describe('the completion script for PowerShell', () => {
  it('closes every quote and bracket', () => {
    const open: string[] = [];
    for (const mark of unquoted((scripts['powershell'] as string).replaceAll(/^\s*#.*$/gm, '')).match(/[()[\]{}]/g) ?? []) {
      if ('([{'.includes(mark)) open.push(mark);
      else expect(`${open.pop()}${mark}`).toMatch(/^(\(\)|\[\]|\{\})$/);
    }
    expect(open).toEqual([]);
  });

  it('is registered for both names of the tool', () => {
    expect(scripts['powershell']).toContain(
      "Register-ArgumentCompleter -Native -CommandName 'bootstrap', 'aws-account-bootstrap' -ScriptBlock {",
    );
  });

  it('contains every command with its flags, and the values of the flags', () => {
    const entries = [...(scripts['powershell'] as string).matchAll(/^ {8}'([a-z -]*)' = @\{\n((?: {12}.*\n)+)/gm)];
    const bodies = new Map(entries.map(([, path = '', body = '']) => [path, body]));
    expect([...bodies.keys()]).toEqual(expect.arrayContaining(['', 'init', 'check', 'config', 'config show', 'keys rotate', 'completion']));
    expect(bodies.get('')).toMatch(/Words = @\('init\|.*'completion\|/);
    expect(bodies.get('check')).toMatch(/Flags = @\(.*'--fail-on\|/);
    expect(bodies.get('check')).toContain("'--fail-on' = @('low', 'medium', 'high', 'critical')");
    expect(bodies.get('init')).not.toContain('--fail-on');
    expect(bodies.get('check')).toMatch(/Lists = @\('--only', '--skip'\)/);
    expect(bodies.get('completion')).toContain("Words = @('bash', 'zsh', 'fish', 'powershell')");
    // Keys of a PowerShell table do not differ by case alone.
    for (const [path, body] of bodies) {
      const keys = [...body.matchAll(/'(-[\w-]+)' = @/g)].map(([, key = '']) => key.toLowerCase());
      expect([path, keys.length]).toEqual([path, new Set(keys).size]);
    }
  });

  it('is ASCII, so that no encoding of the console changes it', () => {
    expect(scripts['powershell']).toMatch(/^[\n -~]*$/);
  });
});

describe.runIf(installed('pwsh'))('completion in PowerShell', () => {
  it.each([
    ['bootstrap ch', ['check']],
    ['bootstrap config ', ['new', 'validate', 'schema', 'show']],
    ['bootstrap check --fa', ['--fail-on']],
    ['bootstrap check --fail-on ', ['low', 'medium', 'high', 'critical']],
    ['bootstrap check --output=s', ['--output=sarif']],
    ['bootstrap init --only mf', ['mfa']],
    ['bootstrap explain mfa.root', ['mfa.root', 'mfa.root-hardware']],
    ['bootstrap check --profile init --fail', ['--fail-on']],
    ['aws-account-bootstrap completion p', ['powershell']],
  ])('%j', async (line, wanted) => {
    const folder = testFolder();
    writeFileSync(join(folder, 'completion.ps1'), scripts['powershell'] as string);
    const program = `. ${folder}/completion.ps1; (TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`;
    const { stdout, stderr } = await exec('pwsh', ['-NoProfile', '-NonInteractive', '-Command', program], {
      env: { ...process.env, HOME: folder },
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((one) => one !== '')).toEqual(wanted);
  });
});
