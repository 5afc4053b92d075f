import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoleProfileWriter, type RoleProfile } from '../../src/secrets/role-profile.js';
import { testClock } from '../support/host.js';
import { testFolder } from '../support/test-folder.js';

const arn = 'arn:aws:iam::444455556666:role/OrganizationAccountAccessRole';
const wanted = (over: Partial<RoleProfile> = {}): RoleProfile => ({
  profile: 'lab',
  roleArn: arn,
  source: { kind: 'profile', name: 'boss' },
  region: 'eu-central-1',
  ...over,
});
const scene = (files: { readonly config?: string; readonly credentials?: string } = {}) => {
  const folder = join(testFolder(), '.aws');
  const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')];
  if (files.config !== undefined || files.credentials !== undefined) mkdirSync(folder);
  if (files.config !== undefined) writeFileSync(config, files.config, 'latin1');
  if (files.credentials !== undefined) writeFileSync(credentials, files.credentials, 'latin1');
  const writer = makeRoleProfileWriter({ config, credentials, clock: testClock() });
  return { config, credentials, writer, text: () => readFileSync(config, 'latin1') };
};
const boss = '[boss]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n';
const role = `[profile lab]\nrole_arn = ${arn}\nsource_profile = boss\nregion = eu-central-1\n`;

describe('a profile that assumes a role', () => {
  it('is added to the config file, and every other byte stays', async () => {
    const before = '\u00ef\u00bb\u00bf# mine\r\n[profile a]\r\ns3 =\r\n  max = 1\r\n; \u00e4 end';
    const { writer, text, credentials } = scene({ config: before, credentials: boss });
    expect(await writer.write(wanted())).toBe(true);
    expect(text()).toBe(`${before}\r\n\r\n${role.replaceAll('\n', '\r\n')}`);
    expect(readFileSync(credentials, 'latin1')).toBe(boss);
  });

  it('is written to a new file, for its owner only', async () => {
    const { writer, config, credentials, text } = scene();
    await writer.write(wanted({ source: { kind: 'surroundings', name: 'Environment' } }));
    expect(text()).toBe(`[profile lab]\nrole_arn = ${arn}\ncredential_source = Environment\nregion = eu-central-1\n`);
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(existsSync(credentials)).toBe(false);
  });

  it('is not changed when it is already set', async () => {
    const { writer, text } = scene({ config: role.replace('eu-central-1', 'us-west-2'), credentials: boss });
    expect(await writer.write(wanted())).toBe(false);
    expect(text()).toContain('us-west-2');
  });

  it('gets another source in place of the old one', async () => {
    const { writer, text } = scene({ config: role.replace('source_profile = boss', 'credential_source = Environment'), credentials: boss });
    expect(await writer.write(wanted())).toBe(true);
    expect(text()).toContain('source_profile = boss');
    expect(text()).not.toContain('credential_source');
  });

  const withKey = boss.replace('boss', 'lab');
  const surroundings = { kind: 'surroundings', name: 'Environment' } as const;
  it.each<[string, { config: string; credentials: string }, Partial<RoleProfile> | { roleArn: undefined }, string]>([
    ['it holds an access key', { config: '', credentials: boss + withKey }, {}, 'lab has an access key (AKIAIOSFODNN7EXAMPLE).'],
    [
      'it assumes another role',
      { config: role.replace('444455556666', '999999999999'), credentials: boss },
      {},
      `lab assumes another role (${arn.replace('444455556666', '999999999999')}).`,
    ],
    [
      'its account is yet to be made, and it assumes a role',
      { config: role, credentials: boss },
      { roleArn: undefined },
      `lab assumes another role (${arn}).`,
    ],
    [
      'it signs in by IAM Identity Center',
      { config: '[profile lab]\nsso_session = x\n', credentials: boss },
      {},
      'lab signs in by sso_session.',
    ],
    ['it has our role and a key besides', { config: role, credentials: boss + withKey }, {}, 'lab signs in by aws_access_key_id.'],
    [
      'it has a key in the config file',
      { config: '[profile lab]\naws_session_token = x\n', credentials: boss },
      {},
      'lab signs in by aws_session_token.',
    ],
    [
      'its header is read differently by other tools',
      { config: '[profile lab] x\noutput = json\n', credentials: boss },
      {},
      'lab is written in a form that other tools read differently.',
    ],
    ['its source is not there', { config: '', credentials: '' }, {}, 'boss, which is to assume the role, does not exist.'],
    [
      'it would assume the role with itself',
      { config: '', credentials: boss },
      { profile: 'boss' },
      'boss cannot assume a role with itself.',
    ],
    ['its name has a blank', { config: '', credentials: boss }, { profile: 'a b' }, 'The name of the profile'],
  ])('is refused beforehand when %s', async (_, files, over, message) => {
    const { writer, text } = scene(files);
    for (const refused of [writer.reserve({ ...wanted(), ...over }), writer.write({ ...wanted(), ...over } as RoleProfile)])
      await expect(refused).rejects.toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2, message: expect.stringContaining(message) });
    expect(text()).toBe(files.config);
  });

  it.each<[string, string, Partial<RoleProfile>, string]>([
    ['keeps a comment after its role', role.replace('boss\n', 'boss # mine\n'), {}, role.replace('boss\n', 'boss # mine\n')],
    [
      'gets only the region that it lacks',
      role.replace('region', '# region').replace(arn, `${arn} ; mine`),
      {},
      role.replace('region', '# region').replace(arn, `${arn} ; mine`).replace('boss\n', 'boss\nregion = eu-central-1\n'),
    ],
    [
      'is not another profile',
      `[profile x]\nregion = us-west-2\nrole_arn = ${arn}\nsource_profile = boss\n`,
      {},
      `[profile x]\nregion = us-west-2\nrole_arn = ${arn}\nsource_profile = boss\n\n${role}`,
    ],
    [
      'gets the environment in place of a source profile',
      role,
      { source: surroundings },
      `[profile lab]\nrole_arn = ${arn}\nregion = eu-central-1\ncredential_source = Environment\n`,
    ],
    ['loses a second source', `${role}credential_source = Environment\n`, {}, role],
    [
      'may be called as its surroundings',
      '',
      { profile: 'Environment', source: surroundings },
      `[profile Environment]\nrole_arn = ${arn}\ncredential_source = Environment\nregion = eu-central-1\n`,
    ],
    [
      'gets a role if it has only a source',
      '[profile lab]\nsource_profile = boss\nregion = eu-central-1\n',
      {},
      `[profile lab]\nsource_profile = boss\nregion = eu-central-1\nrole_arn = ${arn}\n`,
    ],
  ])('%s', async (_, config, over, expected) => {
    const { writer, text } = scene({ config, credentials: boss });
    expect(await writer.write(wanted(over))).toBe(config !== expected);
    expect(text()).toBe(expected);
  });

  it('keeps the mode of the config file, and waits for its lock', async () => {
    const { writer, config } = scene({ config: '', credentials: boss });
    chmodSync(config, 0o644);
    writeFileSync(`${config}.lock`, `1 ${hostname()}\n`);
    for (const refused of [writer.reserve(wanted()), writer.write(wanted())])
      await expect(refused).rejects.toMatchObject({ message: `Another program holds ${config}.lock (process 1).` });
    rmSync(`${config}.lock`);
    await writer.write(wanted());
    expect(statSync(config).mode & 0o777).toBe(0o644);
  });

  it('may be there with other settings, and gets the role', async () => {
    const { writer, text } = scene({ config: '[profile lab]\noutput = json\n', credentials: boss });
    await writer.reserve(wanted());
    await writer.write(wanted());
    expect(text()).toBe(`[profile lab]\noutput = json\nrole_arn = ${arn}\nsource_profile = boss\nregion = eu-central-1\n`);
  });
});
