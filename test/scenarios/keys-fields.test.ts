import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccountWorld } from '../../src/sandbox/world.js';
import { intercept } from '../support/request-handler.js';
import { requestedOperation } from '../support/wire-record.js';
import { own, signedIn } from './practice-account.js';

/** One field of AWS's answers about a key is missing or odd: what the commands that delete or disable keys make of it. */

const at = '2026-11-23T09:58:00.000Z';
const first = { id: 'AKIAEXAMPLE00000000A', secret: 'A'.repeat(40), status: 'Active', createdAt: '2026-08-01T10:00:00.000Z' } as const;
const second = { id: 'AKIAEXAMPLE00000000B', secret: 'B'.repeat(40), createdAt: at } as const;
const use = { at: '2026-11-23T09:59:00Z', service: 's3', region: 'us-east-1' };

/** A change of one element of an answer: `undefined` removes it. */
type Flip = readonly [operation: 'ListAccessKeys' | 'GetAccessKeyLastUsed', field: string, value: string | undefined];
const flips: readonly Flip[] = [
  ['ListAccessKeys', 'AccessKeyId', undefined],
  ['ListAccessKeys', 'AccessKeyId', ''],
  ['ListAccessKeys', 'Status', undefined],
  ['ListAccessKeys', 'Status', ''],
  ['ListAccessKeys', 'Status', 'active'],
  ['ListAccessKeys', 'Status', 'Unknown'],
  ['ListAccessKeys', 'Status', 'Expired'],
  ['ListAccessKeys', 'CreateDate', undefined],
  ['ListAccessKeys', 'CreateDate', 'yesterday'],
  ['ListAccessKeys', 'CreateDate', '2020-01-01T00:00:00Z'],
  ['ListAccessKeys', 'CreateDate', '2099-01-01T00:00:00Z'],
  ['ListAccessKeys', 'UserName', undefined],
  ['ListAccessKeys', 'UserName', 'alex'],
  ['ListAccessKeys', 'UserName', 'CI'],
  ['ListAccessKeys', 'AccessKeyMetadata', undefined],
  ['GetAccessKeyLastUsed', 'LastUsedDate', undefined],
  ['GetAccessKeyLastUsed', 'LastUsedDate', 'yesterday'],
  ['GetAccessKeyLastUsed', 'LastUsedDate', '1970-01-01T00:00:00Z'],
  ['GetAccessKeyLastUsed', 'ServiceName', undefined],
  ['GetAccessKeyLastUsed', 'ServiceName', ''],
  ['GetAccessKeyLastUsed', 'ServiceName', 's3'],
  ['GetAccessKeyLastUsed', 'Region', undefined],
  ['GetAccessKeyLastUsed', 'Region', 'mars-north-1'],
  ['GetAccessKeyLastUsed', 'AccessKeyLastUsed', undefined],
];

const element = (text: string, field: string, value: string | undefined): string => {
  const found = new RegExp(`<${field}>.*?</${field}>`, 's');
  const instead = value === undefined ? '' : `<${field}>${value}</${field}>`;
  return found.test(text)
    ? text.replace(found, instead)
    : value === undefined
      ? text
      : text.replace('<ServiceName>', `${instead}<ServiceName>`);
};
/** Only what AWS shows of the second key. */
const flipped = (text: string, [operation, field, value]: Flip): string => {
  if (operation === 'GetAccessKeyLastUsed') return element(text, field, value);
  if (field === 'AccessKeyMetadata') return text.includes(second.id) ? element(text, field, value) : text;
  return text.replace(/<member>.*?<\/member>/gs, (member) => (member.includes(second.id) ? element(member, field, value) : member));
};

interface Wire {
  readonly response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: Uint8Array };
}
const withFlip = (handler: any, flip: Flip | undefined): object =>
  intercept(handler, async (record, send) => {
    const answered = (await send()) as Wire;
    const { operation } = requestedOperation(record);
    if (flip?.[0] !== operation || answered.response.statusCode !== 200) return answered;
    if (operation === 'GetAccessKeyLastUsed' && !record.body.includes(second.id)) return answered;
    const body = Buffer.from(flipped(Buffer.from(answered.response.body).toString('utf8'), flip));
    return { response: { ...answered.response, headers: { ...answered.response.headers, 'content-length': String(body.length) }, body } };
  });

interface Case {
  readonly command: readonly string[];
  readonly status: 'Active' | 'Inactive';
  readonly isUsed: boolean;
  readonly tags?: Record<string, string>;
  /** An open entry of an interrupted run fits the second key. */
  readonly hasEntry?: true;
}
const config = 'version: 1\naccess-keys: { mode: create, user: ci, profile: work }\n';

/** The second key after the command: its status, or `deleted`. */
const fateOf = async (
  { command, status, isUsed, tags = {}, hasEntry }: Case,
  flip: Flip | undefined,
): Promise<{ readonly fate: string; readonly first: string | undefined; readonly code: number }> => {
  const edit = (account: AccountWorld): void =>
    void account.users.push({
      id: 'AIDACIUSER0000000001',
      name: 'ci',
      path: '/',
      createdAt: first.createdAt,
      tags,
      groups: [],
      attachedPolicies: [],
      inlinePolicies: {},
      password: null,
      accessKeys: [
        { ...first, lastUsed: { ...use, at: '2026-11-01T10:00:00Z' } },
        { ...second, status, lastUsed: isUsed ? use : null },
      ],
    });
  const shell = await signedIn({ edit, around: (handler) => withFlip(handler, flip) });
  const aws = join(shell.home, '.aws');
  mkdirSync(aws, { mode: 0o700 });
  writeFileSync(join(aws, 'credentials'), `[work]\naws_access_key_id = ${first.id}\naws_secret_access_key = ${first.secret}\n`, {
    mode: 0o600,
  });
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
  if (hasEntry) {
    const entry = {
      id: 'e1',
      accountId: own,
      kind: 'access-key',
      user: 'ci',
      at,
      before: [first.id],
      made: null,
      state: 'open',
      place: null,
      replaces: first.id,
      holder: `999999999 ${hostname()}`,
    };
    const journal = join(shell.home, '.local', 'state', 'aws-account-bootstrap', 'journal');
    mkdirSync(journal, { recursive: true, mode: 0o700 });
    writeFileSync(join(journal, `${own}.json`), JSON.stringify({ version: 1, account: own, entries: [entry] }), { mode: 0o600 });
  }
  const { code } = await shell.run([...command, '--yes', '--account-id', own, '--output', 'json']);
  const keys = shell.account().users.find(({ name }) => name === 'ci')?.accessKeys ?? [];
  return {
    fate: keys.find(({ id }) => id === second.id)?.status ?? 'deleted',
    first: keys.find(({ id }) => id === first.id)?.status,
    code,
  };
};
/** What the flipped answers show, in words. */
const shows = {
  /** The key can be identified, as one of this user, with a status that AWS documents. */
  theKey: ([operation, field, value = 'missing']: Flip): boolean =>
    operation !== 'ListAccessKeys' ||
    !(
      (field === 'AccessKeyId' && ['missing', ''].includes(value)) ||
      (field === 'Status' && value !== 'Expired') ||
      (field === 'CreateDate' && value === 'yesterday') ||
      (field === 'UserName' && value === 'alex') ||
      field === 'AccessKeyMetadata'
    ),
  itsTime: ([, field]: Flip): boolean => field !== 'CreateDate',
  /** AWS calls a key unused by having no date, and by naming no service. */
  use: (isUsed: boolean, [, field, value]: Flip): 'used' | 'used long ago' | 'unused' | 'unknown' => {
    if (field === 'AccessKeyLastUsed' || (field === 'LastUsedDate' && value === 'yesterday')) return 'unknown';
    if (field === 'LastUsedDate' && value !== undefined) return 'used long ago';
    if (field === 'LastUsedDate' && isUsed) return 'unknown';
    if (isUsed) return 'used';
    return field === 'ServiceName' ? 'unknown' : 'unused';
  },
  inactive: ({ status }: Case, [, field, value]: Flip): boolean => status === 'Inactive' || (field === 'Status' && value === 'Expired'),
};
const isLost = (one: Case, flip: Flip): boolean =>
  one.hasEntry === true && shows.theKey(flip) && shows.itsTime(flip) && shows.use(one.isUsed, flip) === 'unused';

const rotation = ['keys', 'rotate', '--user', 'ci', '--key', first.id];
const named = ['--user', 'ci', '--key', second.id];
const ours = { 'created-by': 'aws-account-bootstrap' };
/** What happens to the second key, without a flip and with one. */
const cases: readonly (readonly [name: string, one: Case, without: string, expected: (one: Case, flip: Flip) => boolean])[] = [
  ['rotate, with a lost key', { command: rotation, status: 'Active', isUsed: false, hasEntry: true }, 'deleted', isLost],
  ['rotate, with a key that was used', { command: rotation, status: 'Active', isUsed: true, hasEntry: true }, 'Active', isLost],
  [
    'rotate --delete-inactive, with an inactive key',
    { command: [...rotation, '--delete-inactive'], status: 'Inactive', isUsed: true },
    'deleted',
    (one, flip) => shows.theKey(flip) && shows.inactive(one, flip),
  ],
  [
    'rotate --delete-inactive, with an active key',
    { command: [...rotation, '--delete-inactive'], status: 'Active', isUsed: false },
    'Active',
    (one, flip) => shows.theKey(flip) && shows.inactive(one, flip),
  ],
  [
    'delete, of an active key',
    { command: ['keys', 'delete', ...named], status: 'Active', isUsed: true },
    'Active',
    (one, flip) => shows.theKey(flip) && shows.inactive(one, flip),
  ],
  [
    'init, with a lost key',
    { command: ['init', '--only', 'access-keys'], status: 'Active', isUsed: false, hasEntry: true },
    'deleted',
    isLost,
  ],
  [
    'init, with a key that was used',
    { command: ['init', '--only', 'access-keys'], status: 'Active', isUsed: true, hasEntry: true },
    'Active',
    isLost,
  ],
  [
    'undo, of a user with an unused key',
    { command: ['undo', '--only', 'access-keys'], status: 'Active', isUsed: false, tags: ours },
    'deleted',
    (one, flip) => shows.theKey(flip) && ['unused', 'used long ago'].includes(shows.use(one.isUsed, flip)),
  ],
  [
    'undo, of a user with a key in use',
    { command: ['undo', '--only', 'access-keys'], status: 'Active', isUsed: true, tags: ours },
    'Active',
    (one, flip) => shows.theKey(flip) && ['unused', 'used long ago'].includes(shows.use(one.isUsed, flip)),
  ],
];

describe.each(cases)('%s', (_, one, without, deletes) => {
  it('deletes the key only if every field that decides is there', async () => {
    expect((await fateOf(one, undefined)).fate).toBe(without);
    const wrong: string[] = [];
    for (const flip of flips) {
      const { fate, first: other, code } = await fateOf(one, flip);
      const isRight = fate === (deletes(one, flip) ? 'deleted' : one.status);
      // The other key is only disabled, and only when all went well.
      const isKept =
        one.command[0] === 'undo'
          ? (other === undefined) === (fate === 'deleted')
          : other === 'Active' || (other === 'Inactive' && code === 0);
      if (!isRight || !isKept || code === 1) wrong.push(`${flip.join(' ')}: ${fate}, the other ${other}, exit ${code}`);
    }
    expect(wrong).toEqual([]);
    expect(flips.length).toBe(24);
  });
});
