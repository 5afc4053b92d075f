import { describe, expect, it } from 'vitest';
import { askForDestination, needsDestination } from '../../../src/commands/init/destination.js';
import type { Resolved, ResolvedStep } from '../../../src/config/resolve.js';
import { BootstrapError } from '../../../src/core/errors.js';
import type { App } from '../../../src/run/app.js';
import { type Exchange, scriptedPrompter } from '../../ui/scripted-prompter.js';

const step = (slice: object): ResolvedStep => ({ wanted: true, judged: true, intended: true, slice, section: 'given', excluded: false });
const resolved = (over: Partial<Resolved> = {}, password = 'generate'): Resolved => ({
  steps: { 'admin-user': step({ 'console-password': password }), mfa: step({ admin: 'required', assign: 'in-person' }) },
  missing: [],
  open: [],
  waivers: [],
  warnings: [],
  ...over,
});
const asked = async (script: readonly Exchange[], env: Record<string, string> = {}, refused: readonly string[] = []) => {
  const prompter = scriptedPrompter(script);
  const said: string[] = [];
  const app = {
    host: { env },
    terminal: { stderr: (text: string) => said.push(text) },
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
const where = 'Where the new console password goes';

describe('asking where secrets go', () => {
  it('offers a file of the account first, then the screen', async () => {
    expect((await asked([{ asked: where, answer: '' }])).answer).toEqual({ secretsFile: 'aws-111122223333-secrets.json' });
    expect((await asked([{ asked: where, answer: 'Shown here, once' }])).answer).toEqual({ showSecrets: true });
  });
  it('shows them once in CloudShell, unless a file is asked for', async () => {
    const cloudShell = { AWS_EXECUTION_ENV: 'CloudShell' };
    expect((await asked([{ asked: where, answer: '' }], cloudShell)).answer).toEqual({ showSecrets: true });
    expect((await asked([{ asked: where, answer: 'File aws' }], cloudShell)).answer).toHaveProperty('secretsFile');
  });
  it('does not offer the screen where it could not be taken back', async () => {
    await expect(asked([{ asked: where, answer: 'Shown here' }], { TERM: 'dumb' })).rejects.toThrow('offers no Shown here');
  });
  it.each<[choice: string, question: string, answer: string, flags: object]>([
    ['Another file', 'File', './s.json', { secretsFile: './s.json' }],
    ['A command', 'Command', 'pass insert -m aws', { secretCommand: 'pass insert -m aws' }],
    ['encrypted with age', 'Recipient', 'age1qqq', { encryptTo: ['age1qqq'] }],
  ])('takes %s', async (choice, question, answer, flags) => {
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
  ])('refuses for %s what will not do', async (choice, question, answer, why) => {
    const script = [
      { asked: where, answer: choice },
      { asked: question, answer },
    ];
    await expect(asked(script)).rejects.toThrow(why);
  });
  it('makes no password when told so', async () => {
    expect((await asked([{ asked: where, answer: 'No password now' }])).answer).toEqual({});
  });
  it('says what is wrong with a place that cannot be written, and asks again', async () => {
    const script = [
      { asked: where, answer: '' },
      { asked: where, answer: 'Shown here, once' },
    ];
    const { answer, said } = await asked(script, {}, ['aws-111122223333-secrets.json']);
    expect(answer).toEqual({ showSecrets: true });
    expect(said).toBe('It cannot be written. Name another.\n');
  });
});

describe('secrets without a place', () => {
  it('are none when nothing needs a place, or there is one', () => {
    expect(needsDestination(resolved({}, 'none'), true)).toEqual([]);
    expect(needsDestination(resolved({ destination: { kind: 'terminal' } }), true)).toEqual([]);
  });
  it('are a password, and a key without a profile', () => {
    expect(needsDestination(resolved(), true)).toEqual(['a console password']);
    const keys = step({ mode: 'create', profile: false });
    expect(needsDestination(resolved({ steps: { 'access-keys': keys } }), true)).toEqual(['an access key that no profile takes']);
  });
  it('are no password where nobody is there to enrol its MFA device', () => {
    expect(needsDestination(resolved(), false)).toEqual([]);
  });
});
