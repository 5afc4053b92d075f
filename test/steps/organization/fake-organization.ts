import { AmbiguousWriteError, AwsError, isAwsError } from '../../../src/core/aws-error.js';
import { BootstrapError } from '../../../src/core/errors.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import { value, type Reading } from '../../../src/core/reading.js';
import type { ApplyContext } from '../../../src/core/step.js';
import { createAccount } from '../../../src/steps/organization/apply.js';
import { organization } from '../../../src/steps/index.js';
import type { CreationRequest, Member, OrganizationChange } from '../../../src/steps/organization/state.js';
import { memoryJournal } from '../support/memory-journal.js';
import { self, child, wanted, management, member, request } from './fixtures.js';

/** A fake AWS account: responses by operation, a clock that advances only with sleep, and a record of the requests. */
export type Answers = Readonly<Record<string, (input: never, clock: () => Date) => unknown>>;
export const fakeContext = (answers: Answers, noted: readonly JournalEntry[] = []) => {
  let now = Date.parse('2026-11-24T09:00:00Z');
  const sent: string[] = [];
  const said: string[] = [];
  const sleeps: number[] = [];
  // Equal reads share a response until a write or a call of forget, as in the real port.
  let cache = new Map<string, Reading<unknown>>();
  const call = (operation: string, input: unknown): unknown => {
    const answer = answers[operation];
    if (!answer) throw new Error(`unexpected ${operation}`);
    sent.push(operation);
    return answer(input as never, () => new Date(now));
  };
  const read = async (operation: string, input: unknown): Promise<Reading<unknown>> => {
    const key = `${operation} ${JSON.stringify(input)}`;
    const known = cache.get(key);
    if (known) return known;
    let fresh: Reading<unknown>;
    try {
      fresh = value(call(operation, input));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      fresh = { ok: false, cause: error.code === 'AccessDeniedException' ? 'denied' : 'failed', message: error.code, evidence: [] };
      Object.assign(fresh, { code: error.code });
    }
    cache.set(key, fresh);
    return fresh;
  };
  const cloud = {
    read,
    readAll: async (operation: string, input: unknown) => {
      const page = await read(operation, input);
      return page.ok ? { ...page, value: [page.value] } : page;
    },
    find: async (operation: string, input: unknown, absent: readonly string[]) => {
      const found = await read(operation, input);
      const { code } = found as { code?: string };
      return code !== undefined && absent.some((one) => isAwsError(refusal(operation, code), one)) ? value(undefined) : found;
    },
    assume: async (arn: string): Promise<Reading<unknown>> => (answers['sts:AssumeRole'] ? read('sts:AssumeRole', arn) : value(arn)),
    write: async (operation: string, input: unknown) => {
      cache = new Map();
      return call(operation, input);
    },
  };
  const journal = memoryJournal({ now: () => new Date(now) }, noted);
  const context = {
    cloud,
    clock: {
      now: () => new Date(now),
      sleep: async (ms: number) => {
        sleeps.push(ms);
        now += ms;
      },
    },
    caller: async () => ({ accountId: self, partition: 'aws', identity: { kind: 'user', arn: '', name: 'alex' } }),
    accountId: async () => self,
    journal,
    signal: new AbortController().signal,
    notify: (text: string) => void said.push(text),
    forget: () => {
      cache = new Map();
    },
  } as unknown as ApplyContext;
  return { context, sent, said, sleeps, journal, writes: () => sent.filter((operation) => /:(Create|Enable|Accept|Move)/.test(operation)) };
};

export const refusal = (operation: string, code: string, reason?: string) => new AwsError({ operation, code, message: code, reason });
export const lost = (operation: string) => new AmbiguousWriteError({ operation, code: 'ECONNRESET', message: 'socket hang up' });
export const shown = ({ id, email, name, state }: Member) => ({ Id: id, Email: email, Name: name, State: state });
const status = (of: CreationRequest) => ({
  Id: of.id,
  AccountName: of.name,
  State: of.state,
  RequestedTimestamp: of.requestedAt,
  AccountId: of.accountId,
  FailureReason: of.failureReason,
});

/** A fake in which accounts can be created: the request ends after it was read a few times. */
export const creating = (over: { readonly ends?: Partial<CreationRequest>; readonly looks?: number; readonly email?: string } = {}) => {
  const members: Member[] = [management];
  const requests: CreationRequest[] = [];
  let looks = over.looks ?? 2;
  const settle = (): void => {
    const [open] = requests;
    if (!open || open.state !== 'IN_PROGRESS' || looks-- > 0) return;
    requests[0] = { ...open, state: 'SUCCEEDED', accountId: child, ...over.ends };
    if (requests[0].state === 'SUCCEEDED') members.push(member({ email: over.email ?? 'aws+sandbox@example.com' }));
  };
  const take = (name: string, at: Date): CreationRequest => {
    requests.unshift(request({ id: `car-${requests.length + 1}`, name, requestedAt: at }));
    return requests[0] as CreationRequest;
  };
  const answers: Answers = {
    'organizations:ListAccounts': () => ({ Accounts: members.map(shown) }),
    'organizations:ListCreateAccountStatus': () => ({ CreateAccountStatuses: requests.map(status) }),
    'organizations:DescribeCreateAccountStatus': () => {
      settle();
      return { CreateAccountStatus: status(requests[0] as CreationRequest) };
    },
    'organizations:CreateAccount': ({ AccountName }: { AccountName: string }, clock) => ({
      CreateAccountStatus: status(take(AccountName, clock())),
    }),
  };
  return { answers, members, requests, take };
};
export const create = createAccount(wanted(), null, 0);
export const refusalOf = async (context: ApplyContext, change: OrganizationChange): Promise<BootstrapError> => {
  const error: unknown = await organization.apply(context, change).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BootstrapError) return error;
  throw new Error(`not an error of ours: ${String(error)}`, { cause: error });
};

/** A fake tree to which CreateOrganizationalUnit adds units. */
export const growing = (existing: Readonly<Record<string, string>> = {}) => {
  const made: Record<string, string> = { ...existing };
  let parent = 'r-root';
  const answers: Answers = {
    'organizations:ListRoots': () => ({ Roots: [{ Id: 'r-root' }] }),
    'organizations:ListParents': () => ({ Parents: [{ Id: parent }] }),
    'organizations:ListOrganizationalUnitsForParent': ({ ParentId }: { ParentId: string }) => ({
      OrganizationalUnits: Object.entries(made).flatMap(([path, id]) =>
        path.startsWith(`${ParentId}/`) ? [{ Id: id, Name: path.slice(ParentId.length + 1) }] : [],
      ),
    }),
    'organizations:CreateOrganizationalUnit': ({ ParentId, Name }: { ParentId: string; Name: string }) => {
      const id = `ou-${Name}`;
      made[`${ParentId}/${Name}`] = id;
      return { OrganizationalUnit: { Id: id } };
    },
    'organizations:MoveAccount': ({ DestinationParentId }: { DestinationParentId: string }) => {
      parent = DestinationParentId;
      return {};
    },
  };
  return { answers, parent: () => parent };
};
