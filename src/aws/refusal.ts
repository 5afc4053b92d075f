import { sameCode } from '../core/aws-error.js';
import type { Refusal } from '../core/refusal.js';
import { plain } from '../core/text.js';

/**
 * What AWS's message adds to the code of a refusal. The code AccessDeniedException has several reasons: an explicit deny of a policy, a
 * missing allow, or Budgets that is not enabled. A message with another wording counts as a missing allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const refusalOf = (operation: string, code: string, denied: boolean, message: string): Refusal | undefined => {
  if (notActivatedCodes.some((listed) => sameCode(listed, code))) return { kind: 'not-activated' };
  if (!denied) return undefined;
  if (operation.startsWith('budgets:') && payerNotEnabled.test(message)) return { kind: 'payer-not-enabled' };
  const [found, where = ''] = explicitDeny.exec(message) ?? [];
  if (found === undefined) return undefined;
  return { kind: 'explicit-deny', policy: policyKinds.find((kind) => where.toLowerCase().startsWith(kind.toLowerCase())) };
};

/** The service, or the whole account, is not activated yet or is outside its plan. Query and JSON services. */
const notActivatedCodes = ['OptInRequired', 'SubscriptionRequired'];

/** "Account N is a linked account. To enable budgets for your account, ask the payer account to enable budgets first." */
const payerNotEnabled = /\blinked account\b.*\benable budgets\b/is;

/** "… with an explicit deny in a service control policy", since 2025 followed by the ARN of the policy. */
const explicitDeny = /\bwith an explicit deny\b(?: in (?:an? |the )?(.{0,40}))?/is;
const policyKinds = [
  'service control policy',
  'resource control policy',
  'permissions boundary',
  'session policy',
  'identity-based policy',
  'resource-based policy',
  'role trust policy',
  'VPC endpoint policy',
];

/** The message of a missing permission, which adds nothing to its name. */
const plainDenial = /\bis not authorized to perform\b/i;
const maxCharacters = 300;

/** AWS's message, safe to print: one line of visible characters, of limited length. */
export const boundedMessage = (message: string): string => {
  // Cut before it is searched: a response may have megabytes.
  const line = plain(message.slice(0, 4 * maxCharacters).trim());
  const characters = [...line];
  return characters.length > maxCharacters ? `${characters.slice(0, maxCharacters - 1).join('')}…` : line;
};

/** AWS's message, for the end of a reason; empty when it adds nothing. */
export const quoteMessage = (code: string, message: string, refusal: Refusal | undefined): string =>
  message === '' || sameCode(message, code) || (refusal === undefined && plainDenial.test(message)) ? '' : ` (AWS: "${message}")`;
