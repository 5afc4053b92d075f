import { sameCode } from '../core/aws-error.js';
import type { Refusal } from '../core/refusal.js';
import { plain } from '../core/text.js';

/**
 * What AWS's message adds to the code of a refusal. Codes alone do not tell these apart: a policy's explicit deny, a missing allow and
 * Budgets that is not enabled all answer AccessDeniedException. A message that is worded otherwise leaves the plain denial.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const refusalOf = (operation: string, code: string, denied: boolean, message: string): Refusal | undefined => {
  if (notActivatedCodes.some((one) => sameCode(one, code))) return { kind: 'not-activated' };
  if (!denied) return undefined;
  if (operation.startsWith('budgets:') && payerNotEnabled.test(message)) return { kind: 'payer-not-enabled' };
  const [found, where = ''] = explicitDeny.exec(message) ?? [];
  if (found === undefined) return undefined;
  return { kind: 'explicit-deny', policy: policyKinds.find((kind) => where.toLowerCase().startsWith(kind.toLowerCase())) };
};

/** Query services and JSON services: the service, or the whole account, is not activated yet or outside its plan. */
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

/** The sentence of a plain denial; it says no more than the name of the permission that is missing. */
const plainDenial = /\bis not authorized to perform\b/i;
const mostCharacters = 300;

/** AWS's message as it may be printed: one line of visible characters, of bounded length. */
export const boundedMessage = (message: string): string => {
  // Cut before it is searched: an answer may be megabytes long.
  const line = plain(message.slice(0, 4 * mostCharacters).trim());
  const characters = [...line];
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters - 1).join('')}…` : line;
};

/** AWS's message, for the end of a reason; empty where it adds nothing. */
export const quoteMessage = (code: string, message: string, refusal: Refusal | undefined): string =>
  message === '' || sameCode(message, code) || (refusal === undefined && plainDenial.test(message)) ? '' : ` (AWS: "${message}")`;
