import { describe, expect, it } from 'vitest';
import type { App } from '../../src/app.js';
import { askForDestination } from '../../src/commands/init-destination.js';
import type { Resolved, ResolvedStep } from '../../src/config/resolve.js';
import { type Exchange, scriptedPrompter } from '../ui/scripted-prompter.js';

const step = (slice: object): ResolvedStep => ({ wanted: true, judged: true, intended: true, slice, section: 'given', excluded: false });
const resolved = (over: Partial<Resolved> = {}, password = 'generate'): Resolved => ({
  steps: { 'admin-user': step({ 'console-password': password }), mfa: step({ admin: 'required', assign: 'in-person' }) },
  missing: [],
  warnings: [],
  ...over,
});
const asked = async (
  script: readonly Exchange[],
  of: Resolved,
  more: { readonly env?: Record<string, string>; readonly sandboxed?: boolean } = {},
) => {
  const prompter = scriptedPrompter(script);
  const app = { host: { env: more.env ?? {} }, sandboxed: more.sandboxed ?? false, prompter: async () => prompter } as unknown as App;
  const answer = await askForDestination(app, of);
  prompter.done();
  return answer;
};

describe('asking where secrets go', () => {
  const cloudShell = { env: { AWS_EXECUTION_ENV: 'CloudShell' } };
  it('offers a file, and none for Enter alone', async () => {
    expect(await asked([{ asked: 'File for', answer: './s.json' }], resolved())).toEqual({ secretsFile: './s.json' });
    expect(await asked([{ asked: 'File for', answer: '' }], resolved())).toEqual({});
  });
  it('offers to show them once in CloudShell, and no file', async () => {
    expect(await asked([{ asked: 'Show the new secrets here', answer: true }], resolved(), cloudShell)).toEqual({ showSecrets: true });
    expect(await asked([{ asked: 'Show the new secrets here', answer: false }], resolved(), cloudShell)).toEqual({ showSecrets: false });
  });
  it('is left out when nothing needs a place, when there is one, and in the practice account', async () => {
    expect(await asked([], resolved({}, 'none'))).toEqual({});
    expect(await asked([], resolved({ destination: { kind: 'terminal' } }))).toEqual({});
    expect(await asked([], resolved(), { sandboxed: true })).toEqual({});
  });
  it('is for a key without a profile too', async () => {
    const keys = step({ mode: 'create', profile: false });
    expect(await asked([{ asked: 'File for', answer: 'k' }], resolved({ steps: { 'access-keys': keys } }))).toEqual({ secretsFile: 'k' });
  });
});
