import type { AccountWorld, World } from './world.js';

/** What a person does in the console, for practice: there is no page to open. By the finding that it settles. */
const acts: Readonly<Record<string, (account: AccountWorld) => void>> = {
  'mfa.root': (account) => {
    account.root.mfa = 'hardware';
  },
  'access-keys.root': (account) => {
    account.root.accessKeys.splice(0);
  },
};

export const actInConsole = (world: World, accountId: string, finding: string): void => {
  const account = world.accounts[accountId];
  if (account !== undefined) acts[finding]?.(account);
};
