import { CreateAccountFailureReason } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AmbiguousWriteError, AwsError, isAwsError } from '../../src/core/aws-error.js';
import { BootstrapError } from '../../src/core/errors.js';
import type { Finding } from '../../src/core/finding.js';
import type { JournalEntry } from '../../src/core/journal.js';
import { type Reading, value } from '../../src/core/reading.js';
import type { ApplyContext, DesireContext } from '../../src/core/step.js';
import {
  createAccount,
  createOrganization,
  enableAllFeatures,
  enableCentralRoot,
  moveAccount,
} from '../../src/steps/organization/apply.js';
import { accountSteps, organization } from '../../src/steps/index.js';
import { explainFailure, failureReasons } from '../../src/steps/organization/refusals.js';
import { sectionWith } from '../../src/steps/organization/section.js';
import type {
  CreationRequest,
  Desired,
  Member,
  Observed,
  OrganizationChange,
  RoleCheck,
  WantedAccount,
} from '../../src/steps/organization/state.js';
import { memoryJournal } from './support/memory-journal.js';

const self = '111111111111';
const child = '222222222222';
const roleArn = `arn:aws:iam::${child}:role/OrganizationAccountAccessRole`;

const wanted = (over: Partial<WantedAccount> = {}): WantedAccount => ({
  name: 'sandbox',
  email: 'aws+sandbox@example.com',
  role: 'OrganizationAccountAccessRole',
  billingAccess: 'ALLOW',
  unit: [],
  tags: {},
  ...over,
});
const desired = (over: Partial<Desired> = {}): Desired => ({
  wanted: true,
  mayCreate: true,
  centralRoot: false,
  accounts: [wanted()],
  ...over,
});

const management: Member = { id: self, email: 'root@example.com', name: 'Main', state: 'ACTIVE', invited: true };
const member = (over: Partial<Member> = {}): Member => ({
  id: child,
  email: 'aws+sandbox@example.com',
  name: 'sandbox',
  state: 'ACTIVE',
  invited: false,
  ...over,
});
const request = (over: Partial<CreationRequest> = {}): CreationRequest => ({
  id: 'car-00000001',
  name: 'sandbox',
  state: 'IN_PROGRESS',
  requestedAt: new Date('2026-11-24T08:00:00Z'),
  accountId: undefined,
  failureReason: undefined,
  ...over,
});
const facts = { id: 'o-exampleorg1', managementId: self, managementEmail: 'root@example.com', allFeatures: true };
const denied: Reading<never> = {
  ok: false,
  cause: 'denied',
  message: 'AWS denied it',
  missingPermission: 'organizations:ListAccounts',
  evidence: [],
};

const manages = (over: Partial<Observed> & { readonly list?: readonly Member[] } = {}): Observed => {
  const { list, ...rest } = over;
  return {
    accountId: self,
    partition: 'aws',
    callerIsRoot: false,
    place: value({ role: 'management', ...facts }),
    members: value([management, ...(list ?? [])]),
    requests: value([]),
    trials: { [roleArn]: { let: 'in', evidence: [] } },
    ...rest,
  };
};
const standalone: Observed = { ...manages(), place: value({ role: 'standalone' }), members: denied, requests: denied };

const assess = (want: Desired, found: Observed) => organization.assess(want, found) as readonly Finding<OrganizationChange>[];
const line = ({ id, status, remedy }: Finding<OrganizationChange>): string =>
  [id.replace('organization.', ''), status, ...(remedy ? [remedy.by === 'init' ? remedy.change.kind : 'hand'] : [])].join(' ');
const lines = (want: Desired, found: Observed): readonly string[] => assess(want, found).map(line);
const finding = (id: string, want: Desired, found: Observed): Finding<OrganizationChange> => {
  const one = assess(want, found).find((each) => each.id === id);
  if (!one) throw new Error(`no finding ${id}`);
  return one;
};
const consolidated = (over: Partial<Observed> & { readonly list?: readonly Member[] } = {}): Observed =>
  manages({ place: value({ role: 'management', ...facts, allFeatures: false }), pendingFeatures: value(undefined), ...over });
const tree = (over: Partial<{ units: Record<string, string>; parents: Record<string, string> }> = {}) =>
  value({ rootId: 'r-root', units: {}, parents: {}, ...over });
const units = ['Workloads', 'Prod'];
const inUnit = desired({ accounts: [wanted({ unit: units })] });

describe('assess', () => {
  const table: readonly (readonly [string, Desired, Observed, readonly string[]])[] = [
    [
      'plans everything on an empty account',
      desired({ centralRoot: true }),
      standalone,
      ['exists fail create-organization', 'central-root fail enable-central-root', 'accounts fail create-account'],
    ],
    [
      'creates nothing unattended when the loss of the free plan was not accepted',
      desired({ mayCreate: false, centralRoot: true }),
      standalone,
      ['exists fail hand', 'central-root fail hand', 'accounts fail hand'],
    ],
    [
      'plans one account each',
      desired({ accounts: [wanted(), wanted({ name: 'logs', email: 'logs@example.com' })] }),
      manages(),
      ['exists pass', 'all-features pass', 'accounts fail create-account', 'accounts fail create-account'],
    ],
    [
      'adopts what is there',
      desired({ centralRoot: true }),
      manages({ list: [member()], centralRoot: value(true) }),
      ['exists pass', 'all-features pass', 'central-root pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'enables central root access before accounts are made',
      desired({ centralRoot: true }),
      manages({ centralRoot: value(false) }),
      ['exists pass', 'all-features pass', 'central-root fail enable-central-root', 'accounts fail create-account'],
    ],
    [
      'says nothing of central root access when it is not wanted',
      desired({ accounts: [] }),
      manages(),
      ['exists pass', 'all-features pass'],
    ],
    [
      'passes a member by, with the reason',
      desired({ centralRoot: true }),
      { ...manages(), place: value({ role: 'member', ...facts, managementId: '999999999999' }), members: denied },
      ['exists pass', 'all-features not-applicable', 'central-root not-applicable', 'accounts not-applicable'],
    ],
    [
      'knows nothing when the organization cannot be read',
      desired(),
      { ...manages(), place: denied },
      ['exists unknown', 'all-features unknown', 'accounts unknown'],
    ],
    [
      'knows no account when accounts cannot be read',
      desired(),
      manages({ members: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown'],
    ],
    [
      'creates no account when requests under way cannot be read',
      desired(),
      manages({ requests: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown'],
    ],
    [
      'knows an account without reading requests',
      desired(),
      manages({ list: [member()], requests: denied }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'finishes all features when nobody is asked',
      desired({ accounts: [], centralRoot: true }),
      consolidated({ list: [member()], centralRoot: value(false) }),
      ['exists pass', 'all-features fail enable-all-features', 'central-root fail enable-central-root'],
    ],
    [
      'asks invited members for all features, and leaves what needs them',
      desired({ accounts: [], centralRoot: true }),
      consolidated({ list: [member({ invited: true })], centralRoot: value(false) }),
      ['exists pass', 'all-features fail enable-all-features', 'central-root fail hand'],
    ],
    [
      'waits for the approval of invited members',
      desired({ accounts: [] }),
      consolidated({ list: [member({ invited: true })], pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      ['exists pass', 'all-features fail hand'],
    ],
    [
      'finishes all features when all approved',
      desired({ accounts: [] }),
      consolidated({ list: [member({ invited: true })], pendingFeatures: value({ handshakeId: 'h-1', ready: true }) }),
      ['exists pass', 'all-features fail enable-all-features'],
    ],
    [
      'knows nothing of features when handshakes cannot be read',
      desired({ accounts: [] }),
      consolidated({ pendingFeatures: denied }),
      ['exists pass', 'all-features unknown'],
    ],
    [
      'finds an account by its address in any case',
      desired(),
      manages({ list: [member({ email: 'AWS+Sandbox@Example.com', name: 'Old name' })] }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'leaves an account of the same name and another address',
      desired(),
      manages({ list: [member({ email: 'typo@example.com' })] }),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'takes no notice of a closed namesake',
      desired(),
      manages({ list: [member({ email: 'typo@example.com', state: 'CLOSED' })] }),
      ['exists pass', 'all-features pass', 'accounts fail create-account'],
    ],
    [
      'refuses the address of the management account',
      desired({ accounts: [wanted({ email: 'Root@example.com' })] }),
      manages(),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'creates no account in GovCloud',
      desired(),
      manages({ partition: 'aws-us-gov' }),
      ['exists pass', 'all-features pass', 'accounts fail hand'],
    ],
    [
      'passes an account in its unit',
      inUnit,
      manages({ list: [member()], tree: tree({ units: { Workloads: 'ou-1', 'Workloads/Prod': 'ou-2' }, parents: { [child]: 'ou-2' } }) }),
      ['exists pass', 'all-features pass', 'accounts pass', 'access-role pass'],
    ],
    [
      'moves an account out of the root',
      inUnit,
      manages({ list: [member()], tree: tree({ parents: { [child]: 'r-root' } }) }),
      ['exists pass', 'all-features pass', 'accounts fail move-account', 'access-role pass'],
    ],
    [
      'leaves an account in another unit',
      inUnit,
      manages({ list: [member()], tree: tree({ units: { Workloads: 'ou-1', 'Workloads/Prod': 'ou-2' }, parents: { [child]: 'ou-9' } }) }),
      ['exists pass', 'all-features pass', 'accounts fail hand', 'access-role pass'],
    ],
    [
      'knows no place when units cannot be read',
      inUnit,
      manages({ list: [member()], tree: denied }),
      ['exists pass', 'all-features pass', 'accounts unknown', 'access-role pass'],
    ],
    ...['PENDING_ACTIVATION', 'SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'NEWER'].map(
      (state) =>
        [
          `leaves an account in state ${state} to a person`,
          desired(),
          manages({ list: [member({ state })] }),
          ['exists pass', 'all-features pass', 'accounts fail hand'],
        ] as const,
    ),
  ];
  it.each(table)('%s', (_name, want, found, expected) => {
    expect(lines(want, found)).toEqual(expected);
  });

  it('speaks only of findings in the catalogue, and gives reasons without a full stop', () => {
    for (const [, want, found] of table) {
      for (const each of assess(want, found)) {
        expect(organization.findings.map(({ id }) => id)).toContain(each.id);
        expect(each.reason).not.toMatch(/\.$/);
      }
    }
  });

  it('says before creating an organization that a free plan ends', () => {
    const { remedy } = finding('organization.exists', desired(), standalone);
    expect(remedy).toMatchObject({ by: 'init', change: { risk: 'billing', summary: expect.stringContaining('ends a Free plan') } });
  });

  it('names the setting that lets an unattended run create the organization', () => {
    const { remedy } = finding('organization.exists', desired({ mayCreate: false }), standalone);
    expect(remedy).toMatchObject({ by: 'hand', instructions: expect.stringContaining('organization.free-tier-loss: accepted') });
  });

  it('waits for a request that is under way and plans no second one', () => {
    const found = finding('organization.accounts', desired(), manages({ requests: value([request()]) }));
    expect(found.remedy).toMatchObject({ by: 'init', change: { request: 'car-00000001', calls: [] } });
  });

  it('says why the last request failed, and plans a new one', () => {
    const failed = request({ state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' });
    const found = finding('organization.accounts', desired(), manages({ requests: value([failed]) }));
    expect(found.reason).toContain('another AWS account has this e-mail address');
    expect(found.remedy).toMatchObject({ by: 'init', change: { request: null, calls: ['organizations:CreateAccount'] } });
  });

  it('makes a unit that two accounts share once', () => {
    const accounts = [wanted({ unit: units }), wanted({ name: 'logs', email: 'logs@example.com', unit: units })];
    const changes = assess(desired({ accounts }), manages({ tree: tree({ units: { Workloads: 'ou-1' } }) })).flatMap(({ remedy }) =>
      remedy?.by === 'init' ? [remedy.change.calls] : [],
    );
    expect(changes).toEqual([
      ['organizations:CreateAccount', 'organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'],
      ['organizations:CreateAccount', 'organizations:MoveAccount'],
    ]);
  });

  const out = (over: Partial<Extract<RoleCheck, { let: 'out' }>> = {}): Partial<Observed> => ({
    trials: { [roleArn]: { let: 'out', unread: { ...denied, missingPermission: 'sts:AssumeRole' }, fullRights: value(true), ...over } },
  });
  it('blames the role when it refuses a caller with full rights', () => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], ...out() }));
    expect(found).toMatchObject({ status: 'fail', resource: roleArn, remedy: { by: 'hand', instructions: expect.stringContaining(self) } });
  });
  it.each([
    ['has fewer rights', { fullRights: value(false) }],
    ['could not be looked at', { fullRights: denied }],
    ['has credentials that AWS refuses', { fullRights: undefined }],
  ])('blames nobody when the caller %s', (_name, over) => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], ...out(over) }));
    expect(found).toMatchObject({ status: 'unknown', cause: 'denied', missingPermission: 'sts:AssumeRole' });
    expect(found.remedy).toBeUndefined();
  });

  it('tells root who can try the role', () => {
    const found = finding('organization.access-role', desired(), manages({ list: [member()], callerIsRoot: true }));
    expect(found).toMatchObject({
      resource: `arn:aws:iam::${child}:role/OrganizationAccountAccessRole`,
      reason: expect.stringContaining('Root cannot assume roles'),
      remedy: {
        command: `aws sts assume-role --role-arn arn:aws:iam::${child}:role/OrganizationAccountAccessRole --role-session-name check --region us-east-1`,
      },
    });
  });
});

const section = sectionWith(accountSteps);

describe('the section', () => {
  const parse = (accounts: readonly object[]) => section.safeParse({ accounts });
  it('has defaults for everything', () => {
    expect(section.parse({})).toEqual({ features: 'all', 'central-root': false, accounts: [] });
  });
  it('takes its practice values', () => {
    expect(section.parse(organization.practice(() => 'abcd')).accounts[0]?.role).toBe('OrganizationAccountAccessRole');
  });
  it('goes into a JSON Schema with a description of every key', () => {
    const schema = z.toJSONSchema(section, { io: 'input' }) as {
      properties: Record<string, { description?: string; items?: { properties: Record<string, { description?: string }> } }>;
    };
    const all = [...Object.entries(schema.properties), ...Object.entries(schema.properties.accounts?.items?.properties ?? {})];
    expect(all.filter(([, { description }]) => !description).map(([key]) => key)).toEqual([]);
    expect(all).toHaveLength(12);
  });
  const good = { name: 'sandbox', email: 'aws+sandbox@example.com' };
  it.each([
    ['an address twice', [good, { name: 'b', email: 'AWS+sandbox@example.com' }], [1, 'email']],
    ['a name twice', [good, { ...good, email: 'b@example.com' }], [1, 'name']],
    ['a long name', [{ ...good, name: 'x'.repeat(51) }], [0, 'name']],
    ['a name with an accent', [{ ...good, name: 'Caché' }], [0, 'name']],
    ['a short address', [{ ...good, email: 'a@b.c' }], [0, 'email']],
    ['a long address', [{ ...good, email: `${'x'.repeat(60)}@example.com` }], [0, 'email']],
    ['an address with an umlaut', [{ ...good, email: 'jürgen@example.com' }], [0, 'email']],
    ['two at signs', [{ ...good, email: 'a@b@example.com' }], [0, 'email']],
    ['a role of AWS', [{ ...good, role: 'AWSServiceRoleForX' }], [0, 'role']],
    ['an empty unit', [{ ...good, ou: 'Workloads//Prod' }], [0, 'ou']],
    ['a unit too deep', [{ ...good, ou: '1/2/3/4/5/6' }], [0, 'ou']],
    ['a tag of AWS', [{ ...good, tags: { 'aws:x': '1' } }], [0, 'tags']],
    ['an unknown key', [{ ...good, Ou: 'x' }], [0]],
  ])('refuses %s', (_name, accounts, path) => {
    const parsed = parse(accounts);
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([['accounts', ...path]]);
  });

  const desire = (slice: object, over: Partial<DesireContext>) =>
    organization.desire(section.parse(slice), {
      intents: {},
      running: () => true,
      command: 'init',
      unattended: true,
      secrets: 'none',
      switches: [],
      ...over,
    }) as Desired;
  it.each([
    [{}, { unattended: true }, false],
    [{ 'free-tier-loss': 'accepted' }, { unattended: true }, true],
    [{}, { unattended: false }, true],
    [{}, { command: 'check' }, true],
  ] as const)('%o with %o may create: %s', (slice, over, mayCreate) => {
    expect(desire(slice, over).mayCreate).toBe(mayCreate);
  });
  it('tells other steps of the organization only when it runs', () => {
    expect(organization.intent(desire({ accounts: [good] }, {}))).toEqual({ organization: { accounts: [good] } });
    expect(organization.intent(desire({ accounts: [good] }, { running: () => false }))).toEqual({});
  });
});

describe('failure reasons', () => {
  it('explain every reason that the SDK knows, and no other', () => {
    expect(Object.keys(failureReasons).toSorted()).toEqual(Object.values(CreateAccountFailureReason).toSorted());
  });
  it.each(Object.entries(failureReasons))('%s says why and what to do', (_reason, { why, next }) => {
    expect(why).toMatch(/^(AWS|[a-z]).*[^.]$/);
    expect(next).toMatch(/^[A-Z].*\.$/);
  });
  it('have words for a reason of the future', () => {
    expect(explainFailure('NEW_REASON').next).toContain('CreateAccountStatus');
    expect(explainFailure(undefined).why).toBe('AWS gave no reason');
  });
});

/** One account's worth of AWS: answers by operation, a clock that only sleeping moves, and a record of what was sent. */
type Answers = Readonly<Record<string, (input: never, clock: () => Date) => unknown>>;
const fakeContext = (answers: Answers, noted: readonly JournalEntry[] = []) => {
  let now = Date.parse('2026-11-24T09:00:00Z');
  const sent: string[] = [];
  const said: string[] = [];
  const sleeps: number[] = [];
  // Equal reads share an answer until something is written or forgotten, as behind the real port.
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

const refusal = (operation: string, code: string, reason?: string) => new AwsError({ operation, code, message: code, reason });
const lost = (operation: string) => new AmbiguousWriteError({ operation, code: 'ECONNRESET', message: 'socket hang up' });
const shown = ({ id, email, name, state }: Member) => ({ Id: id, Email: email, Name: name, State: state });
const status = (of: CreationRequest) => ({
  Id: of.id,
  AccountName: of.name,
  State: of.state,
  RequestedTimestamp: of.requestedAt,
  AccountId: of.accountId,
  FailureReason: of.failureReason,
});

/** Accounts can be made here: the request ends after some looks at it. */
const creating = (over: { readonly ends?: Partial<CreationRequest>; readonly looks?: number; readonly email?: string } = {}) => {
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
const create = createAccount(wanted(), null, 0);
const told = async (context: ApplyContext, change: OrganizationChange): Promise<BootstrapError> => {
  const error: unknown = await organization.apply(context, change).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BootstrapError) return error;
  throw new Error(`not an error of ours: ${String(error)}`, { cause: error });
};

describe('creating an account', () => {
  it('sends the request once and polls until the account is there', async () => {
    const { answers } = creating({ looks: 4 });
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(fake.sleeps).toEqual([2_000, 3_000, 4_500, 6_750]);
    expect(fake.said).toEqual(['waiting for AWS to create the account sandbox (request car-1); this mostly takes a minute or two']);
  });

  it('sends what the config asks for', async () => {
    const { answers } = creating();
    let input: unknown;
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (given: never, clock) => {
        input = given;
        return answers['organizations:CreateAccount']?.(given, clock);
      },
    });
    await organization.apply(fake.context, createAccount(wanted({ billingAccess: 'DENY', role: 'Admin', tags: { team: 'a' } }), null, 0));
    expect(input).toEqual({
      AccountName: 'sandbox',
      Email: 'aws+sandbox@example.com',
      RoleName: 'Admin',
      IamUserAccessToBilling: 'DENY',
      Tags: [{ Key: 'team', Value: 'a' }],
    });
  });

  it('sends nothing when the account is there already', async () => {
    const { answers, members } = creating();
    members.push(member({ email: 'AWS+SANDBOX@example.com' }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
  });

  it.each([
    ['named in the plan', createAccount(wanted(), 'car-1', 0)],
    ['found just before', create],
  ])('polls a request under way, %s, instead of sending one', async (_name, change) => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual([]);
  });

  it('sends no second request when the first is done and the list of accounts lags', async () => {
    const { answers, requests } = creating();
    requests.push(request({ id: 'car-1', state: 'SUCCEEDED', accountId: child, requestedAt: new Date('2026-11-24T08:58:00Z') }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
  });

  it('is not held up by a request that failed before', async () => {
    const { answers, requests } = creating();
    requests.push(request({ state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
  });

  it('finds the request again when its answer is lost', async () => {
    const { answers, take, requests } = creating();
    // An older failure under the same name must not be taken for it.
    requests.push(request({ id: 'car-0', state: 'FAILED', requestedAt: new Date('2026-11-24T08:59:50Z') }));
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (_input, clock) => {
        take('sandbox', clock());
        throw lost('organizations:CreateAccount');
      },
    });
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(requests[0]?.state).toBe('SUCCEEDED');
  });

  const note = (over: Partial<JournalEntry> = {}): JournalEntry => ({
    id: 'n-1',
    accountId: self,
    kind: 'member-account',
    user: 'aws+sandbox@example.com',
    at: '2026-11-24T08:59:00Z',
    before: [],
    made: null,
    state: 'open',
    place: null,
    replaces: null,
    ...over,
  });

  it('writes the request down before it is sent, and closes the note at the end', async () => {
    const { answers } = creating();
    let seen: readonly JournalEntry[] = [];
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (input: never, clock) => {
        seen = fake.journal.list.map((entry) => ({ ...entry }));
        return answers['organizations:CreateAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(seen).toMatchObject([{ kind: 'member-account', user: 'aws+sandbox@example.com', made: null, state: 'open' }]);
    expect(fake.journal.list).toMatchObject([{ made: 'car-1', state: 'closed' }]);
  });

  it('goes on with the request that an earlier run wrote down, although the list lags', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext({ ...answers, 'organizations:ListCreateAccountStatus': () => ({ CreateAccountStatuses: [] }) }, [
      note({ made: 'car-1' }),
    ]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
    expect(fake.journal.list).toMatchObject([{ state: 'closed' }]);
  });

  it('looks for a request whose id the earlier run never heard before it sends another', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    let looks = 0;
    const fake = fakeContext(
      {
        ...answers,
        'organizations:ListCreateAccountStatus': (input: never, clock) => {
          looks += 1;
          return looks > 3 ? answers['organizations:ListCreateAccountStatus']?.(input, clock) : { CreateAccountStatuses: [] };
        },
      },
      [note()],
    );
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
    expect(fake.journal.list).toMatchObject([{ made: 'car-1', state: 'closed' }]);
  });

  it('sends the request when the earlier one never reached AWS', async () => {
    const fake = fakeContext(creating().answers, [note()]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(fake.journal.list.map(({ state }) => state)).toEqual(['closed', 'closed']);
  });

  it('does not take a request of the same name for its own that was made for another address', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext(answers, [note({ user: 'other@example.com', made: 'car-1' })]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
  });

  it('waits for an organization that is being set up, and says why', async () => {
    const { answers } = creating();
    let refused = 0;
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (input: never, clock) => {
        refused += 1;
        if (refused < 4) throw refusal('organizations:CreateAccount', 'FinalizingOrganizationException');
        return answers['organizations:CreateAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(fake.said[0]).toContain('still setting up the new organization');
  });

  it('gives up waiting for the organization in time, and can be run again', async () => {
    const fake = fakeContext({
      ...creating().answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', 'FinalizingOrganizationException');
      },
    });
    expect(await told(fake.context, create)).toMatchObject({ code: 'E-ORGANIZATION-FINALIZING', exit: 6, retryable: true });
    expect(fake.sleeps.reduce((a, b) => a + b)).toBeLessThan(600_000);
    expect(fake.journal.list).toMatchObject([{ state: 'closed' }]);
  });

  it('hands the doubt on when nothing of the request shows within half a minute', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw lost('organizations:CreateAccount');
      },
    });
    await expect(organization.apply(fake.context, create)).rejects.toBeInstanceOf(AmbiguousWriteError);
    expect(fake.sleeps.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(30_000);
    expect(fake.writes()).toHaveLength(1);
  });

  it('gives up after ten minutes, and can be run again', async () => {
    const { answers } = creating({ looks: 1_000 });
    const fake = fakeContext(answers);
    const error = await told(fake.context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-PENDING', exit: 6, retryable: true, changed: true });
    const waited = fake.sleeps.reduce((a, b) => a + b);
    expect(waited).toBeGreaterThanOrEqual(600_000);
    expect(waited).toBeLessThan(620_000);
    expect(fake.said.length).toBeGreaterThan(5);
  });

  it.each(Object.values(CreateAccountFailureReason))('explains %s', async (reason) => {
    const fake = fakeContext(creating({ ends: { state: 'FAILED', failureReason: reason } }).answers);
    const error = await told(fake.context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-FAILED', exit: 7, next: failureReasons[reason].next });
    expect(error.message).toContain(reason);
    expect(error.message).toContain('car-1');
  });

  it('goes on polling when a look fails or does not know the request yet', async () => {
    const { answers } = creating({ looks: 0 });
    let looks = 0;
    const fake = fakeContext({
      ...answers,
      'organizations:DescribeCreateAccountStatus': (input: never, clock) => {
        looks += 1;
        if (looks === 1) throw refusal('organizations:DescribeCreateAccountStatus', 'CreateAccountStatusNotFoundException');
        if (looks === 2) throw refusal('organizations:DescribeCreateAccountStatus', 'ServiceException');
        return answers['organizations:DescribeCreateAccountStatus']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(looks).toBe(3);
  });

  it('says so when looking is denied', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:DescribeCreateAccountStatus': () => {
        throw refusal('organizations:DescribeCreateAccountStatus', 'AccessDeniedException');
      },
    });
    expect(await told(fake.context, create)).toMatchObject({ code: 'E-READ-DENIED', exit: 4 });
  });

  it('notices that a request under way was for another address', async () => {
    const { answers, take } = creating({ email: 'typo@example.com' });
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const error = await told(fakeContext(answers).context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-MISMATCH', exit: 7 });
    expect(error.message).toContain('typo@example.com');
  });

  it.each([
    ['FinalizingOrganizationException', undefined, 'E-ORGANIZATION-FINALIZING', 6],
    ['ConstraintViolationException', 'ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'E-ACCOUNT-LIMIT', 7],
    ['ConstraintViolationException', 'ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED', 'E-ACCOUNT-RATE', 6],
    ['ConstraintViolationException', 'ACCOUNT_CREATION_NOT_COMPLETE', 'E-ORGANIZATION-NOT-READY', 6],
    ['ConstraintViolationException', 'MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED', 'E-ORGANIZATION-REFUSED', 7],
  ])('explains %s %s', async (code, reason, ours, exit) => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', code, reason);
      },
    });
    expect(await told(fake.context, create)).toMatchObject({ code: ours, exit, step: 'organization' });
  });

  it('passes on an error that it has no words for', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', 'ConstraintViolationException', 'SOMETHING_NEW');
      },
    });
    await expect(organization.apply(fake.context, create)).rejects.toMatchObject({ name: 'AwsError', reason: 'SOMETHING_NEW' });
  });
});

/** A tree that CreateOrganizationalUnit grows. */
const growing = (existing: Readonly<Record<string, string>> = {}) => {
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
const move = moveAccount(member(), units, 2);

describe('placing an account', () => {
  it('makes the missing units and moves the account', async () => {
    const grown = growing();
    const fake = fakeContext(grown.answers);
    await organization.apply(fake.context, move);
    expect(fake.writes()).toEqual(move.calls);
    expect(grown.parent()).toBe('ou-Prod');
  });

  it('uses the units that are there, and waits until AWS knows them', async () => {
    const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
    let refusals = 2;
    const fake = fakeContext({
      ...grown.answers,
      'organizations:MoveAccount': (input: never, clock) => {
        if (refusals-- > 0) throw refusal('organizations:MoveAccount', 'DestinationParentNotFoundException');
        return grown.answers['organizations:MoveAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, move);
    expect(grown.parent()).toBe('ou-Prod');
    expect(fake.writes().filter((call) => call.endsWith('Unit'))).toHaveLength(1);
    expect(fake.sleeps).toEqual([1_000, 2_000]);
  });

  it.each(['organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'])(
    'looks whether %s happened when its answer is lost',
    async (operation) => {
      const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
      const fake = fakeContext({
        ...grown.answers,
        [operation]: (input: never, clock: () => Date) => {
          grown.answers[operation]?.(input, clock);
          throw lost(operation);
        },
      });
      await organization.apply(fake.context, move);
      expect(grown.parent()).toBe('ou-Prod');
      expect(fake.writes().filter((call) => call === operation)).toHaveLength(1);
    },
  );

  it.each(['organizations:CreateOrganizationalUnit', 'organizations:MoveAccount'])(
    'sends %s again when its answer is lost and nothing happened',
    async (operation) => {
      const grown = growing({ 'r-root/Workloads': 'ou-Workloads' });
      let losses = 1;
      const fake = fakeContext({
        ...grown.answers,
        [operation]: (input: never, clock: () => Date) => {
          if (losses-- > 0) throw lost(operation);
          return grown.answers[operation]?.(input, clock);
        },
      });
      await organization.apply(fake.context, move);
      expect(grown.parent()).toBe('ou-Prod');
      expect(fake.writes().filter((call) => call === operation)).toHaveLength(2);
    },
  );

  it('takes an account that is there already as moved', async () => {
    const grown = growing();
    const fake = fakeContext({
      ...grown.answers,
      'organizations:MoveAccount': () => {
        throw refusal('organizations:MoveAccount', 'DuplicateAccountException');
      },
    });
    await expect(organization.apply(fake.context, move)).resolves.toBeUndefined();
  });

  it('puts a new account in its place', async () => {
    const grown = growing();
    const fake = fakeContext({ ...creating().answers, ...grown.answers });
    const change = createAccount(wanted({ unit: units }), null, 2);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
    expect(grown.parent()).toBe('ou-Prod');
  });
});

describe('the organization itself', () => {
  it('is created with all features', async () => {
    const inputs: unknown[] = [];
    const fake = fakeContext({ 'organizations:CreateOrganization': (input) => inputs.push(input) && {} });
    await organization.apply(fake.context, createOrganization());
    expect(inputs).toEqual([{ FeatureSet: 'ALL' }]);
  });

  it.each([
    ['AlreadyInOrganizationException', 'E-ORGANIZATION-EXISTS', 6],
    ['AccessDeniedForDependencyException', 'E-WRITE-DENIED', 7],
  ])('explains %s', async (code, ours, exit) => {
    const fake = fakeContext({
      'organizations:CreateOrganization': () => {
        throw refusal('organizations:CreateOrganization', code);
      },
    });
    expect(await told(fake.context, createOrganization())).toMatchObject({ code: ours, exit });
  });

  const accept = { 'organizations:AcceptHandshake': () => ({}) };
  it('asks for all features and finishes them', async () => {
    const change = enableAllFeatures(undefined, true);
    const fake = fakeContext({ ...accept, 'organizations:EnableAllFeatures': () => ({ Handshake: { Id: 'h-1' } }) });
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('only asks when invited members must approve', async () => {
    const change = enableAllFeatures(undefined, false);
    const fake = fakeContext({ 'organizations:EnableAllFeatures': () => ({ Handshake: { Id: 'h-1' } }) });
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('finishes a request that is under way', async () => {
    const change = enableAllFeatures({ handshakeId: 'h-1', ready: true }, true);
    const fake = fakeContext(accept);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual(change.calls);
  });

  it('finds a request that somebody else made meanwhile', async () => {
    let accepted: unknown;
    const fake = fakeContext({
      'organizations:EnableAllFeatures': () => {
        throw refusal(
          'organizations:EnableAllFeatures',
          'HandshakeConstraintViolationException',
          'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION',
        );
      },
      'organizations:ListHandshakesForOrganization': () => ({
        Handshakes: [
          { Id: 'h-0', Action: 'ENABLE_ALL_FEATURES', State: 'CANCELED' },
          { Id: 'h-2', Action: 'ENABLE_ALL_FEATURES', State: 'REQUESTED' },
        ],
      }),
      'organizations:AcceptHandshake': (input) => {
        accepted = input;
        return {};
      },
    });
    await organization.apply(fake.context, enableAllFeatures(undefined, true));
    expect(accepted).toEqual({ HandshakeId: 'h-2' });
  });

  it('waits until IAM knows of its trusted access', async () => {
    let refusals = 1;
    const fake = fakeContext({
      'organizations:EnableAWSServiceAccess': () => ({}),
      'iam:EnableOrganizationsRootCredentialsManagement': () => {
        if (refusals-- > 0) throw refusal('iam:EnableOrganizationsRootCredentialsManagement', 'ServiceAccessNotEnabled');
        return {};
      },
    });
    await organization.apply(fake.context, enableCentralRoot());
    expect(fake.sleeps).toEqual([1_000]);
  });
});

describe('observe', () => {
  const described = (over: object = {}) => ({
    Organization: { Id: 'o-exampleorg1', MasterAccountId: self, MasterAccountEmail: 'root@example.com', FeatureSet: 'ALL', ...over },
  });
  const look = async (answers: Answers, want: Desired) => {
    const fake = fakeContext(answers);
    const observed = (await organization.observe(fake.context, want)) as Observed;
    return { observed, sent: fake.sent };
  };
  const refuses = (operation: string, code: string) => () => {
    throw refusal(operation, code);
  };

  it('takes the refusals that a standalone account gets for an answer', async () => {
    const none = (operation: string) => refuses(operation, 'AWSOrganizationsNotInUseException');
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': none('organizations:DescribeOrganization'),
        'organizations:ListAccounts': none('organizations:ListAccounts'),
        'organizations:ListCreateAccountStatus': none('organizations:ListCreateAccountStatus'),
      },
      desired(),
    );
    expect(observed.place).toMatchObject({ ok: true, value: { role: 'standalone' } });
    expect(lines(desired(), observed)).toEqual(['exists fail create-organization', 'accounts fail create-account']);
  });

  it('asks no more than it needs when only the organization is wanted', async () => {
    const { sent } = await look(
      { 'organizations:DescribeOrganization': () => described(), 'organizations:ListAccounts': () => ({ Accounts: [] }) },
      desired({ accounts: [] }),
    );
    expect(sent).toEqual(['organizations:DescribeOrganization', 'organizations:ListAccounts']);
  });

  it('knows a member by its manager', async () => {
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': () => described({ MasterAccountId: '999999999999' }),
        'organizations:ListAccounts': refuses('organizations:ListAccounts', 'AccessDeniedException'),
      },
      desired({ accounts: [] }),
    );
    expect(finding('organization.exists', desired({ accounts: [] }), observed).reason).toBe(
      'This account is a member of organization o-exampleorg1, managed by account 999999999999',
    );
  });

  it('reads State, and Status only where there is no State', async () => {
    const { observed } = await look(
      {
        'organizations:DescribeOrganization': () => described(),
        'organizations:ListAccounts': () => ({
          Accounts: [
            { Id: '1', State: 'CLOSED', Status: 'SUSPENDED' },
            { Id: '2', Status: 'ACTIVE' },
          ],
        }),
      },
      desired({ accounts: [] }),
    );
    expect(observed.members).toMatchObject({ value: [{ state: 'CLOSED' }, { state: 'ACTIVE' }] });
  });

  it('reads handshakes, central root access and units where they matter', async () => {
    const want = desired({ centralRoot: true, accounts: [wanted({ unit: units })] });
    const { observed } = await look(
      {
        ...growing({ 'r-root/Workloads': 'ou-1' }).answers,
        'organizations:DescribeOrganization': () => described({ FeatureSet: 'CONSOLIDATED_BILLING' }),
        'organizations:ListAccounts': () => ({ Accounts: [management, member()].map(shown) }),
        'organizations:ListCreateAccountStatus': () => ({}),
        'organizations:ListHandshakesForOrganization': () => ({
          Handshakes: [{ Id: 'h-1', Action: 'ENABLE_ALL_FEATURES', State: 'OPEN' }],
        }),
        'iam:ListOrganizationsFeatures': refuses('iam:ListOrganizationsFeatures', 'ServiceAccessNotEnabled'),
      },
      want,
    );
    expect(observed.pendingFeatures).toMatchObject({ value: { handshakeId: 'h-1', ready: true } });
    expect(observed.centralRoot).toMatchObject({ value: false });
    expect(observed.tree).toMatchObject({ value: { rootId: 'r-root', units: { Workloads: 'ou-1' }, parents: { [child]: 'r-root' } } });
    expect(lines(want, observed)).toEqual([
      'exists pass',
      'all-features fail enable-all-features',
      'central-root fail enable-central-root',
      'accounts fail move-account',
      'access-role pass',
    ]);
  });

  it('does not take an empty answer for "no organization"', async () => {
    const { observed } = await look(
      { 'organizations:DescribeOrganization': () => ({}), 'organizations:ListAccounts': () => ({}) },
      desired({ accounts: [] }),
    );
    expect(observed.place.ok).toBe(false);
  });
});
