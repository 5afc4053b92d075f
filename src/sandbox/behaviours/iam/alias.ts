import type { Behaviours } from '../../behaviour.js';
import { absent, exists } from './entities.js';
import { invalidValue } from './constraints.js';
import { listing } from './listing.js';

/** Held by customers outside the practice world. */
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
   * Replaces the alias there is, without a word; the old sign-in address is gone at once. A name that anyone holds is refused,
   * this account included. https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
   */
  CreateAccountAlias(input, { world, account }) {
    if (/^\d{12}$/.test(input.AccountAlias)) throw invalidValue('AccountAlias', input.AccountAlias, 'Member must not be a 12-digit number');
    const held = Object.values(world.accounts).some((each) => each.partition === account.partition && each.alias === input.AccountAlias);
    if (held || takenAliases.includes(input.AccountAlias)) throw exists(`The account alias ${input.AccountAlias} already exists.`);
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
