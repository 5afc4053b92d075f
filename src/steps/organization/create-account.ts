import { AmbiguousWriteError, sameCode } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { JournalEntry } from '../../core/journal.js';
import type { Unread } from '../../core/reading.js';
import type { ApplyContext } from '../../core/step.js';
import { recordInJournal } from '../shared/journal.js';
import { readMembers, readRequests } from './observe.js';
import { explainFailure, organizationReadError } from './refusals.js';
import { sameEmail } from './section.js';
import type { CreateAccount, CreationRequest, Member, WantedAccount } from './state.js';
import { pollUntil, whenOrganizationIsReady } from './waiting.js';

/** How long to wait for AWS to create an account. It usually takes a minute or two. */
const maxWaitMs = 10 * 60_000;
/** How long to search for a request whose response was lost. */
const searchMs = 30_000;
/** ListAccounts may not show the account of a request that finished this recently. */
const recentMs = 15 * 60_000;
/** The largest difference between the clocks of AWS and this computer: AWS rejects requests that are further off. */
const maxClockSkewMs = 5 * 60_000;

/** What is needed to create an account. The context of a step has it, and so does `bootstrap accounts`. */
export type CreationContext = Pick<ApplyContext, 'cloud' | 'clock' | 'signal' | 'notify' | 'forget' | 'journal' | 'accountId'>;

/**
 * Creates one account, or waits for one that is being created, and returns its id. No request is sent while one for this name is in
 * progress: a second one would fail with CONCURRENT_ACCOUNT_MODIFICATION or EMAIL_ALREADY_EXISTS, and the API has no idempotency token.
 * So each request is recorded in the journal before it is sent, and its id once AWS returns it. A run after a crash continues with it. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */
export const ensureAccount = async (context: CreationContext, { account, request }: CreateAccount): Promise<string> => {
  context.forget();
  const [members, requests, entries] = await Promise.all([
    requireMembers(context, false),
    requireRequests(context, false),
    openEntries(context),
  ]);
  const own = entries.filter((entry) => sameEmail(entry.user, account.email));
  const existing = findMember(account, members);
  if (existing) {
    await closeEntries(context, own);
    return existing.id;
  }
  // A request of the same name that was recorded for another address belongs to another account.
  const ofOthers = entries.filter((entry) => !own.includes(entry)).map(({ made }) => made);
  const candidates = requests.filter(({ id }) => !ofOthers.includes(id));
  const inProgress = request ?? (await requestToResume(context, account, own, candidates, members));
  const id = inProgress ?? (await sendRequest(context, account, requests));
  const accountId = typeof id === 'string' ? await waitForRequest(context, account, id) : id.accountId;
  if (typeof id === 'string') await checkAddress(context, account, accountId, id);
  await closeEntries(context, await openEntries(context, account));
  return accountId;
};

const findMember = (account: WantedAccount, members: readonly Member[]): Member | undefined =>
  members.find(({ email }) => sameEmail(email, account.email));

/** Journal entries of requests that earlier runs on this computer did not see through to the end. */
const openEntries = async (
  { journal, accountId }: Pick<CreationContext, 'journal' | 'accountId'>,
  account?: WantedAccount,
): Promise<readonly JournalEntry[]> =>
  (await journal.entries(await accountId())).filter(
    ({ kind, state, user }) => kind === 'member-account' && state !== 'closed' && (account === undefined || sameEmail(user, account.email)),
  );

const closeEntries = async (context: CreationContext, entries: readonly JournalEntry[]): Promise<void> => {
  for (const { id } of entries) await recordInJournal(context, id, { state: 'closed' });
};

/** The request to continue with: the one in the journal, or one for this name that is in progress at AWS. */
const requestToResume = async (
  context: CreationContext,
  account: WantedAccount,
  own: readonly JournalEntry[],
  requests: readonly CreationRequest[],
  members: readonly Member[],
): Promise<string | undefined> => {
  const now = context.clock.now();
  const open = (request: CreationRequest): boolean =>
    request.state === 'IN_PROGRESS' ||
    // It finished so recently that the list of accounts may not show its account yet.
    (request.state === 'SUCCEEDED' &&
      !members.some(({ id }) => id === request.accountId) &&
      now.getTime() - (request.requestedAt?.getTime() ?? 0) < recentMs);
  for (const entry of own.toReversed()) {
    const recent = now.getTime() - Date.parse(entry.at) < recentMs;
    const known = requests.find(({ id }) => id === entry.made);
    if (entry.made !== null && (known === undefined ? recent : open(known))) {
      context.notify(`an earlier run requested the account ${account.name}; continuing with its request ${entry.made}`);
      return entry.made;
    }
    // The run ended after it sent the request and before it received the id.
    if (entry.made === null && recent) {
      context.notify(`an earlier run ended while it requested the account ${account.name}; checking whether AWS has the request`);
      const found = await pollUntil(context, searchMs, async () => {
        const current = await readRequests(context.cloud);
        return (current.ok ? current.value : []).find((one) => matchesSentRequest(one, account, entry.before, Date.parse(entry.at)))?.id;
      });
      if (found !== undefined) {
        await recordInJournal(context, entry.id, { made: found });
        return found;
      }
    }
    // That request created nothing, so a new one is sent.
    await recordInJournal(context, entry.id, { state: 'closed' });
  }
  return requests.find((request) => request.name === account.name && open(request))?.id;
};

const matchesSentRequest = (
  { id, name, requestedAt }: CreationRequest,
  account: WantedAccount,
  before: readonly string[],
  sentAt: number,
): boolean => name === account.name && !before.includes(id) && (requestedAt?.getTime() ?? sentAt) >= sentAt - maxClockSkewMs;

/** Sends the request once. Returns its id, or the account if the response was lost and the account already exists. */
const sendRequest = async (
  context: CreationContext,
  account: WantedAccount,
  requests: readonly CreationRequest[],
): Promise<string | { readonly accountId: string }> => {
  const before = requests.map(({ id }) => id);
  const entry = await context.journal.open({
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
        message: 'the response of AWS has no request id',
      });
    }
    await recordInJournal(context, entry.id, { made: id });
    return id;
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) {
      // Refused: there is no request to continue with.
      await recordInJournal(context, entry.id, { state: 'closed' });
      throw error;
    }
    context.notify(`the response to the request for ${account.name} was lost; checking whether AWS has it`);
    const found = await pollUntil(context, searchMs, async () => {
      const [members, now] = await Promise.all([readMembers(context.cloud), readRequests(context.cloud)]);
      const existing = members.ok ? findMember(account, members.value) : undefined;
      if (existing) return { accountId: existing.id };
      return (now.ok ? now.value : []).find((one) => matchesSentRequest(one, account, before, sentAt))?.id;
    });
    // The entry stays open: the next run searches again before it sends another request.
    if (found === undefined) throw error;
    if (typeof found === 'string') await recordInJournal(context, entry.id, { made: found });
    return found;
  }
};

/** Polls until the request has succeeded, and returns the id of the account. */
const waitForRequest = async (context: CreationContext, account: WantedAccount, requestId: string): Promise<string> => {
  let delay = 2_000;
  let waited = 0;
  for (;;) {
    context.forget();
    // A new request may not be known everywhere yet.
    const reading = await context.cloud.find('organizations:DescribeCreateAccountStatus', { CreateAccountRequestId: requestId }, [
      'CreateAccountStatusNotFound',
    ]);
    if (!reading.ok && reading.cause === 'denied') throw organizationReadError(reading, true);
    const status = reading.ok ? reading.value?.CreateAccountStatus : undefined;
    if (status?.State === 'SUCCEEDED' && status.AccountId !== undefined) return status.AccountId;
    if (status?.State === 'FAILED') {
      await closeEntries(context, await openEntries(context, account));
      throw failedError(account, requestId, status.FailureReason);
    }
    if (waited >= maxWaitMs) throw pendingError(account, requestId, reading.ok ? undefined : reading);
    if (waited >= 10_000)
      context.notify(`waiting for AWS to create the account ${account.name}, which usually takes a minute or two`, {
        waitedMs: waited,
        limitMs: maxWaitMs,
      });
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 1.5, 15_000);
  }
};

/** A request only contains the name of the account: one that was already in progress may be for another address. */
const checkAddress = async (context: CreationContext, account: WantedAccount, accountId: string, requestId: string): Promise<void> => {
  context.forget();
  const created = (await requireMembers(context, true)).find(({ id }) => id === accountId);
  // If it is not listed yet, the step polls for its address when it verifies the change.
  if (created === undefined || sameEmail(created.email, account.email)) return;
  throw new BootstrapError({
    code: 'E-ACCOUNT-MISMATCH',
    step: 'organization',
    message: `Request ${requestId} created an account named ${account.name} with the address ${created.email}, not ${account.email}.`,
    next: `If this is the account you want, use the address ${created.email}. Otherwise choose another name for the account with ${account.email}.`,
    changed: true,
  });
};

const failedError = (account: WantedAccount, requestId: string, reason: string | undefined): BootstrapError => {
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

const pendingError = (account: WantedAccount, requestId: string, unread: Unread | undefined): BootstrapError =>
  new BootstrapError({
    code: 'E-ACCOUNT-PENDING',
    step: 'organization',
    message: `AWS is still creating the account ${account.name} after ${maxWaitMs / 60_000} minutes (request ${requestId})${unread === undefined ? '' : `, or its state cannot be read: ${unread.message}`}.`,
    next: 'Run the same command again later. It continues to wait for this request and does not send another one.',
    retryable: true,
    changed: true,
  });

/** A new organization may not be known everywhere yet: some reads then answer that the account is in none. */
const unknownOrganizationMs = 60_000;

const requireMembers = async (context: CreationContext, changed: boolean): Promise<readonly Member[]> => {
  let reading = await readMembers(context.cloud);
  if (!reading.ok && sameCode(reading.code ?? '', 'AWSOrganizationsNotInUse')) {
    const isKnown = async () => {
      reading = await readMembers(context.cloud);
      return reading.ok ? true : undefined;
    };
    await pollUntil(context, unknownOrganizationMs, isKnown);
  }
  if (!reading.ok) throw organizationReadError(reading, changed);
  return reading.value;
};

const requireRequests = async (context: CreationContext, changed: boolean): Promise<readonly CreationRequest[]> => {
  const reading = await readRequests(context.cloud);
  if (!reading.ok) throw organizationReadError(reading, changed);
  return reading.value;
};
