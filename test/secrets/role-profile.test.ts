import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoleProfileWriter, type RoleProfile } from '../../src/secrets/role-profile.js';
import { testClock, testFolder } from '../support/host.js';

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

  it.each([
    ['it holds an access key', { config: '', credentials: `${boss}${boss.replace('boss', 'lab')}` }, {}],
    ['it assumes another role', { config: role.replace('444455556666', '999999999999'), credentials: boss }, {}],
    ['its account is yet to be made, and it assumes a role', { config: role, credentials: boss }, { roleArn: undefined }],
    ['it signs in by IAM Identity Center', { config: '[profile lab]\nsso_session = x\n', credentials: boss }, {}],
    ['it has our role and a key besides', { config: role, credentials: `${boss}${boss.replace('boss', 'lab')}` }, {}],
    ['its source is not there', { config: '', credentials: '' }, {}],
    ['it would assume the role with itself', { config: '', credentials: boss }, { profile: 'boss' }],
    ['its name has a blank', { config: '', credentials: boss }, { profile: 'a b' }],
  ])('is refused beforehand when %s', async (_, files, over) => {
    const { writer, text } = scene(files);
    await expect(writer.reserve({ ...wanted(), ...over })).rejects.toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(text()).toBe(files.config);
  });

  it('may be there with other settings, and gets the role', async () => {
    const { writer, text } = scene({ config: '[profile lab]\noutput = json\n', credentials: boss });
    await writer.reserve(wanted());
    await writer.write(wanted());
    expect(text()).toBe(`[profile lab]\noutput = json\nrole_arn = ${arn}\nsource_profile = boss\nregion = eu-central-1\n`);
  });
});
