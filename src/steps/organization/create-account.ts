import { AmbiguousWriteError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { JournalEntry } from '../../core/journal.js';
import type { ApplyContext } from '../../core/step.js';
import { recordInJournal } from '../shared/journal.js';
import { readMembers, readRequests } from './observe.js';
import { explainFailure, mustRead } from './refusals.js';
import { sameEmail } from './section.js';
import type { CreateAccount, CreationRequest, Member, WantedAccount } from './state.js';
import { pollUntil, whenOrganizationIsReady } from './waiting.js';

/** How long AWS may take to make an account; mostly it takes a minute or two. */
const limitMs = 10 * 60_000;
/** How long a request whose answer was lost is looked for. */
const lostMs = 30_000;
/** A finished request this young may be ahead of ListAccounts. */
const freshMs = 15 * 60_000;
/** How far AWS's clock may be from ours; requests signed further off are refused. */
const skewMs = 5 * 60_000;

/** What making an account takes: a step's context has it, and so has `bootstrap accounts`. */
export type CreationContext = Pick<ApplyContext, 'cloud' | 'clock' | 'signal' | 'notify' | 'forget' | 'journal' | 'accountId'>;

/**
 * Makes one account, or waits for one that is being made, and returns its id. No request is sent while one for this name is
 * under way: a second one would end as CONCURRENT_ACCOUNT_MODIFICATION or EMAIL_ALREADY_EXISTS, and AWS has no token to
 * recognise it by. So each request is written down before it is sent, and its id when AWS has told it: a run that comes after a
 * crash goes on with it. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */
export const makeAccount = async (context: CreationContext, { account, request }: CreateAccount): Promise<string> => {
  context.forget();
  const [members, requests, notes] = await Promise.all([knownMembers(context, false), knownRequests(context, false), openNotes(context)]);
  const own = notes.filter((note) => sameEmail(note.user, account.email));
  const there = memberOf(account, members);
  if (there) {
    await settleNotes(context, own);
    return there.id;
  }
  // A request of the same name that is known to be for another address is another account's.
  const foreign = notes.filter((note) => !own.includes(note)).map(({ made }) => made);
  const mine = requests.filter(({ id }) => !foreign.includes(id));
  const underWay = request ?? (await resumed(context, account, own, mine, members));
  const id = underWay ?? (await send(context, account, requests));
  const accountId = typeof id === 'string' ? await finished(context, account, id) : id.accountId;
  if (typeof id === 'string') await mustBeOurs(context, account, accountId, id);
  await settleNotes(context, await openNotes(context, account));
  return accountId;
};

const memberOf = (account: WantedAccount, members: readonly Member[]): Member | undefined =>
  members.find(({ email }) => sameEmail(email, account.email));

/** What runs on this computer wrote down of requests that they did not see the end of. */
const openNotes = async (
  { journal, accountId }: Pick<CreationContext, 'journal' | 'accountId'>,
  account?: WantedAccount,
): Promise<readonly JournalEntry[]> =>
  (await journal.entries(await accountId())).filter(
    ({ kind, state, user }) => kind === 'member-account' && state !== 'closed' && (account === undefined || sameEmail(user, account.email)),
  );

const settleNotes = async (context: CreationContext, notes: readonly JournalEntry[]): Promise<void> => {
  for (const { id } of notes) await recordInJournal(context, id, { state: 'closed' });
};

/** The request to go on with: the one written down, or one for this name that AWS has under way. */
const resumed = async (
  context: CreationContext,
  account: WantedAccount,
  own: readonly JournalEntry[],
  requests: readonly CreationRequest[],
  members: readonly Member[],
): Promise<string | undefined> => {
  const now = context.clock.now();
  const open = (request: CreationRequest): boolean =>
    request.state === 'IN_PROGRESS' ||
    // So freshly done that the list of accounts does not have its account yet.
    (request.state === 'SUCCEEDED' &&
      !members.some(({ id }) => id === request.accountId) &&
      now.getTime() - (request.requestedAt?.getTime() ?? 0) < freshMs);
  for (const note of own.toReversed()) {
    const fresh = now.getTime() - Date.parse(note.at) < freshMs;
    const known = requests.find(({ id }) => id === note.made);
    if (note.made !== null && (known === undefined ? fresh : open(known))) {
      context.notify(`an earlier run asked for the account ${account.name}; going on with its request ${note.made}`);
      return note.made;
    }
    // The run ended between sending the request and hearing its id.
    if (note.made === null && fresh) {
      context.notify(`an earlier run ended while it asked for the account ${account.name}; looking whether AWS has the request`);
      const found = await pollUntil(context, lostMs, async () => {
        const shown = await readRequests(context.cloud);
        return (shown.ok ? shown.value : []).find((one) => isAnswerTo(one, account, note.before, Date.parse(note.at)))?.id;
      });
      if (found !== undefined) {
        await recordInJournal(context, note.id, { made: found });
        return found;
      }
    }
    // It came to nothing, and what comes next is a request of its own.
    await recordInJournal(context, note.id, { state: 'closed' });
  }
  return requests.find((request) => request.name === account.name && open(request))?.id;
};

const isAnswerTo = (
  { id, name, requestedAt }: CreationRequest,
  account: WantedAccount,
  before: readonly string[],
  sentAt: number,
): boolean => name === account.name && !before.includes(id) && (requestedAt?.getTime() ?? sentAt) >= sentAt - skewMs;

/** Sends the request, once. Returns its id, or the account itself when the answer was lost and the account is there already. */
const send = async (
  context: CreationContext,
  account: WantedAccount,
  requests: readonly CreationRequest[],
): Promise<string | { readonly accountId: string }> => {
  const before = requests.map(({ id }) => id);
  const note = await context.journal.open({
    accountId: await context.accountId(),
    kind: 'member-account',
    user: account.email,
    before: requests.filter(({ name }) => name === account.name).map(({ id }) => id),
    replaces: null,
  });
  const sentAt = context.clock.now().getTime();
  const tags = Object.entries(account.tags).map(([Key, Value]) => ({ Key, Value }));
  try {
    const output = await whenOrganizationIsReady(context, () =>
      context.cloud.write('organizations:CreateAccount', {
        AccountName: account.name,
        Email: account.email,
        RoleName: account.role,
        IamUserAccessToBilling: account.billingAccess,
        ...(tags.length === 0 ? {} : { Tags: tags }),
      }),
    );
    const id = output.CreateAccountStatus?.Id;
    if (id === undefined) {
      throw new AmbiguousWriteError({
        operation: 'organizations:CreateAccount',
        code: 'EmptyAnswer',
        message: 'AWS answered without a request id',
      });
    }
    await recordInJournal(context, note.id, { made: id });
    return id;
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) {
      // Refused: there is nothing to go on with.
      await recordInJournal(context, note.id, { state: 'closed' });
      throw error;
    }
    context.notify(`the answer to the request for ${account.name} was lost; looking whether AWS has it`);
    const found = await pollUntil(context, lostMs, async () => {
      const [members, now] = await Promise.all([readMembers(context.cloud), readRequests(context.cloud)]);
      const there = members.ok ? memberOf(account, members.value) : undefined;
      if (there) return { accountId: there.id };
      return (now.ok ? now.value : []).find((one) => isAnswerTo(one, account, before, sentAt))?.id;
    });
    // Left open: the next run looks for it again before it sends another.
    if (found === undefined) throw error;
    if (typeof found === 'string') await recordInJournal(context, note.id, { made: found });
    return found;
  }
};

/** Polls until the request has ended well, and returns the id of the account. */
const finished = async (context: CreationContext, account: WantedAccount, requestId: string): Promise<string> => {
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
    if (status?.State === 'FAILED') {
      await settleNotes(context, await openNotes(context, account));
      throw failed(account, requestId, status.FailureReason);
    }
    if (waited >= limitMs) throw pending(account, requestId);
    if (waited - said >= 60_000) {
      said = waited;
      context.notify(`waiting for AWS to create the account ${account.name} (request ${requestId}); this mostly takes a minute or two`);
    }
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 1.5, 15_000);
  }
};

/** A request tells the account's name only: one that was under way may have been made with another address. */
const mustBeOurs = async (context: CreationContext, account: WantedAccount, accountId: string, requestId: string): Promise<void> => {
  context.forget();
  const made = (await knownMembers(context, true)).find(({ id }) => id === accountId);
  // Not listed yet: the account is looked for until it shows, by its address, when the step is confirmed.
  if (made === undefined || sameEmail(made.email, account.email)) return;
  throw new BootstrapError({
    code: 'E-ACCOUNT-MISMATCH',
    step: 'organization',
    message: `Request ${requestId} made an account named ${account.name} with the address ${made.email}, not ${account.email}.`,
    next: `Use the address ${made.email} if it is the account you want, or choose another name for the one with ${account.email}.`,
    changed: true,
  });
};

const failed = (account: WantedAccount, requestId: string, reason: string | undefined): BootstrapError => {
  const { why, next, retryable } = explainFailure(reason);
  return new BootstrapError({
    code: 'E-ACCOUNT-FAILED',
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
    step: 'organization',
    message: `AWS is still creating the account ${account.name} after ${limitMs / 60_000} minutes (request ${requestId}).`,
    next: 'Run the same command again later; it goes on waiting for this request and sends no second one.',
    retryable: true,
    changed: true,
  });

const knownMembers = async (context: CreationContext, changed: boolean): Promise<readonly Member[]> => {
  const reading = await readMembers(context.cloud);
  if (!reading.ok) throw mustRead(reading, changed);
  return reading.value;
};

const knownRequests = async (context: CreationContext, changed: boolean): Promise<readonly CreationRequest[]> => {
  const reading = await readRequests(context.cloud);
  if (!reading.ok) throw mustRead(reading, changed);
  return reading.value;
};
