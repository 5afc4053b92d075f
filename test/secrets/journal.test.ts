import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolders, makeJournal } from '../../src/secrets/journal.js';
import { testClock } from '../support/host.js';
import { account, folder, random, realClock, refusal, text } from './scene.js';

const key = { accountId: account, kind: 'access-key', user: 'ci', before: ['AKIA0'], replaces: null } as const;
const journalIn = (where: string, warn: (text: string) => void = () => {}, clock = realClock) =>
  makeJournal({ folder: where, clock, random, warn });
const stored = (where: string) => JSON.parse(text(join(where, `${account}.json`))) as { entries: Record<string, unknown>[] };

describe('the journal', () => {
  it('keeps entries after the end of a process, readable only by the user', async () => {
    const where = join(folder(), 'state', 'journal');
    const entry = await journalIn(where).open(key);
    expect(entry).toMatchObject({ ...key, made: null, state: 'open', place: null });
    await journalIn(where).note(entry.id, { made: 'AKIA1' });
    expect(await journalIn(where).entries(account)).toEqual([{ ...entry, made: 'AKIA1' }]);
    expect(statSync(join(where, `${account}.json`)).mode & 0o777).toBe(0o600);
    expect([where, join(where, '..')].map((made) => statSync(made).mode & 0o777)).toEqual([0o700, 0o700]);
    expect(readdirSync(where)).toEqual([`${account}.json`]);
  });

  it('gives every entry a name of its own', async () => {
    const where = folder();
    const journal = journalIn(where, undefined, testClock());
    const ids = [await journal.open(key), await journal.open(key), await journal.open(key)].map(({ id }) => id);
    const [first = ''] = ids;
    expect(ids).toEqual([first, `${first}-2`, `${first}-3`]);
    expect(first).toMatch(/^\d{17}-[a-z2-9]{8}$/);
  });

  it('has one file an account', async () => {
    const journal = journalIn(folder());
    await journal.open(key);
    await journal.open({ ...key, accountId: '444455556666' });
    expect(await journal.entries('444455556666')).toHaveLength(1);
    expect(await journal.entries('777788889999')).toEqual([]);
  });

  it('finds an entry of an earlier run among the files of all accounts', async () => {
    const where = folder();
    const other = '444455556666';
    const ids = new Map([
      [account, (await journalIn(where).open(key)).id],
      [other, (await journalIn(where).open({ ...key, accountId: other })).id],
    ]);
    // Copies are not journals.
    const [first, second] = [join(where, `${account}.json`), join(where, `${other}.json`)];
    writeFileSync(join(where, `0-${account}.json`), text(first));
    writeFileSync(join(where, '1.json.copy'), text(second));
    for (const id of ids.values()) await journalIn(where).note(id, { place: 'a safe' });
    for (const [accountId, id] of ids) expect(await journalIn(where).entries(accountId)).toMatchObject([{ id, place: 'a safe' }]);
  });

  it('forgets old closed entries, and never an open one', async () => {
    const where = folder();
    const journal = journalIn(where);
    const open = await journal.open(key);
    for (let number = 0; number < 104; number += 1) await journal.note((await journal.open(key)).id, { state: 'closed' });
    const entries = await journal.entries(account);
    expect(entries).toHaveLength(101);
    expect(entries[0]).toEqual(open);
  }, 20_000);

  it('that can no longer be written is reported, and not as a bug in this tool', async () => {
    const where = join(folder(), 'journal');
    const journal = journalIn(where);
    const { id } = await journal.open(key);
    rmSync(where, { recursive: true });
    writeFileSync(where, '');
    const error = await refusal(journal.note(id, { state: 'closed' }));
    expect(error).toMatchObject({ code: 'E-SECRETS-STORE', exit: 7 });
    expect(error.message).toContain(join(where, `${account}.json`));
  });

  it('finds an older entry of an earlier run, beside folders that are no journals', async () => {
    const where = folder();
    const journal = journalIn(where);
    const ids = [await journal.open(key), await journal.open(key)].map(({ id }) => id);
    for (const name of ['0', '0x.json', 'x0.json', '0.json.old']) mkdirSync(join(where, name));
    writeFileSync(join(where, '0.json'), '{');
    for (const id of ids) await journalIn(where).note(id, { place: id });
    await expect(journalIn(where).note('nothing', {})).rejects.toThrow('there is no entry nothing');
    expect((await journal.entries(account)).map(({ place }) => place)).toEqual(ids);
  });

  it('of an account without one is empty, without a warning', async () => {
    const warnings: string[] = [];
    expect(await journalIn(folder(), (warning) => void warnings.push(warning)).entries(account)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('refuses to note what is not in it', async () => {
    for (const where of [folder(), join(folder(), 'none')])
      await expect(journalIn(where).note('nothing', { state: 'closed' })).rejects.toThrow('there is no entry nothing in the journal');
  });
});

describe('what another process has in flight', () => {
  const heldBy = async (holder: string, minutesAgo = 0): Promise<string> => {
    const where = folder();
    const clock = testClock();
    await journalIn(where, undefined, clock).open(key);
    const document = stored(where);
    Object.assign(document.entries[0] ?? {}, { holder, at: new Date(clock.now().getTime() - minutesAgo * 60_000).toISOString() });
    writeFileSync(join(where, `${account}.json`), JSON.stringify(document));
    return where;
  };
  it.each<[string, string, number, number]>([
    ['is hidden while it lives', `${process.ppid} ${hostname()}`, 0, 0],
    ['shows when it is gone', `999999999 ${hostname()}`, 0, 1],
    ['shows when its number came round to this one', `${process.pid} ${hostname()}`, 0, 1],
    ['is hidden when it cannot be asked', '1 elsewhere', 0, 0],
    ['shows when it could not be asked for too long', '1 elsewhere', 61, 1],
  ])('%s', async (_, holder, minutesAgo, expected) => {
    const where = await heldBy(holder, minutesAgo);
    expect(await journalIn(where, undefined, testClock()).entries(account)).toHaveLength(expected);
  });
});

describe('a journal that is damaged', () => {
  const damaged: readonly string[] = [
    '',
    '{',
    '[]',
    '{"version":1}',
    `{"version":1,"account":"${account}","entries":[{"id":1}]}`,
    `{"version":1,"account":"${account}","entries":[null]}`,
    '{"version":2,"account":"1","entries":[]}',
  ];
  it.each(damaged)('gets a warning, is not changed by reading, and is renamed by the next entry: %s', async (content) => {
    const where = folder();
    const path = join(where, `${account}.json`);
    writeFileSync(path, content);
    const warnings: string[] = [];
    const journal = journalIn(where, (warning) => void warnings.push(warning), testClock());
    expect(await journal.entries(account)).toEqual([]);
    expect(await journal.entries(account)).toEqual([]);
    expect(warnings).toEqual([`The journal of secrets in flight is damaged, so nothing is repaired: ${path}`]);
    expect(text(path)).toBe(content);
    await journal.open(key);
    expect(warnings[1]).toContain('it was renamed to');
    const time = testClock().now().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    expect(text(join(where, `${account}.json.damaged-${time}`))).toBe(content);
    expect(await journal.entries(account)).toHaveLength(1);
  });

  it('that cannot be read repairs nothing and warns', async () => {
    const where = folder();
    mkdirSync(join(where, `${account}.json`));
    const warnings: string[] = [];
    expect(await journalIn(where, (warning) => void warnings.push(warning)).entries(account)).toEqual([]);
    expect(warnings[0]).toMatch(/cannot be read/);
  });
});

describe('a journal that cannot be written', () => {
  it('prevents the secret: a folder of another user', async () => {
    // Root may write in any folder but the kernel's.
    const where = process.getuid?.() === 0 ? '/sys' : folder();
    if (where !== '/sys') chmodSync(where, 0o500);
    expect(await refusal(journalIn(join(where, 'journal')).open(key))).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    if (where !== '/sys') chmodSync(where, 0o700);
  });
  it('lets no secret be made: a file in the place of its folder', async () => {
    const where = join(folder(), 'journal');
    writeFileSync(where, '');
    expect(await refusal(journalIn(where).open(key))).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
  });
  it('prevents the secret: another process holds the lock', async () => {
    const where = folder();
    writeFileSync(join(where, `${account}.json.lock`), `${process.ppid} ${hostname()}\n`);
    const error = await refusal(journalIn(where, undefined, testClock()).open(key));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(error.message).toContain(`process ${process.ppid}`);
  });
  it('names the process that holds the lock also for a later note', async () => {
    const where = folder();
    const journal = journalIn(where, undefined, testClock());
    const { id } = await journal.open(key);
    writeFileSync(join(where, `${account}.json.lock`), `1 ${hostname()}\n`);
    expect((await refusal(journal.note(id, { state: 'closed' }))).message).toMatch(/^Another run holds .* \(process 1\)/);
  });
});

describe('the folders of the journal', () => {
  it('are created once, by many at the same time', async () => {
    const where = join(folder(), 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 20 }, () => makeFolders(where)));
    expect(statSync(where).mode & 0o777).toBe(0o700);
  });
  it.each<[string, (where: string) => string, string]>([
    ['a file is in their place', (where) => (writeFileSync(join(where, 'file'), ''), join(where, 'file', 'a', 'b')), 'ENOTDIR'],
    ['the system has none there', () => '/proc/a/b/c', 'ENOENT'],
  ])('are an error if %s', async (_, prepare, code) => {
    await expect(makeFolders(prepare(folder()))).rejects.toMatchObject({ code });
  });
});
