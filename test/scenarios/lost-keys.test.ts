import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld } from '../../src/sandbox/world.js';
import { own, signedIn } from './practice-account.js';

/** After a run that ended between its request for an access key and the answer: which key the next run deletes. */

const config = `version: 1\naccount: { id: "${own}" }\naccess-keys: { mode: create, user: ci, policies: [ReadOnlyAccess], profile: ci }\n`;
const init = ['init', '--yes', '--only', 'access-keys', '--output', 'json'];
const dead = `999999999 ${hostname()}`;
const journalOf = (home: string): string => join(home, '.local', 'state', 'aws-account-bootstrap', 'journal', `${own}.json`);
const keysOf = (account: AccountWorld): AccountWorld['users'][number]['accessKeys'] =>
  account.users.find(({ name }) => name === 'ci')?.accessKeys ?? [];

describe('a key that was created after a request without an answer', () => {
  it.each([
    [-30, 'kept'],
    [-10, 'deleted'],
    [1, 'deleted'],
    [60, 'deleted'],
    [61, 'kept'],
    [600, 'kept'],
  ])('%i seconds later is %s', async (seconds, fate) => {
    const shell = await signedIn();
    const at = shell.clock.now();
    const secret = 'ASECRETSECRETSECRETSECRETSECRETSECRETSEC';
    const key = {
      id: 'AKIAEXAMPLE00000000A',
      secret,
      status: 'Active' as const,
      createdAt: new Date(at.getTime() + seconds * 1000).toISOString(),
      lastUsed: null,
    };
    shell.sandbox.world.accounts[own]?.users.push({
      id: 'AIDACI',
      name: 'ci',
      path: '/',
      createdAt: '2026-11-01T00:00:00.000Z',
      tags: {},
      groups: [],
      attachedPolicies: [],
      inlinePolicies: {},
      password: null,
      accessKeys: [key],
    });
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
    const entry = { id: 'e1', accountId: own, kind: 'access-key', user: 'ci', at: at.toISOString(), before: [], made: null };
    mkdirSync(dirname(journalOf(shell.home)), { recursive: true, mode: 0o700 });
    writeFileSync(
      journalOf(shell.home),
      JSON.stringify({
        version: 1,
        account: own,
        entries: [{ ...entry, state: 'open', place: null, replaces: null, holder: dead }],
      }),
      { mode: 0o600 },
    );
    shell.clock.advance(700_000);
    const { code, stdout, writes } = await shell.run(init);
    const { results } = JSON.parse(stdout) as RunReport;
    if (fate === 'kept') {
      expect([code, writes, keysOf(shell.account())]).toEqual([5, [], [key]]);
      expect(results.find(({ id }) => id === 'access-keys.stored')).toMatchObject({ status: 'manual', resource: key.id });
    } else {
      expect([code, keysOf(shell.account()).map(({ id }) => id === key.id)]).toEqual([0, [false]]);
      expect(writes.slice(0, 2)).toEqual(['iam:UpdateAccessKey', 'iam:DeleteAccessKey']);
    }
  });

  it.each([-4, 0, 4])('is recognized when the clock of AWS is %i minutes ahead', async (minutes) => {
    const shell = await signedIn({ aheadMs: minutes * 60_000 });
    const { knobs } = shell.sandbox.world;
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
    knobs.faults = [
      { operation: 'iam:CreateAccessKey', what: { kind: 'drop-after' } },
      { operation: 'iam:GetAccessKeyLastUsed', what: { kind: 'error', code: 'AccessDenied', status: 403 } },
    ];
    await shell.run(init);
    const [lost] = keysOf(shell.account());
    expect(keysOf(shell.account())).toHaveLength(1);
    knobs.faults = [];
    const journal = readFileSync(journalOf(shell.home), 'utf8');
    expect(journal).toContain('"made": null');
    writeFileSync(journalOf(shell.home), journal.replaceAll(/"holder": "[^"]*"/g, `"holder": "${dead}"`));
    const again = await shell.run(init);
    expect([again.code, keysOf(shell.account()).map(({ id }) => id === lost?.id)]).toEqual([0, [false]]);
  });

  it('is left alone in a dry run, with the journal', async () => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
    shell.sandbox.world.knobs.faults = [
      { operation: 'iam:CreateAccessKey', what: { kind: 'drop-after' } },
      { operation: 'iam:GetAccessKeyLastUsed', what: { kind: 'error', code: 'AccessDenied', status: 403 } },
    ];
    await shell.run(init);
    shell.sandbox.world.knobs.faults = [];
    writeFileSync(
      journalOf(shell.home),
      readFileSync(journalOf(shell.home), 'utf8').replaceAll(/"holder": "[^"]*"/g, `"holder": "${dead}"`),
    );
    const [journal, keys] = [readFileSync(journalOf(shell.home), 'utf8'), structuredClone(keysOf(shell.account()))];
    const { writes } = await shell.run([...init, '--dry-run']);
    expect([writes, readFileSync(journalOf(shell.home), 'utf8'), keysOf(shell.account())]).toEqual([[], journal, keys]);
  });
});
