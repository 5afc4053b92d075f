import { describe, expect, it } from 'vitest';
import { guardDelete, needsChange, rootOrder } from '../../../src/commands/keys/change.js';
import { guardFlags, type KeysFlags } from '../../../src/commands/keys/types.js';
import type { BootstrapError } from '../../../src/core/errors.js';

const key = (id: string, active = true) => ({ id, user: 'ci', active, createdAt: undefined });
/** The result, or the error code. */
const outcome = (decide: () => unknown): unknown => {
  try {
    return decide();
  } catch (error) {
    return (error as BootstrapError).code;
  }
};

describe('deleting a key', () => {
  it.each<[string, { readonly active: boolean; readonly evenIfActive: boolean; readonly signs: boolean }, string | undefined]>([
    ['inactive', { active: false, evenIfActive: false, signs: false }, undefined],
    ['inactive, with --even-if-active', { active: false, evenIfActive: true, signs: false }, undefined],
    ['active', { active: true, evenIfActive: false, signs: false }, 'E-KEY-ACTIVE'],
    ['active, with --even-if-active', { active: true, evenIfActive: true, signs: false }, undefined],
    ['signing the run', { active: true, evenIfActive: false, signs: true }, 'E-KEY-IN-USE'],
    ['signing the run, with --even-if-active', { active: true, evenIfActive: true, signs: true }, 'E-KEY-IN-USE'],
    ['signing the run, inactive since', { active: false, evenIfActive: false, signs: true }, 'E-KEY-IN-USE'],
  ])('%s', (_, { active, evenIfActive, signs }, expected) => {
    expect(outcome(() => guardDelete(key('AKIA1', active), evenIfActive, signs ? 'AKIA1' : 'AKIA2'))).toBe(expected);
  });
});

it('a key that must not be deleted is named in the error', () => {
  const message = (inUse: string): string => {
    try {
      guardDelete(key('AKIA1'), false, inUse);
      return '';
    } catch (error) {
      return `${(error as BootstrapError).message} ${(error as BootstrapError).next}`;
    }
  };
  expect(message('AKIA2')).toMatch(/^The key AKIA1 of ci is active, .*`bootstrap keys disable --user ci --key AKIA1`/);
  expect(message('AKIA1')).toMatch(/^The key AKIA1 of ci signs this run\. .*Sign in another way/);
});

describe('enabling and disabling a key', () => {
  it.each<[string, boolean, boolean, string, boolean | string]>([
    ['disables an active key', true, false, 'AKIA2', true],
    ['enables an inactive key', false, true, 'AKIA2', true],
    ['changes nothing if it is already active', true, true, 'AKIA2', false],
    ['changes nothing if it is already inactive', false, false, 'AKIA2', false],
    ['refuses to disable the key that signs the run', true, false, 'AKIA1', 'E-KEY-IN-USE'],
    ['changes nothing if the key that signs the run is already active', true, true, 'AKIA1', false],
  ])('%s', (_, active, wanted, inUse, expected) => {
    expect(outcome(() => needsChange(key('AKIA1', active), wanted, inUse))).toBe(expected);
  });
});

describe('deleting the keys of root', () => {
  const ids = (...args: Parameters<typeof rootOrder>) => outcome(() => rootOrder(...args).map(({ id }) => id));
  const keys = [key('AKIA1'), key('AKIA2')];
  it('deletes the key that signs the run last', () => {
    expect(ids(keys, { key: undefined }, 'AKIA1')).toEqual(['AKIA2', 'AKIA1']);
    expect(ids(keys, { key: undefined }, 'AKIA2')).toEqual(['AKIA1', 'AKIA2']);
    expect(ids(keys, { key: undefined }, 'AKIA3')).toEqual(['AKIA1', 'AKIA2']);
  });

  it('deletes only the key that is named', () => {
    expect(ids(keys, { key: 'AKIA2' }, 'AKIA1')).toEqual(['AKIA2']);
    for (const id of ['AKIA3', 'AKIA', 'AKIA22', 'akia2', '']) expect(ids(keys, { key: id }, 'AKIA1')).toBe('E-KEY-UNKNOWN');
  });
});

describe('the flags of keys', () => {
  const flags = (over: Partial<KeysFlags>): KeysFlags => ({
    verb: 'delete',
    yes: false,
    deleteInactive: false,
    evenIfActive: false,
    root: false,
    all: false,
    ...over,
  });
  it.each<[string, Partial<KeysFlags>, 'E-USAGE' | undefined]>([
    ['list needs none', { verb: 'list' }, undefined],
    ['rotate needs none', { verb: 'rotate' }, undefined],
    ['rotate refuses --root', { verb: 'rotate', root: true }, 'E-USAGE'],
    ['rotate refuses --user root', { verb: 'rotate', user: 'Root' }, 'E-USAGE'],
    ['disable needs --key', { verb: 'disable', user: 'ci' }, 'E-USAGE'],
    ['disable accepts --key', { verb: 'disable', user: 'ci', key: 'AKIA1' }, undefined],
    ['disable refuses root', { verb: 'disable', user: 'root', key: 'AKIA1' }, 'E-USAGE'],
    ['enable refuses root', { verb: 'enable', root: true, key: 'AKIA1' }, 'E-USAGE'],
    ['delete refuses --all for a user', { user: 'ci', key: 'AKIA1', all: true }, 'E-USAGE'],
    ['delete --root needs --key or --all', { root: true }, 'E-USAGE'],
    ['delete --root refuses --key with --all', { root: true, key: 'AKIA1', all: true }, 'E-USAGE'],
    ['delete --root accepts --key', { root: true, key: 'AKIA1' }, undefined],
    ['delete --root accepts --all', { root: true, all: true }, undefined],
    ['delete --root accepts --user root', { root: true, user: 'root', all: true }, undefined],
    ['delete --root refuses another user', { root: true, user: 'ci', all: true }, 'E-USAGE'],
  ])('%s', (_, over, expected) => {
    expect(outcome(() => guardFlags(flags(over)))).toBe(expected);
  });
});
