import type { Behaviours } from '../../behaviour.js';
import { absent, exists } from './entities.js';
import { invalidValue } from './constraints.js';
import { listing } from './listing.js';

/** Aliases of customers outside the practice world. */
const takenAliases: readonly string[] = [
  'acme',
  'amazon',
  'aws',
  'company',
  'dev',
  'example',
  'prod',
  'production',
  'sandbox',
  'taken',
  'test',
];

export const alias: Behaviours = {
  /**
   * Silently replaces the existing alias; the old sign-in URL stops working at once. A name that any account has is refused,
   * including this account's own. https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
   */
  CreateAccountAlias(input, { world, account }) {
    if (/^\d{12}$/.test(input.AccountAlias)) throw invalidValue('AccountAlias', input.AccountAlias, 'Member must not be a 12-digit number');
    const inUse = Object.values(world.accounts).some((each) => each.partition === account.partition && each.alias === input.AccountAlias);
    if (inUse || takenAliases.includes(input.AccountAlias)) throw exists(`The account alias ${input.AccountAlias} already exists.`);
    account.alias = input.AccountAlias;
    return {};
  },

  DeleteAccountAlias(input, { account }) {
    if (account.alias !== input.AccountAlias) absent(`The account alias ${input.AccountAlias} cannot be found.`);
    account.alias = null;
    return {};
  },

  ListAccountAliases(input, { account }) {
    return listing('AccountAliases', account.alias === null ? [] : [account.alias], input);
  },
};
