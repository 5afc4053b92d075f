import { chmodSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileNameProblem } from '../../src/core/profile-name.js';
import { NotStoredError } from '../../src/core/secret.js';
import { makeNoSink } from '../../src/secrets/no-sink.js';
import { holderOf, makeProfileWriter } from '../../src/secrets/profile.js';
import { makeFileSink } from '../../src/secrets/secrets-file.js';
import { testClock } from '../support/host.js';
import { bytes, home, id, oracle, region, wanted } from './profile-home.js';
import { account, canary, folder, key, password, random, realClock, refusal, text } from './scene.js';

describe('a new profile', () => {
  it('creates a folder and files that only the user can read', async () => {
    const at = home();
    await at.writer.reserve();
    await at.writer.write(key());
    expect(text(at.credentialsFile)).toBe(`[practice]\naws_access_key_id = ${id}\naws_secret_access_key = ${canary}\n`);
    expect(text(at.configFile)).toBe(`[profile practice]\nregion = ${region}\n`);
    expect([at.where, at.credentialsFile, at.configFile].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
    expect(readdirSync(at.where).sort()).toEqual(['config', 'credentials']);
  });

  it('is found again, without its secret', async () => {
    const at = home(
      '[other]\naws_access_key_id=AKIAOTHER\naws_secret_access_key=x\n',
      '[profile sso]\nsso_session = corp\n[profile bare]\nregion = x\n[sso-session corp]\nsso_region = x\n',
    );
    await at.writer.write(key());
    expect(await at.writer.listProfiles()).toEqual(['other', 'practice', 'sso', 'bare']);
    expect(await at.writer.keyIdOf('practice')).toBe(id);
    expect(await at.writer.keyIdOf('sso')).toBeUndefined();
    expect(await at.writer.marks()).toEqual([
      { kind: 'access-key', user: 'profile other', id: 'AKIAOTHER' },
      { kind: 'access-key', user: 'profile practice', id },
      { kind: 'access-key', user: 'profile sso', id: '' },
    ]);
  });

  it('is [default] in the config file when it has that name', async () => {
    const at = home();
    await at.writer.write(key(id, 'default'));
    expect(text(at.configFile)).toBe(`[default]\nregion = ${region}\n`);
    expect((await oracle(at)).configFile).toEqual({ default: { region } });
  });

  it('may be written twice: the second time changes nothing', async () => {
    const at = home('# mine\n', '');
    await at.writer.write(key());
    const before = bytes(at.credentialsFile) + bytes(at.configFile);
    await at.writer.write(key());
    expect(bytes(at.credentialsFile) + bytes(at.configFile)).toBe(before);
  });
});

it.each(['\n', '\r', '\u010a', '\u2028', '\u0000'])('an answer cannot add a line to a profile: %j', async (end) => {
  const at = home('# mine\n', '# mine\n');
  await expect(at.writer.write(key(`${id}${end}credential_process = evil`))).rejects.toMatchObject({ code: 'E-SECRETS-DESTINATION' });
  expect(bytes(at.credentialsFile)).toBe('# mine\n');
  const other = home('# mine\n', '# mine\n', { region: async () => `eu${end}credential_process = evil` });
  await expect(other.writer.write(key())).rejects.toMatchObject({ code: 'E-SECRETS-STORE' });
  expect([bytes(other.configFile), await other.writer.keyIdOf('practice')]).toEqual(['# mine\n', id]);
});

describe('what is there already', () => {
  const kept: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a byte order mark alone', '\u00ef\u00bb\u00bf'],
    ['a byte order mark and a section', '\u00ef\u00bb\u00bf[a]\naws_access_key_id = A\n'],
    ['Windows line ends', '[a]\r\naws_access_key_id = A\r\naws_secret_access_key = B\r\n'],
    ['no final line end', '[a]\naws_access_key_id = A'],
    ['Windows line ends, none at the end', '[a]\r\naws_access_key_id = A\r\naws_secret_access_key = B'],
    ['comments', '# one\n[a] # two\n; three\naws_access_key_id = A ; four\n\n\n# five'],
    ['a nested block', '[a]\ns3 =\n  max_concurrent_requests = 20\n  region = inner\nregion = us-east-1\n'],
    ['a nested block at the end', '[a]\nregion = us-east-1\ns3 =\n\tx = 1\n'],
    ['a section twice', '[a]\naws_access_key_id = A\n[b]\nx = 1\n[a]\naws_access_key_id = C\n'],
    ['tabs', '[a]\n\taws_access_key_id\t=\tA\n'],
    ['quoted names', '[profile "a b"]\nregion = x\n[profile \'c\']\nregion = y\n'],
    ['odd bytes', '[a]\nname = \u00ff\u0080\u0000\n'],
    ['lines without a section', 'region = x\n\n'],
    ['values with signs', '[a]\naws_session_token = a=b#c;d==\nendpoint_url = http://x/#y\n'],
  ];
  it.each(kept)('stays, byte for byte: %s', async (_, before) => {
    const at = home(Buffer.from(before, 'latin1'), Buffer.from(before, 'latin1'));
    const readBefore = await oracle(at);
    await at.writer.write(key());
    for (const [path, lines] of [
      [at.credentialsFile, ['[practice]', `aws_access_key_id = ${id}`, `aws_secret_access_key = ${canary}`]],
      [at.configFile, ['[profile practice]', `region = ${region}`]],
    ] as const) {
      const after = bytes(path);
      expect(after.startsWith(before)).toBe(true);
      expect(
        after
          .slice(before.length)
          .split(/\r?\n/)
          .filter((line) => line !== ''),
      ).toEqual(lines);
      if (before.includes('\r\n')) expect(after.slice(before.length)).not.toMatch(/[^\r]\n/);
    }
    const now = await oracle(at);
    expect(now.credentialsFile).toEqual({ ...readBefore.credentialsFile, practice: wanted });
    expect(now.configFile).toEqual({ ...readBefore.configFile, practice: { region } });
  });

  it('is a profile with a region only: it gets the key and keeps the region', async () => {
    const config = '[profile practice]\n# mine\nregion = us-west-2\n\n[profile next]\nregion = x\n';
    const at = home(undefined, config);
    await at.writer.write(key());
    expect(text(at.configFile)).toBe(config);
    expect((await oracle(at)).credentialsFile).toEqual({ practice: wanted });
  });

  it('is a profile without a region: the line goes to the end of its section', async () => {
    const at = home(undefined, '[profile practice]\noutput = json\ns3 =\n  region = inner\n\n# next\n[profile next]\nregion = x\n');
    await at.writer.write(key());
    expect(text(at.configFile)).toBe(
      `[profile practice]\noutput = json\ns3 =\n  region = inner\nregion = ${region}\n\n# next\n[profile next]\nregion = x\n`,
    );
    expect((await oracle(at)).configFile['practice']).toMatchObject({ output: 'json', region });
  });

  it('is a region in the credentials file: no other is asked for', async () => {
    const at = home('[practice]\nregion = us-west-2\n', '', {
      region: async () => {
        throw new Error('no region');
      },
    });
    await at.writer.write(key());
    expect([text(at.configFile), (await oracle(at)).credentialsFile['practice']]).toEqual(['', { ...wanted, region: 'us-west-2' }]);
  });

  it('is a region that another program writes meanwhile: it stays', async () => {
    const config = '[profile practice]\nregion = us-west-2\n';
    const at = home('', '[profile other]\nregion = x\n', {
      region: async () => {
        writeFileSync(at.configFile, config);
        return region;
      },
    });
    await at.writer.write(key());
    expect(text(at.configFile)).toBe(config);
  });

  it('is a link: the file behind it is edited and the link stays', async () => {
    const at = home('[a]\nx = 1\n');
    const real = join(folder(), 'real-credentials');
    writeFileSync(real, '[b]\ny = 2\n', { mode: 0o644 });
    writeFileSync(at.configFile, '');
    const linked = { credentialsFile: join(at.where, 'linked'), configFile: at.configFile };
    symlinkSync(real, linked.credentialsFile);
    await makeProfileWriter({ ...linked, region: async () => region, replace: false, clock: realClock }).write(key());
    expect(readlinkSync(linked.credentialsFile)).toBe(real);
    expect(text(real)).toMatch(/^\[b\]\ny = 2\n\n\[practice\]/);
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  it.each([
    [0o644, 0o600],
    [0o640, 0o600],
    [0o600, 0o600],
    [0o400, 0o400],
  ])('has the mode %o, which becomes %o', async (before, after) => {
    const at = home('', '');
    chmodSync(at.credentialsFile, before);
    chmodSync(at.configFile, 0o644);
    await at.writer.write(key());
    expect(statSync(at.credentialsFile).mode & 0o777).toBe(after);
    expect(statSync(at.configFile).mode & 0o777).toBe(0o644);
  });
});

describe('a profile that is taken', () => {
  const key1 = '[practice]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\naws_session_token = tok\nregion = x # mine\n';
  const taken: readonly (readonly [string, string, string, RegExp])[] = [
    ['by a key', key1, '', /holds another access key \(AKIAOLD\)/],
    ['by half a key', '[practice]\naws_secret_access_key = old\n', '', /holds another access key/],
    ['by a key in capitals', '[practice]\nAWS_ACCESS_KEY_ID = AKIAOLD\n', '', /AKIAOLD/],
    ['by a key with a colon', '[practice]\naws_access_key_id: AKIAOLD\n', '', /AKIAOLD/],
    ['by a role', '', '[profile practice]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n', /signs in by role_arn/],
    ['by single sign-on', '', '[profile practice]\nsso_session = corp\n', /signs in by sso_session/],
    ['by aws login', '', '[profile practice]\nlogin_session = arn:aws:iam::1:root\n', /signs in by login_session/],
    ['by a program', '[practice]\ncredential_process = /bin/x\n', '', /signs in by credential_process/],
    ['by a key in the config file', '', '[profile practice]\naws_access_key_id = AKIAOLD\n', /in the config file/],
    ['under a name in quotes', '', '[profile "practice"]\nlogin_session = x\n', /login_session/],
    ['under a name with blanks', '[ practice ]\nx = 1\n', '', /read differently/],
    ['under a header with something behind it', '[practice] x\ny = 1\n', '', /read differently/],
  ];
  it.each(taken)('%s is refused, and nothing is written', async (_, credentials, config, expected) => {
    const at = home(credentials, config);
    const error = await refusal(at.writer.write(key()));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(error.message).toMatch(expected);
    expect([text(at.credentialsFile), text(at.configFile)]).toEqual([credentials, config]);
    expect(JSON.stringify(error.info())).not.toContain(canary);
  });

  it('by a key is replaced with the flag, with the token of that key', async () => {
    const before =
      '[a]\nx = 1\n[practice]\r\naws_access_key_id\t=AKIAOLD ; old\r\naws_session_token = tok\r\nregion = x # mine\r\n[b]\ny = 2\n';
    const at = home(before, '', { replace: true });
    await at.writer.reserve();
    await at.writer.write(key());
    expect(text(at.credentialsFile)).toBe(
      `[a]\nx = 1\n[practice]\r\naws_access_key_id\t=${id}\r\nregion = x # mine\r\naws_secret_access_key = ${canary}\r\n[b]\ny = 2\n`,
    );
    expect((await oracle(at)).credentialsFile['practice']).toEqual({ ...wanted, region: 'x' });
  });

  it('by a key is replaced without the flag only if it is the key that is rotated, or the same one', async () => {
    for (const [replacesKey, accessKeyId, isReplaced] of [
      ['AKIAOLD', id, true],
      ['AKIAOTHER', id, false],
      ['AKIAOTHER', 'AKIAOLD', true],
    ] as const) {
      const at = home(key1, '', { replacesKey });
      const written = at.writer.write(key(accessKeyId));
      if (isReplaced) await written;
      else expect((await refusal(written)).message).toMatch(/AKIAOLD/);
      expect(text(at.credentialsFile).includes(canary)).toBe(isReplaced);
    }
  });

  it('by a key may be reserved, because the key may be the wanted one', async () => {
    const at = home(key1, '', { profile: 'practice' });
    await at.writer.reserve();
    expect(text(at.credentialsFile)).toBe(key1);
  });

  it('in another way than by a key does not give way even then', async () => {
    const at = home('', '[profile practice]\nlogin_session = x\n', { replace: true, profile: 'practice' });
    expect((await refusal(at.writer.reserve())).message).toMatch(/login_session/);
    expect((await refusal(at.writer.write(key()))).message).toMatch(/login_session/);
  });
});

describe('how a profile signs in', () => {
  const odd = { by: 'odd' };
  const sso = { by: 'other', key: 'sso_session' };
  it.each<[string, string, object | undefined]>([
    ['', '', undefined],
    ['[practice]\nregion = x\n', '', undefined],
    ['[practice]\naws_access_key_id = A\n', '', { by: 'key', id: 'A' }],
    ['[practice]\naws_session_token = t\n', '', { by: 'key', id: 'without an id' }],
    ['[practices]\naws_access_key_id = A\n', '', undefined],
    // The config file: profiles have the word, and quotes if they want.
    ['', '[profile practice]\nsso_session = s\n', sso],
    ['', '[profile\tpractice]\nsso_session = s\n', sso],
    ['', "[profile 'practice']\nsso_session = s\n", sso],
    ['', '[practice]\nsso_session = s\n', undefined],
    ['', '[my profile practice]\nsso_session = s\n', undefined],
    ['', '[profile "practice" two]\nsso_session = s\n', undefined],
    ['', '[profile practice]\naws_session_token = t\n', { by: 'other', key: 'aws_session_token in the config file' }],
    // Headers that one tool reads as this profile, and another one does not.
    ['', ' [profile practice]\nx = 1\n', odd],
    ['', '[profile practice] x\ny = 1\n', odd],
    ['', '[ practice ]\nx = 1\n', odd],
    ['', '[profile  practice]\nx = 1\n', odd],
    ['', '[profile  "practice"]\nx = 1\n', odd],
    ['', '[profile " practice "]\nx = 1\n', odd],
    ['', '["practice"]\nx = 1\n', odd],
    ['', '[ profile practice]\nx = 1\n', odd],
    ['', '[pracprofile tice]\nx = 1\n', undefined],
    ['', '[prac"tice"]\nx = 1\n', undefined],
    ['', '["prac"tice]\nx = 1\n', undefined],
    ['', '["practice"x]\nx = 1\n', undefined],
    ['', '[x"practice"]\nx = 1\n', undefined],
    ['', '[xpracticex]\nx = 1\n', undefined],
    ['', '[my profile practice]\nx = 1\n', undefined],
    ['["practice"]\nx = 1\n', '', odd],
    [' [practice]\nx = 1\n', '', odd],
    ['[profile practice]\nx = 1\n', '', odd],
  ])('with the credentials %j and the config %j: %j', (credentials, config, expected) => {
    expect(holderOf({ credentials, config }, 'practice')).toEqual(expected);
  });

  it.each([
    ['[default]\nregion = x\n', undefined],
    [' [default]\nregion = x\n', odd],
    ['[profile default]\nregion = x\n', undefined],
    ['["default"]\nregion = x\n', odd],
  ])('as the default profile with the config %j: %j', (config, expected) => {
    expect(holderOf({ credentials: '', config }, 'default')).toEqual(expected);
  });
});

describe('names of profiles', () => {
  it.each([
    '',
    ' a',
    'a ',
    'a b',
    'a]',
    'a\nb',
    '"a"',
    "a'",
    'a#b',
    'a;b',
    'profile a',
    '__proto__',
    'constructor',
    'a=b',
    'ä',
    'x'.repeat(129),
  ])('refuses %j', async (name) => {
    expect(profileNameProblem(name)).toBeTypeOf('string');
    const at = home();
    expect((await refusal(at.writer.write(key(id, name)))).code).toBe('E-SECRETS-DESTINATION');
    expect(readdirSync(join(at.where, '..'))).toEqual([]);
  });
});

describe('files that cannot be written', () => {
  it('are found while reserving', async () => {
    const at = home();
    const writer = makeProfileWriter({
      credentialsFile: '/proc/x/credentials',
      configFile: at.configFile,
      region: async () => region,
      replace: false,
      clock: realClock,
    });
    const error = await refusal(writer.reserve());
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
  });

  it('are found when one is a folder, or a link to nothing', async () => {
    const at = home('', '');
    const dangling = join(at.where, 'dangling');
    symlinkSync('nowhere', dangling);
    const common = { configFile: at.configFile, region: async () => region, replace: false, clock: realClock };
    expect((await refusal(makeProfileWriter({ ...common, credentialsFile: dangling }).reserve())).message).toMatch(
      /link to a file that does not exist/,
    );
    expect((await refusal(makeProfileWriter({ ...common, credentialsFile: at.where }).reserve())).message).toMatch(/not a regular file/);
  });
});

describe('files that cannot be read', () => {
  it('have no profiles that are known to sign in', async () => {
    const at = home('[a]\naws_access_key_id = A\n', '');
    rmSync(at.configFile);
    mkdirSync(at.configFile);
    expect(await at.writer.marks()).toEqual([]);
    await expect(at.writer.listProfiles()).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it.each(['credentials', 'config'])('because another program has the lock, are waited for: %s', async (name) => {
    const at = home('', '', { clock: testClock() });
    writeFileSync(join(at.where, `${name}.lock`), `1 ${hostname()}\n`);
    expect((await refusal(at.writer.reserve())).message).toMatch(/^Another program holds .*\.lock \(process 1\)\.$/);
  });
});

describe('a sink with profiles', () => {
  it('puts access keys into the profile and nowhere else', async () => {
    const at = home(undefined, undefined, { profile: 'practice' });
    const file = join(folder(), 'secrets.json');
    const sink = makeFileSink({ file, profiles: at.writer, random });
    await sink.reserve(account);
    await sink.store(key());
    await sink.store(password());
    await sink.close();
    expect(text(file)).not.toContain(canary);
    expect(text(file)).toContain('console-password');
    expect(await sink.holds()).toContainEqual({ kind: 'access-key', user: 'profile practice', id });
    expect(sink.place('access-key')).toBe(`the profile practice in ${at.credentialsFile}`);
    expect(sink.place('console-password')).toBe(file);
    expect(home().writer.place).toMatch(/^a profile in \/.*\/credentials$/);
  });

  it('puts a key without a profile with the other secrets', async () => {
    const at = home();
    const file = join(folder(), 'secrets.json');
    const sink = makeFileSink({ file, profiles: at.writer, random });
    await sink.reserve(account);
    await sink.store(key(id, ''));
    await sink.close();
    expect(text(file)).toContain(canary);
  });

  it('does not lose a key whose profile was taken meanwhile', async () => {
    const at = home();
    const file = join(folder(), 'secrets.json');
    const sink = makeFileSink({ file, profiles: at.writer, random });
    await sink.reserve(account);
    writeFileSync(at.credentialsFile, '[practice]\naws_access_key_id = AKIAOTHER\n');
    const error = await refusal(sink.store(key()));
    await sink.close();
    expect(error).toMatchObject({ code: 'E-SECRETS-STORE', exit: 7 });
    expect(error.message).toContain(`${id} is in ${file} instead`);
    expect(text(file)).toContain(canary);
  });

  it('stores the key even if its region cannot be written, and reports it', async () => {
    const why = new Error('no region');
    const at = home('', undefined, {
      region: async () => {
        throw why;
      },
    });
    const error = await refusal(makeNoSink({ profiles: at.writer }).store(key()));
    expect(error).toMatchObject({ code: 'E-SECRETS-STORE', exit: 7, cause: why });
    // After that error, a run deletes the key.
    expect(error).not.toBeInstanceOf(NotStoredError);
    expect(error.message).toMatch(/has its key, but its region/);
    expect((await oracle(at)).credentialsFile).toEqual({ practice: wanted });
  });
});

describe('no destination', () => {
  it('stores nothing', async () => {
    const sink = makeNoSink();
    expect(await sink.holds()).toEqual([]);
    for (const error of [
      await refusal(sink.reserve(account)),
      await refusal(sink.store(key())),
      await refusal(Promise.resolve().then(() => sink.newPassword(14))),
    ]) {
      expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
      expect(error.next).toContain('--secrets-file FILE');
    }
  });

  it('stores only keys, in profiles', async () => {
    const at = home();
    const sink = makeNoSink({ profiles: at.writer });
    await sink.reserve(account);
    await sink.store(key());
    expect((await oracle(at)).credentialsFile).toEqual({ practice: wanted });
    expect((await refusal(sink.store(password()))).message).toBe('There is no destination for a password.');
    expect((await refusal(sink.store(key(id, '')))).message).toBe('There is no destination for an access key.');
    expect([sink.place('access-key'), sink.place('mfa-seed')]).toEqual([at.writer.place, 'nowhere']);
    expect(makeNoSink().place('access-key')).toBe('nowhere');
  });

  it('reports a key that its profile refuses as not stored', async () => {
    const at = home('[practice]\naws_access_key_id = AKIAOLD\n');
    const error = await refusal(makeNoSink({ profiles: at.writer }).store(key()));
    expect(error).toBeInstanceOf(NotStoredError);
    expect(error.message).toBe(
      `The access key ${id} of ci could not be stored in the profile practice: The profile practice holds another access key (AKIAOLD).`,
    );
    expect(error.cause).toMatchObject({ code: 'E-SECRETS-DESTINATION' });
  });
});
