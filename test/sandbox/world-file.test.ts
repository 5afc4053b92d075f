import { CreateUserCommand, GetUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newWorld } from '../../src/sandbox/new-world.js';
import { openStore } from '../../src/sandbox/world-file.js';
import { practice, refusal, seededRandom } from './practice.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'practice-file-'));
  file = join(folder, 'deep', 'world.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const user = (UserName: string) => new CreateUserCommand({ UserName });

describe('the file of a world', () => {
  it('is created with its folder, for the owner only', async () => {
    const { iam } = await practice({ file });
    await iam.send(user('alex'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
  });

  it('is set back to mode 0600 if its mode was widened', async () => {
    const { iam } = await practice({ file });
    chmodSync(file, 0o644);
    await iam.send(user('alex'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('contains a write before the response is sent, and is not changed by reads', async () => {
    const { iam } = await practice({ file });
    await iam.send(user('alex'));
    expect(readFileSync(file, 'utf8')).toContain('"alex"');
    const before = statSync(file, { bigint: true });
    await iam.send(new ListUsersCommand({}));
    await refusal(iam.send(user('alex')));
    expect(statSync(file, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  it('stores the session, so that a second run is the same root', async () => {
    const first = await practice({ file });
    const second = await practice({ file, random: seededRandom(99) });
    expect(second.sandbox.credentials).toEqual(first.sandbox.credentials);
    await second.sts.send(new GetCallerIdentityCommand({}));
  });

  it('gets a new session if the old one has ended, and the old one is refused', async () => {
    const first = await practice({ file });
    first.clock.pass(13 * 3_600_000);
    const second = await practice({ file, random: seededRandom(99) }, first.clock);
    expect(second.sandbox.credentials.accessKeyId).not.toBe(first.sandbox.credentials.accessKeyId);
    await second.sts.send(new GetCallerIdentityCommand({}));
    expect((await refusal(first.sts.send(new GetCallerIdentityCommand({})))).name).toMatch(/^ExpiredToken/);
  });

  it('takes precedence over an initial world', async () => {
    const first = await practice({ file });
    await first.iam.send(user('alex'));
    const world = newWorld({ now: first.clock.now(), random: seededRandom(5) });
    const second = await practice({ file, world });
    expect((await second.iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
  });

  it.each([
    ['{', '--sandbox-file'],
    ['[]', '--sandbox-file'],
    ['{"version":2,"accounts":{}}', 'sandbox reset'],
    ['{"version":1,"accounts":{}}', 'sandbox reset'],
    ['{"version":1,"accounts":null,"organizations":[],"handshakes":[],"sessions":{},"knobs":{}}', 'sandbox reset'],
    ['{"version":1,"accounts":{},"organizations":[],"handshakes":[],"sessions":null,"knobs":{}}', 'sandbox reset'],
  ])('is refused with a next step if it contains %s', async (content, nextStep) => {
    file = join(folder, 'world.json');
    writeFileSync(file, content);
    await expect(practice({ file })).rejects.toMatchObject({
      code: 'E-SANDBOX-FILE',
      exit: 2,
      next: expect.stringContaining(nextStep),
    });
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});

describe('two users of one file', () => {
  it('see each other’s writes and lose none', async () => {
    const one = await practice({ file });
    const two = await practice({ file });
    await one.iam.send(user('a'));
    await two.iam.send(new GetUserCommand({ UserName: 'a' }));
    await two.iam.send(user('b'));
    await one.iam.send(user('c'));
    expect((await two.iam.send(new ListUsersCommand({}))).Users?.map((each) => each.UserName)).toEqual(['a', 'b', 'c']);
    expect((await refusal(one.iam.send(user('b')))).name).toBe('EntityAlreadyExistsException');
  });

  it('in separate processes lose no writes either', async () => {
    const bundle = await rolldown({ input: join(import.meta.dirname, '../../src/sandbox/world-file.ts'), platform: 'node' });
    const { output } = await bundle.write({ file: join(folder, 'store.cjs'), format: 'cjs' });
    expect(output).toHaveLength(1);
    openStore(file, () => newWorld({ now: new Date(0), random: seededRandom() })).step(() => undefined);
    const work = `
      const { step, world } = require(${JSON.stringify(join(folder, 'store.cjs'))}).openStore(${JSON.stringify(file)}, () => { throw new Error('no file') });
      for (let n = 0; n < 40; n += 1) step(() => { world.accounts['111122223333'].credentialReport = null; world.handshakes.push({ id: process.argv[1] + n }); });`;
    await Promise.all(['a', 'b', 'c'].map((name) => promisify(execFile)(process.execPath, ['-e', work, name])));
    const { handshakes } = JSON.parse(readFileSync(file, 'utf8')) as { handshakes: { id: string }[] };
    expect(new Set(handshakes.map(({ id }) => id)).size).toBe(120);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('are not blocked by the lock of a process that died', async () => {
    const { iam } = await practice({ file });
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    writeFileSync(`${file}.lock`, stdout.trim());
    await iam.send(user('alex'));
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});
