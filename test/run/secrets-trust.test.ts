import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../src/core/errors.js';
import type { Destination } from '../../src/core/secret.js';
import type { App } from '../../src/run/app.js';
import { type ChosenDestination, guardTrust, hasPower, secretPlaceOf, typedDestination } from '../../src/run/secrets-trust.js';
import { testFolder } from '../support/test-folder.js';

/** A working folder with a folder, a link that leads out, and one that leads nowhere else. */
const folder = (): string => {
  const [cwd, elsewhere] = [testFolder(), testFolder()];
  mkdirSync(join(cwd, 'sub'));
  symlinkSync(elsewhere, join(cwd, 'out'));
  symlinkSync(join(cwd, 'sub'), join(cwd, 'in'));
  return cwd;
};
const program: Destination = { kind: 'command', command: ['tee', 'a b'], environment: [] };

describe('a destination', () => {
  it.each<readonly [Destination, boolean]>([
    [{ kind: 'file', file: 's.json' }, false],
    [{ kind: 'file', file: 'sub/s.json' }, false],
    [{ kind: 'file', file: 'in/s.json' }, false],
    [{ kind: 'file', file: '..s.json' }, false],
    [{ kind: 'file', file: '../s.json' }, true],
    [{ kind: 'file', file: '..' }, true],
    [{ kind: 'file', file: 'sub/../../s.json' }, true],
    [{ kind: 'file', file: 'out/s.json' }, true],
    [{ kind: 'file', file: '/tmp/s.json' }, true],
    [program, true],
    [{ kind: 'age', recipients: ['age1x'] }, true],
    [{ kind: 'terminal' }, false],
  ])('%j can leak secrets: %s', async (destination, power) => {
    expect(await hasPower(destination, folder())).toBe(power);
  });

  it.each<
    readonly [ChosenDestination['by'], attended: boolean, sandboxed: boolean, answer: boolean, code: string | undefined, asked: number]
  >([
    ['user', false, false, false, undefined, 0],
    ['folder', false, false, true, 'E-SECRETS-UNCONFIRMED', 0],
    ['plan', false, false, true, 'E-SECRETS-UNCONFIRMED', 0],
    ['folder', false, true, false, undefined, 0],
    ['folder', true, false, true, undefined, 1],
    ['folder', true, false, false, 'E-DECLINED', 1],
    ['plan', true, false, false, 'E-DECLINED', 1],
    ['user', true, false, false, undefined, 0],
  ])('that the %s chose, attended: %s, practice account: %s, answer: %s: %s', async (by, attended, sandboxed, answer, code, asked) => {
    const questions: { readonly default: boolean }[] = [];
    const confirm = async (question: { readonly default: boolean }): Promise<boolean> => {
      questions.push(question);
      return answer;
    };
    const app = { host: { cwd: folder() }, sandboxed, prompter: async () => ({ confirm }) } as unknown as App;
    const chosen = { destination: program, words: 'the program tee', from: 'bootstrap.yaml:3', by, confirmBy: '--config x' };
    const ended = await guardTrust(app, chosen, attended).then(
      () => undefined,
      (error: unknown) => (error instanceof BootstrapError ? error.code : String(error)),
    );
    expect([ended, questions.map((one) => one.default)]).toEqual([code, Array.from({ length: asked }, () => false)]);
  });

  it('needs no confirmation if it is a file in the folder, or if there is none', async () => {
    const app = { host: { cwd: folder() }, sandboxed: false } as unknown as App;
    const file = { kind: 'file', file: 's.json' } as const;
    await guardTrust(app, undefined, false);
    await guardTrust(app, { destination: file, words: '', from: '', by: 'folder', confirmBy: '' }, false);
    await expect(guardTrust(app, { destination: program, words: '', from: '', by: 'folder', confirmBy: '' }, false)).rejects.toThrow();
  });

  it.each<readonly [Destination, readonly string[]]>([
    [{ kind: 'file', file: 'a b' }, ["--secrets-file 'a b'"]],
    [program, [`--secret-command 'tee "a b"'`]],
    [{ kind: 'age', recipients: ['age1x', 'age1y'] }, ['--encrypt-to age1x', '--encrypt-to age1y']],
    [{ kind: 'terminal' }, ['--show-secrets']],
  ])('%j is typed as %j', (destination, flags) => {
    expect(typedDestination(destination)).toEqual(flags);
  });
});

describe('the place of a secret in the plan', () => {
  const places = { 'access-key': 'profile ci', 'console-password': 'secrets.json', 'mfa-seed': 'secrets.json' } as const;
  it.each([
    [['iam:CreateAccessKey'], 'profile ci'],
    [['iam:CreateLoginProfile'], 'the program tee (--secret-command)'],
  ])('of %j is %s', (calls, place) => {
    const chosen = { words: 'the program tee', from: '--secret-command' };
    expect(secretPlaceOf(chosen, (kind) => places[kind])(calls)).toBe(place);
  });

  it('is the destination for a key too if there is no profile', () => {
    const chosen = { words: 'the program tee', from: '--secret-command' };
    expect(secretPlaceOf(chosen, () => 'secrets.json')(['iam:CreateAccessKey'])).toBe('the program tee (--secret-command)');
    expect(secretPlaceOf(undefined, () => 'secrets.json')(['iam:CreateLoginProfile'])).toBe('secrets.json');
  });
});
