import { AmbiguousWriteError } from '../../../core/aws-error.js';
import { BootstrapError } from '../../../core/error.js';
import type { ApplyContext } from '../../../core/step.js';
import { explainFailure } from './failure-reasons.js';
import { readMembers, readRequests } from './observe.js';
import { lookUntil } from './patience.js';
import { mustRead } from './refusals.js';
import { sameEmail } from './section.js';
import type { CreateAccount, CreationRequest, Member, WantedAccount } from './state.js';

/** How long AWS may take to make an account; mostly it takes a minute or two. */
const limitMs = 10 * 60_000;
/** How long a request whose answer was lost is looked for. */
const lostMs = 30_000;
/** A finished request this young may be ahead of ListAccounts. */
const freshMs = 15 * 60_000;
/** How far AWS's clock may be from ours; requests signed further off are refused. */
const skewMs = 5 * 60_000;

/**
 * Makes one account, or waits for one that is being made, and returns its id. No request is sent while one for this name is
 * under way: a second one would end as CONCURRENT_ACCOUNT_MODIFICATION or EMAIL_ALREADY_EXISTS, and AWS has no token to
 * recognise it by. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */
export const makeAccount = async (context: ApplyContext, { account, request }: CreateAccount): Promise<string> => {
  context.forget();
  const [members, requests] = await Promise.all([knownMembers(context, false), knownRequests(context, false)]);
  const there = memberOf(account, members);
  if (there) return there.id;
  const underWay = request ?? pendingFor(account, requests, members, context.clock.now())?.id;
  const id = underWay ?? (await send(context, account, requests));
  if (typeof id !== 'string') return id.accountId;
  const accountId = await finished(context, account, id);
  await mustBeOurs(context, account, accountId, id);
  return accountId;
};

const memberOf = (account: WantedAccount, members: readonly Member[]): Member | undefined =>
  members.find(({ email }) => sameEmail(email, account.email));

/** A request for this name that is under way, or so freshly done that the list of accounts does not have its account yet. */
const pendingFor = (
  account: WantedAccount,
  requests: readonly CreationRequest[],
  members: readonly Member[],
  now: Date,
): CreationRequest | undefined =>
  requests.find(
    ({ name, state, accountId, requestedAt }) =>
      name === account.name &&
      (state === 'IN_PROGRESS' ||
        (state === 'SUCCEEDED' && !members.some(({ id }) => id === accountId) && now.getTime() - (requestedAt?.getTime() ?? 0) < freshMs)),
  );

/** Sends the request, once. Returns its id, or the account itself when the answer was lost and the account is there already. */
const send = async (
  context: ApplyContext,
  account: WantedAccount,
  before: readonly CreationRequest[],
): Promise<string | { readonly accountId: string }> => {
  const sentAt = context.clock.now().getTime();
  const tags = Object.entries(account.tags).map(([Key, Value]) => ({ Key, Value }));
  try {
    const output = await context.cloud.write('organizations:CreateAccount', {
      AccountName: account.name,
      Email: account.email,
      RoleName: account.role,
      IamUserAccessToBilling: account.billingAccess,
      ...(tags.length === 0 ? {} : { Tags: tags }),
    });
    const id = output.CreateAccountStatus?.Id;
    if (id !== undefined) return id;
    throw new AmbiguousWriteError({
      operation: 'organizations:CreateAccount',
      code: 'EmptyAnswer',
      message: 'AWS answered without a request id',
    });
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    context.say(`the answer to the request for ${account.name} was lost; looking whether AWS has it`);
    const found = await lookUntil(context, lostMs, async () => {
      const [members, requests] = await Promise.all([readMembers(context.cloud), readRequests(context.cloud)]);
      const there = members.ok ? memberOf(account, members.value) : undefined;
      if (there) return { accountId: there.id };
      const mine = (requests.ok ? requests.value : []).find(
        ({ id, name, requestedAt }) =>
          name === account.name && !before.some((known) => known.id === id) && (requestedAt?.getTime() ?? sentAt) >= sentAt - skewMs,
      );
      return mine?.id;
    });
    if (found === undefined) throw error;
    return found;
  }
};

/** Polls until the request has ended well, and returns the id of the account. */
const finished = async (context: ApplyContext, account: WantedAccount, requestId: string): Promise<string> => {
  let delay = 2_000;
  let waited = 0;
  let said = -Infinity;
  for (;;) {
    context.forget();
    // A request of a moment ago may not be known everywhere.
    const reading = await context.cloud.find('organizations:DescribeCreateAccountStatus', { CreateAccountRequestId: requestId }, [
      'CreateAccountStatusNotFound',
    ]);
    if (!reading.ok && reading.cause === 'denied') throw mustRead(reading, true);
    const status = reading.ok ? reading.value?.CreateAccountStatus : undefined;
    if (status?.State === 'SUCCEEDED' && status.AccountId !== undefined) return status.AccountId;
    if (status?.State === 'FAILED') throw failed(account, requestId, status.FailureReason);
    if (waited >= limitMs) throw pending(account, requestId);
    if (waited - said >= 60_000) {
      said = waited;
      context.say(`waiting for AWS to create the account ${account.name} (request ${requestId}); this mostly takes a minute or two`);
    }
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 1.5, 15_000);
  }
};

/** A request tells the account's name only: one that was under way may have been made with another address. */
const mustBeOurs = async (context: ApplyContext, account: WantedAccount, accountId: string, requestId: string): Promise<void> => {
  context.forget();
  const made = (await knownMembers(context, true)).find(({ id }) => id === accountId);
  // Not listed yet: the account is looked for until it shows, by its address, when the step is confirmed.
  if (made === undefined || sameEmail(made.email, account.email)) return;
  throw new BootstrapError({
    code: 'E-ACCOUNT-MISMATCH',
    exit: 7,
    step: 'organization',
    message: `Request ${requestId} made an account named ${account.name} with the address ${made.email}, not ${account.email}.`,
    next: `Write ${made.email} into the config if it is the account you want, or choose another name for the one with ${account.email}.`,
    changed: true,
  });
};

const failed = (account: WantedAccount, requestId: string, reason: string | undefined): BootstrapError => {
  const { why, next, retryable } = explainFailure(reason);
  return new BootstrapError({
    code: 'E-ACCOUNT-FAILED',
    exit: 7,
    step: 'organization',
    message: `AWS did not create the account ${account.name} (${account.email}): ${why}${reason === undefined ? '' : ` (${reason})`}. Request ${requestId}.`,
    next,
    retryable,
    aws: { operation: 'organizations:CreateAccount', error: reason ?? 'FAILED' },
  });
};

const pending = (account: WantedAccount, requestId: string): BootstrapError =>
  new BootstrapError({
    code: 'E-ACCOUNT-PENDING',
    exit: 6,
    step: 'organization',
    message: `AWS is still creating the account ${account.name} after ${limitMs / 60_000} minutes (request ${requestId}).`,
    next: 'Run the same command again later; it goes on waiting for this request and sends no second one.',
    retryable: true,
    changed: true,
  });

const knownMembers = async (context: ApplyContext, changed: boolean): Promise<readonly Member[]> => {
  const reading = await readMembers(context.cloud);
  if (!reading.ok) throw mustRead(reading, changed);
  return reading.value;
};

const knownRequests = async (context: ApplyContext, changed: boolean): Promise<readonly CreationRequest[]> => {
  const reading = await readRequests(context.cloud);
  if (!reading.ok) throw mustRead(reading, changed);
  return reading.value;
};
