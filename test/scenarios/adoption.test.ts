import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFindingIds, own } from './practice-account.js';
import { accountInState, admin, alias, makePieces, type Pieces, untouched } from './starting-states.js';

let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});

describe('an existing alias', () => {
  it('is kept by default, and the finding names the flag that replaces it', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(practiced.account().alias).toBe('old-name');
    const [finding] = report.results.filter(({ id }) => id === 'alias.name');
    expect(finding).toMatchObject({ status: 'fail', observed: 'old-name', expected: alias, remediation: { by: 'hand' } });
    expect(finding?.remediation?.command).toContain('--replace-alias');
    expect(code).toBe(5);
  });

  it('is replaced with --replace-alias', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report, writes } = await practiced.report(['init', '--yes', '--only', 'alias', '--replace-alias']);
    expect(practiced.account().alias).toBe(alias);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(report.plan).toMatchObject([{ kind: 'set-alias', risk: 'hard-to-undo' }]);
    expect(code).toBe(0);
  });

  it('is kept if the new alias is taken', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias', '--replace-alias', '--alias', 'taken']);
    expect(practiced.account().alias).toBe('old-name');
    expect(report.steps?.find(({ id }) => id === 'alias')?.error).toMatchObject({ code: 'E-ALIAS-TAKEN', changed: false });
    expect(code).toBe(7);
  });
});

describe('an alias that is taken', () => {
  it('fails its step with three suggestions, and the other steps continue', async () => {
    const practiced = accountInState(untouched, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--alias', 'taken']);
    expect(practiced.account().alias).toBeNull();
    expect(practiced.account().users.map(({ name }) => name)).toContain(admin);
    expect(practiced.world().organizations).toHaveLength(1);
    const error = report.steps?.find(({ id }) => id === 'alias')?.error;
    expect(error).toMatchObject({
      code: 'E-ALIAS-TAKEN',
      step: 'alias',
      changed: false,
      aws: { operation: 'iam:CreateAccountAlias', error: 'EntityAlreadyExists' },
    });
    expect(error?.message).toContain('"taken"');
    expect(error?.next.match(/\btaken-\w+/g)).toHaveLength(3);
    expect(code).toBe(7);
  });

  it('can be replaced with a suggestion, which is the only change of the next run', async () => {
    const practiced = accountInState(untouched, pieces);
    const first = await practiced.report(['init', '--yes', '--alias', 'taken']);
    const [suggestion = ''] = first.report.steps?.find(({ id }) => id === 'alias')?.error?.next.match(/\btaken-\w+/) ?? [];
    const { code, writes } = await practiced.report(['init', '--yes', '--alias', suggestion]);
    expect(practiced.account().alias).toBe(suggestion);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(code).toBe(5);
  });

  it('can be taken by another account of the practice world', async () => {
    const practiced = accountInState({ ...untouched, organization: 'has the account' }, pieces);
    practiced.edit((_, { accounts }) => {
      const other = Object.values(accounts).find(({ id }) => id !== own);
      if (other !== undefined) other.alias = alias;
    });
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(practiced.account().alias).toBeNull();
    expect(report.steps?.find(({ id }) => id === 'alias')?.error?.code).toBe('E-ALIAS-TAKEN');
    expect(code).toBe(7);
  });
});

describe('an existing profile', () => {
  const mine =
    '# mine\n[work]\naws_access_key_id = AKIAMINE111111111111\naws_secret_access_key = mine\n\n[other]\naws_access_key_id = AKIAOTHER11111111111\naws_secret_access_key = other';
  const withProfile = () => {
    const practiced = accountInState(untouched, pieces);
    mkdirSync(practiced.secrets, { mode: 0o700 });
    writeFileSync(join(practiced.secrets, 'credentials'), mine, { mode: 0o600 });
    return practiced;
  };

  it('is kept, and no key is created that could not be stored', async () => {
    const practiced = withProfile();
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'access-keys']);
    expect(practiced.account().users.map(({ name }) => name)).toEqual(['bob']);
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(mine);
    expect(openFindingIds(report)).toEqual(['access-keys.exists']);
    expect(report.results.find(({ id }) => id === 'access-keys.exists')?.remediation?.command).toContain('--replace-profile');
    expect(code).toBe(5);
  });

  it('is overwritten with --replace-profile, and other profiles are not', async () => {
    const practiced = withProfile();
    const { code } = await practiced.report(['init', '--yes', '--only', 'access-keys', '--replace-profile']);
    const [key] = practiced.account().users.find(({ name }) => name === 'ci')?.accessKeys ?? [];
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(
      mine.replace('AKIAMINE111111111111', key?.id ?? '').replace('= mine\n', `= ${key?.secret}\n`),
    );
    expect(code).toBe(0);
  });
});
