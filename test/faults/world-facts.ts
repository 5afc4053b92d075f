import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { practiceAccountId } from '../../src/sandbox/new-world.js';
import type { AccountWorld, World } from '../../src/sandbox/world.js';

export const worldIn = (file: string): World => JSON.parse(readFileSync(file, 'utf8')) as World;

export const accountOf = (world: World): AccountWorld => {
  const account = world.accounts[practiceAccountId];
  if (account === undefined) throw new Error('the practice account does not exist');
  return account;
};

export type Facts = ReturnType<typeof factsOf>;

/** Names and numbers of everything there is; ids and secrets differ from run to run. */
export const factsOf = (world: World) => {
  const { accounts, organizations } = world;
  const { alias, users, groups, mfaDevices, passwordPolicy, budgets, alternateContacts, root } = accountOf(world);
  return {
    alias,
    users: users
      .map(({ name, groups: memberOf, accessKeys, password }) => ({
        name,
        memberOf,
        keys: accessKeys.map(({ status }) => status).toSorted(),
        password: password !== null,
      }))
      .toSorted(byName),
    groups: groups.map(({ name, attachedPolicies }) => ({ name, attachedPolicies })).toSorted(byName),
    devices: mfaDevices.map(({ serial, user }) => ({ serial, user })),
    passwordPolicy,
    budgets: budgets.map(({ budget, notifications }) => ({ name: budget['BudgetName'], limit: budget['BudgetLimit'], notifications })),
    alternateContacts,
    rootKeys: root.accessKeys.length,
    accounts: Object.values(accounts).map(({ name, email, state }) => ({ name, email, state })),
    organizations: organizations.map(({ featureSet, members, requests }) => ({
      featureSet,
      members: members.length,
      requests: requests.map(({ state }) => state),
    })),
  };
};

/** What AWS takes, and whether the files of this computer hold it: a password or seed or active key that they do not is lost. */
export const secretsLost = (world: World, held: string): readonly string[] => {
  const { users, mfaDevices } = accountOf(world);
  // As the file writes it: JSON.
  const isHeld = (secret: string): boolean => held.includes(secret) || held.includes(JSON.stringify(secret).slice(1, -1));
  return [
    ...users.flatMap(({ name, password }) => (password === null || isHeld(password.value) ? [] : [`password of ${name}`])),
    ...users.flatMap(({ name, accessKeys }) =>
      accessKeys
        .filter(({ id, secret, status }) => status === 'Active' && !(isHeld(id) && isHeld(secret)))
        .map(({ id }) => `secret of the access key ${id} of ${name}`),
    ),
    ...mfaDevices.flatMap(({ serial, seed }) => (seed === null || isHeld(seed) ? [] : [`seed of ${serial}`])),
  ];
};

/** Files below a folder, by their path in it. */
export const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(folder, name)).isFile())
        .toSorted()
    : [];

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => a.name.localeCompare(b.name);
