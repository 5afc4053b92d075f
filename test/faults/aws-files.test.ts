import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { makeProfileWriter } from '../../src/secrets/profile.js';
import { newFolder } from '../e2e/program.js';
import { memory } from '../support/memory.js';
import { run } from '../support/child-process.js';
import { canary, realClock } from '../secrets/scene.js';
import { recordTotal } from '../support/totals.js';
import { breaking, handMade, legible } from './odd-lines.js';

const count = { files: 0, edits: 0, differences: 0, oddities: 0, widened: 0 };
afterAll(() => {
  recordTotal({
    suite: 'S4',
    title: 'edits of files in ~/.aws',
    ran: count.edits,
    floor: 12 * (handMade.length + breaking.length),
    sampled: null,
    all: 'npm test',
    detail: `${count.differences} with a foreign byte changed, ${count.widened} with a wider mode; the AWS CLI and boto3 still read a file of ${count.oddities} unusual profiles`,
  });
});

const id = 'AKIAIOSFODNN7EXAMPLE';
const region = 'eu-central-1';
const writerFor = (folder: string, replace = false) =>
  makeProfileWriter({
    credentialsFile: join(folder, 'credentials'),
    configFile: join(folder, 'config'),
    region: async () => region,
    replace,
    clock: realClock,
  });

/** The lines around the oddity: an own profile before, behind, and none. */
const own = '[practice]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\n';
const settings = {
  'a new profile': (odd: string) => odd,
  'a key replaced above it': (odd: string) => `${own}[next]\n${odd}`,
  'a key replaced below it': (odd: string) => `[first]\n${odd}${odd.endsWith('\n') ? '' : '\n'}${own}`,
} as const;

describe('every byte of ~/.aws that is not ours stays (S4)', () => {
  it.each(Object.keys(settings) as (keyof typeof settings)[])('%s: over every oddity, with Unix and Windows line ends', async (setting) => {
    const wrong: string[] = [];
    for (const odd of [...handMade, ...breaking]) {
      for (const lineEnd of ['\n', '\r\n']) {
        for (const mode of [0o600, 0o644]) {
          const folder = newFolder(memory);
          const file = join(folder, 'credentials');
          const before = settings[setting](odd).replaceAll('\n', lineEnd);
          writeFileSync(file, Buffer.from(before, 'latin1'), { mode });
          await writerFor(folder, true).write({ profile: 'practice', accessKeyId: id, secretAccessKey: new Secret(canary) });
          const after = readFileSync(file, 'latin1');
          const kept =
            setting === 'a new profile'
              ? after.startsWith(before)
              : after === before.replace('AKIAOLD', id).replace('= old', `= ${canary}`);
          count.files += 1;
          count.edits += 1;
          if (!kept) wrong.push(`${JSON.stringify(before)} became ${JSON.stringify(after)}`);
          if ((statSync(file).mode & 0o177) !== 0) count.widened += 1;
        }
      }
    }
    count.differences += wrong.length;
    expect(wrong).toEqual([]);
    expect(count.widened).toBe(0);
  });

  it('a link stays one, and the file behind it is edited', async () => {
    const folder = newFolder(memory);
    mkdirSync(join(folder, 'dotfiles'));
    writeFileSync(join(folder, 'dotfiles', 'credentials'), '[a]\nx = 1\n', { mode: 0o600 });
    symlinkSync('dotfiles/credentials', join(folder, 'credentials'));
    await writerFor(folder).write({ profile: 'practice', accessKeyId: id, secretAccessKey: new Secret(canary) });
    count.edits += 1;
    expect(readFileSync(join(folder, 'dotfiles', 'credentials'), 'utf8')).toMatch(/^\[a\]\nx = 1\n\n?\[practice\]/);
  });
});

describe.skipIf(inject('awsBin') === '')('other programs read what was written (S4)', { timeout: 60_000 }, () => {
  it('the AWS CLI and boto3, over a file of 200 oddities', async () => {
    const folder = newFolder(memory);
    const files = { credentials: join(folder, 'credentials'), config: join(folder, 'config') };
    const text = legible.map((line, index) => `[odd-${index}]\n${line}`).join('');
    writeFileSync(files.credentials, Buffer.from(text, 'utf8'), { mode: 0o600 });
    writeFileSync(files.config, Buffer.from(legible.map((line, index) => `[profile odd-${index}]\n${line}`).join(''), 'utf8'));
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      LANG: 'C.UTF-8',
      AWS_SHARED_CREDENTIALS_FILE: files.credentials,
      AWS_CONFIG_FILE: files.config,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const aws = async (...argv: string[]): Promise<string> => {
      const ended = await run(inject('awsBin'), argv, { env });
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      return ended.stdout;
    };
    const python = async (script: string): Promise<unknown> => JSON.parse((await run(inject('pythonBin'), ['-c', script], { env })).stdout);
    const names = legible.map((_, index) => `odd-${index}`);
    // What `aws configure list-profiles` of version 2 prints; the version 1 that the tests install has no such command.
    const profiles = async (): Promise<readonly string[]> =>
      ((await python('import botocore.session as b, json; print(json.dumps(b.Session().available_profiles))')) as string[]).toSorted();
    expect(await profiles()).toEqual(names.toSorted());
    await writerFor(folder).write({ profile: 'practice', accessKeyId: id, secretAccessKey: new Secret(canary) });
    expect(await profiles()).toEqual([...names, 'practice'].toSorted());
    expect(readFileSync(files.credentials, 'utf8').startsWith(text)).toBe(true);
    expect(await aws('configure', 'list', '--profile', 'practice')).toMatch(/secret_key +\*+EKEY +shared-credentials-file/);
    expect((await aws('configure', 'get', 'aws_secret_access_key', '--profile', 'practice')).trim()).toBe(canary);
    const script = `import boto3, json
s = boto3.Session(profile_name='practice')
c = s.get_credentials().get_frozen_credentials()
print(json.dumps([c.access_key, c.secret_key, s.region_name, len(s.available_profiles)]))`;
    expect(await python(script)).toEqual([id, canary, region, 201]);
    count.oddities = legible.length;
    expect(legible).toHaveLength(200);
  });
});
