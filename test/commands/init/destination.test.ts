import { describe, expect, it } from 'vitest';
import { askForDestination, secretsForDestination } from '../../../src/commands/init/destination.js';
import { resolveConfig, selectionsOf } from '../../../src/config/resolve.js';
import type { Config } from '../../../src/config/schema.js';
import { BootstrapError } from '../../../src/core/errors.js';
import { prepare } from '../../../src/engine/assess.js';
import type { App } from '../../../src/run/app.js';
import { steps } from '../../../src/steps/index.js';
import { type Exchange, scriptedPrompter } from '../../ui/scripted-prompter.js';

const asked = async (script: readonly Exchange[], env: Record<string, string> = {}, refused: readonly string[] = []) => {
  const prompter = scriptedPrompter(script);
  const said: string[] = [];
  const app = {
    host: { env },
    terminal: { message: (text: string) => said.push(text) },
    prompter: async () => prompter,
    tryDestination: async (destination: { readonly file?: string } | undefined) => {
      if (refused.includes(destination?.file ?? ''))
        throw new BootstrapError({ code: 'E-SECRETS-DESTINATION', message: 'It cannot be written.', next: 'Name another.' });
    },
  } as unknown as App;
  const answer = await askForDestination(app, '111122223333');
  prompter.done();
  return { answer, said: said.join('') };
};
const where = 'Where to store the new console password';

describe('asking for the destination of secrets', () => {
  it('offers a file of the account first, then the screen', async () => {
    expect((await asked([{ asked: where, answer: '' }])).answer).toEqual({ secretsFile: 'aws-111122223333-secrets.json' });
    expect((await asked([{ asked: where, answer: 'Show it here, once' }])).answer).toEqual({ showSecrets: true });
  });
  it('offers the screen first in CloudShell', async () => {
    const cloudShell = { AWS_EXECUTION_ENV: 'CloudShell' };
    expect((await asked([{ asked: where, answer: '' }], cloudShell)).answer).toEqual({ showSecrets: true });
    expect((await asked([{ asked: where, answer: 'File aws' }], cloudShell)).answer).toHaveProperty('secretsFile');
  });
  it('does not offer the screen on a terminal that cannot erase it', async () => {
    await expect(asked([{ asked: where, answer: 'Shown here' }], { TERM: 'dumb' })).rejects.toThrow('offers no Shown here');
  });
  it.each<[choice: string, question: string, answer: string, flags: object]>([
    ['Another file', 'File', './s.json', { secretsFile: './s.json' }],
    ['A command', 'Command', 'pass insert -m aws', { secretCommand: 'pass insert -m aws' }],
    ['encrypted with age', 'Recipient', 'age1qqq', { encryptTo: ['age1qqq'] }],
  ])('accepts %s', async (choice, question, answer, flags) => {
    const script = [
      { asked: where, answer: choice },
      { asked: question, answer },
    ];
    expect((await asked(script)).answer).toEqual(flags);
  });
  it.each([
    ['Another file', 'File', '~/s.json', 'only a shell expands'],
    ['A command', 'Command', "pass 'x", 'unclosed quote'],
    ['encrypted with age', 'Recipient', 'ssh-ed25519 AAAA', 'is not an age recipient'],
  ])('rejects an invalid value for %s', async (choice, question, answer, why) => {
    const script = [
      { asked: where, answer: choice },
      { asked: question, answer },
    ];
    await expect(asked(script)).rejects.toThrow(why);
  });
  it('creates no password if the user chooses none', async () => {
    expect((await asked([{ asked: where, answer: 'No password now' }])).answer).toEqual({});
  });
  it('explains why a destination cannot be written, and asks again', async () => {
    const script = [
      { asked: where, answer: '' },
      { asked: where, answer: 'Show it here, once' },
    ];
    const { answer, said } = await asked(script, {}, ['aws-111122223333-secrets.json']);
    expect(answer).toEqual({ showSecrets: true });
    expect(said).toBe('It cannot be written. Name another.');
  });
});

describe('secrets that need a destination', () => {
  const secretsOf = (sections: Config['sections'], unattended: boolean, only?: string): readonly string[] => {
    const resolved = resolveConfig({
      config: { file: 'bootstrap.yaml', sections, waivers: [], warnings: [] },
      flags: only === undefined ? {} : { only: [only] },
      steps,
      command: 'init',
      sandbox: false,
      random: () => '',
    });
    const choices = { command: 'init', unattended, secrets: 'chosen', switches: [] } as const;
    return secretsForDestination(prepare(selectionsOf(steps, resolved), choices)).map(({ name }) => name);
  };
  const [password, seed, key] = ['a console password', 'an MFA seed', 'an access key without a profile'];
  const admin = { name: 'alex' };
  const ownKey = { mode: 'create', user: 'ci', profile: false };

  it.each<[what: string, sections: Config['sections'], attended: readonly string[], unattended: readonly string[]]>([
    ['a password, if its MFA device is enrolled at a terminal', { 'admin-user': admin }, [password], []],
    [
      'a password, if its MFA device is enrolled unattended',
      { 'admin-user': admin, mfa: { assign: 'unattended' } },
      [password],
      [password],
    ],
    ['a password, if no MFA is asked for', { 'admin-user': admin, mfa: false }, [password], [password]],
    ['no password, if the config asks for none', { 'admin-user': { ...admin, 'console-password': 'none' } }, [], []],
    ['no password of IAM Identity Center', { 'admin-user': { kind: 'identity-center' } }, [], []],
    ['no password of a step that is left out', { 'admin-user': false }, [], []],
    ['a seed that is stored', { 'admin-user': false, mfa: { 'keep-seed': true } }, [seed], []],
    ['a key without a profile', { 'admin-user': false, 'access-keys': ownKey }, [key], [key]],
    ['no key with a profile', { 'admin-user': false, 'access-keys': { ...ownKey, profile: 'ci' } }, [], []],
    [
      'all of them, in the order of the steps',
      { 'admin-user': admin, mfa: { 'keep-seed': true }, 'access-keys': ownKey },
      [password, seed, key],
      [key],
    ],
  ])('are %s', (_, sections, attended, unattended) => {
    expect(secretsOf(sections, false)).toEqual(attended);
    expect(secretsOf(sections, true)).toEqual(unattended);
  });
  it('are those of the steps that run', () => {
    expect(secretsOf({ 'admin-user': admin, 'access-keys': ownKey }, false, 'access-keys')).toEqual([key]);
  });
});
