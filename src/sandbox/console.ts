import type { AccountWorld, World } from './world.js';

/** Simulated console actions, by the finding that they fix: a practice account has no console page to open. */
const actions: Readonly<Record<string, (account: AccountWorld) => void>> = {
  'mfa.root': (account) => {
    account.root.mfa = 'hardware';
  },
  'access-keys.root': (account) => {
    account.root.accessKeys.splice(0);
  },
};

export const actInConsole = (world: World, accountId: string, finding: string): void => {
  const account = world.accounts[accountId];
  if (account !== undefined) actions[finding]?.(account);
};
