import { readdirSync, writeFileSync } from 'node:fs';
import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { profileNameProblem } from '../../src/core/profile-name.js';
import { Secret } from '../../src/core/secret.js';
import { makeProfileWriter } from '../../src/secrets/profile.js';
import { bytes, home, id, oracle, region, wanted } from './profile-home.js';
import { canary, key, realClock, text } from './scene.js';

describe('names of profiles', () => {
  it('accepts names that the SDK reads back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\w@+.%:/-]{1,20}$/), async (name) => {
        fc.pre(profileNameProblem(name) === undefined);
        const at = home();
        await at.writer.write(key(id, name));
        const read = await oracle(at);
        expect([read.credentialsFile[name], read.configFile[name]]).toEqual([wanted, { region }]);
      }),
      { numRuns: 50 },
    );
  });
});

/** Files as people and tools leave them. */
const line = fc.oneof(
  fc.constantFrom('', '# note', '; note', '  ', '\t# note'),
  fc.constantFrom(
    'region = us-east-1',
    'region=x',
    'output = json',
    's3 =',
    '  max = 1',
    '\tregion = inner',
    'aws_session_token = a=b#c',
    'cli_pager =',
  ),
  fc.constantFrom('[a]', '[b]', '[profile a]', '[profile b]', '[default]', '[profile "q r"]', '[sso-session s]', '[services x]'),
  fc.stringMatching(/^[ -~]{0,12}$/).filter((text) => !text.includes('[')),
);
const file = fc
  .record({
    lines: fc.array(line, { maxLength: 12 }),
    end: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
    mark: fc.boolean(),
  })
  .map(({ lines, end, last, mark }) => `${mark ? '\u00ef\u00bb\u00bf' : ''}${lines.join(end)}${last && lines.length > 0 ? end : ''}`);

describe('any file', () => {
  it('keeps every byte when a profile is added, and reads as before but for it', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (credentials, config) => {
        const at = home(Buffer.from(credentials, 'latin1'), Buffer.from(config, 'latin1'));
        const before = await oracle(at);
        await at.writer.write(key());
        expect(bytes(at.credentialsFile).startsWith(credentials)).toBe(true);
        expect(bytes(at.configFile).startsWith(config)).toBe(true);
        const after = await oracle(at);
        expect(after.credentialsFile).toEqual({ ...before.credentialsFile, practice: wanted });
        expect(after.configFile).toEqual({ ...before.configFile, practice: { region } });
      }),
      { numRuns: 300 },
    );
  });

  it('loses no line when a key in it is replaced', async () => {
    await fc.assert(
      fc.asyncProperty(file, file, async (before, behind) => {
        const own = '[practice]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\noutput = json\n';
        const above = before === '' || before.endsWith('\n') ? before : `${before}\n`;
        // What follows the section must not belong to it.
        const below = behind.startsWith('[') ? behind : `[next]\n${behind.replace(/^\u00ef\u00bb\u00bf/, '')}`;
        const at = home(Buffer.from(above + own + below, 'latin1'), '', { replace: true });
        const seen = await oracle(at);
        await at.writer.write(key());
        expect(bytes(at.credentialsFile)).toBe(above + own.replace('AKIAOLD', id).replace('= old', `= ${canary}`) + below);
        expect((await oracle(at)).credentialsFile).toEqual({ ...seen.credentialsFile, practice: { ...wanted, output: 'json' } });
      }),
      { numRuns: 300 },
    );
  });
});

describe('several writers', () => {
  it('lose nothing of one another', async () => {
    const at = home('[mine]\nx = 1\n');
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const writers = Array.from({ length: 8 }, () =>
      makeProfileWriter({
        credentialsFile: at.credentialsFile,
        configFile: at.configFile,
        region: async () => region,
        replace: false,
        clock: realClock,
      }),
    );
    await Promise.all(
      writers.flatMap((writer, nth) => names.filter((_, index) => index % 8 === nth).map((name) => writer.write(key(`AKIA${name}`, name)))),
    );
    const { credentialsFile, configFile } = await oracle(at);
    expect(Object.keys(credentialsFile).sort()).toEqual(['mine', ...names].sort());
    expect(Object.keys(configFile).sort()).toEqual([...names].sort());
    expect(readdirSync(at.where).sort()).toEqual(['config', 'credentials']);
  });

  it('notice one that takes no lock', async () => {
    const at = home('[mine]\nx = 1\n', '[profile practice]\nregion = x\n');
    // Writes at the last moment: when the secret is taken out of its wrapper to be written.
    class Late extends Secret {
      override reveal(): string {
        const there = text(at.credentialsFile);
        if (!there.includes('[theirs]')) writeFileSync(at.credentialsFile, `${there}[theirs]\ny = 2\n`);
        return super.reveal();
      }
    }
    await at.writer.write({ ...key(), secretAccessKey: new Late(canary) });
    expect(Object.keys((await oracle(at)).credentialsFile)).toEqual(['mine', 'theirs', 'practice']);
  });
});
