import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { KeysReport } from '../../src/core/keys.js';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { lasting, own, type PracticeAccount, practiceAccount } from './practice-account.js';
import { accountInState, alias, config, makePieces, type Pieces, untouched } from './starting-states.js';

/** AWS may split a list anywhere: here, every list starts with an empty page, followed by one item per page. */

let pieces: Pieces;
let bootstrapped: World;
beforeAll(async () => {
  pieces = await makePieces();
  const practiced = practiceAccount();
  writeFileSync(join(practiced.home, 'bootstrap.yaml'), config());
  await practiced.run(['init', '--yes']);
  bootstrapped = practiced.world();
});

/** A practice account with this world and change, with pages of the requested size or the shortest ones. */
const accountOf = (pages: 'whole' | 'short', change: (world: World) => void = () => {}): PracticeAccount => {
  const practiced = practiceAccount();
  writeFileSync(join(practiced.home, 'bootstrap.yaml'), config());
  practiced.edit((_, world) => {
    const { accounts, organizations, handshakes } = structuredClone(bootstrapped);
    Object.assign(world, { accounts, organizations, handshakes });
    change(world);
  });
  if (pages === 'short') practiced.turn({ shortPages: true });
  return practiced;
};

/** Adds a user with two active keys and a password without MFA, and two administrators. */
const neglected = (world: World): void => {
  const account = world.accounts[own];
  const [ci, alex] = ['ci', 'alex'].map((wanted) => account?.users.find(({ name }) => name === wanted));
  if (account === undefined || ci === undefined || alex === undefined) throw new Error('the account is not there');
  account.users.push(
    {
      ...ci,
      id: 'AIDASTRANGER11111111',
      name: 'stranger',
      accessKeys: ['1', '2'].map((digit) => ({ ...(ci.accessKeys[0] as (typeof ci.accessKeys)[0]), id: `AKIASTRANGER1111111${digit}` })),
    },
    { ...alex, id: 'AIDAZOE1111111111111', name: 'zoe' },
  );
};

const worlds = [
  { name: 'a bootstrapped account', change: () => {} },
  { name: 'an account with users that no one maintains', change: neglected },
];

describe('with short pages', () => {
  it.each(worlds)('check of $name has the same result as with full pages', async ({ change }) => {
    const findings = async (pages: 'whole' | 'short') => {
      const practiced = accountOf(pages, change);
      const { code, stdout, requests } = await practiced.run(['check', '--output', 'json']);
      const report = JSON.parse(stdout.replaceAll(practiced.home, 'HOME')) as RunReport;
      const results = report.results.map(({ evidence: _, ...result }) => result);
      return { code, results, account: report.account, requests };
    };
    const [whole, short] = [await findings('whole'), await findings('short')];
    expect(short.results).toEqual(whole.results);
    expect(short.account).toEqual(whole.account);
    expect(short.account?.alias).toBe(alias);
    expect(short.code).toBe(whole.code);
    expect(short.requests.length).toBeGreaterThan(whole.requests.length + 20);
  });

  it('a second run of init writes nothing', async () => {
    const practiced = accountOf('short');
    const before = lasting(practiced.world());
    const { writes } = await practiced.run(['init', '--yes', '--secrets-file', 'secrets.json']);
    expect(writes).toEqual([]);
    expect(lasting(practiced.world())).toEqual(before);
  });

  it('init of a new account has the same result, with the same number of writes', async () => {
    const made = async (pages: 'whole' | 'short') => {
      const practiced = practiceAccount();
      writeFileSync(join(practiced.home, 'bootstrap.yaml'), config());
      if (pages === 'short') practiced.turn({ shortPages: true });
      const { code, writes } = await practiced.run(['init', '--yes']);
      return { code, writes };
    };
    expect(await made('short')).toEqual(await made('whole'));
  });

  it('an alias that exists is kept', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    practiced.turn({ shortPages: true });
    const { writes, report } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(writes).toEqual([]);
    expect(practiced.account().alias).toBe('old-name');
    expect(report.results.find(({ id }) => id === 'alias.name')).toMatchObject({ status: 'fail', observed: 'old-name' });
  });

  it('a user with an access key does not get a second one', async () => {
    const practiced = accountOf('short');
    const { writes } = await practiced.run(['init', '--yes', '--only', 'access-keys']);
    expect(writes).toEqual([]);
    expect(practiced.account().users.find(({ name }) => name === 'ci')?.accessKeys).toHaveLength(1);
  });

  it('keys list and accounts list show everything', async () => {
    const rows = async (pages: 'whole' | 'short') => {
      const practiced = accountOf(pages, neglected);
      const keys = JSON.parse((await practiced.run(['keys', 'list', '--output', 'json'])).stdout) as KeysReport;
      const accounts = JSON.parse((await practiced.run(['accounts', 'list', '--output', 'json'])).stdout) as AccountsReport;
      return { keys: keys.keys, accounts: accounts.accounts };
    };
    const short = await rows('short');
    expect(short).toEqual(await rows('whole'));
    expect(short.keys).toHaveLength(3);
    expect(short.accounts).toHaveLength(2);
  });
});
