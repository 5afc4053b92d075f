import type { Finding } from '../../../src/core/finding.js';
import { value, type Reading } from '../../../src/core/reading.js';
import { organization } from '../../../src/steps/index.js';
import type {
  CreationRequest,
  Desired,
  Member,
  Observed,
  OrganizationChange,
  WantedAccount,
} from '../../../src/steps/organization/state.js';

/** States of an organization, and its findings in short form. */

export const self = '111111111111';
export const child = '222222222222';
export const roleArn = `arn:aws:iam::${child}:role/OrganizationAccountAccessRole`;

export const wanted = (over: Partial<WantedAccount> = {}): WantedAccount => ({
  name: 'sandbox',
  email: 'aws+sandbox@example.com',
  role: 'OrganizationAccountAccessRole',
  billingAccess: 'ALLOW',
  unit: [],
  tags: {},
  ...over,
});
export const desired = (over: Partial<Desired> = {}): Desired => ({
  wanted: true,
  mayCreate: true,
  centralRoot: false,
  accounts: [wanted()],
  ...over,
});

export const management: Member = { id: self, email: 'root@example.com', name: 'Main', state: 'ACTIVE', invited: true };
export const member = (over: Partial<Member> = {}): Member => ({
  id: child,
  email: 'aws+sandbox@example.com',
  name: 'sandbox',
  state: 'ACTIVE',
  invited: false,
  ...over,
});
export const request = (over: Partial<CreationRequest> = {}): CreationRequest => ({
  id: 'car-00000001',
  name: 'sandbox',
  state: 'IN_PROGRESS',
  requestedAt: new Date('2026-11-24T08:00:00Z'),
  accountId: undefined,
  failureReason: undefined,
  ...over,
});
export const facts = { id: 'o-exampleorg1', managementId: self, managementEmail: 'root@example.com', allFeatures: true };
export const denied: Extract<Reading<never>, { readonly ok: false }> = {
  ok: false,
  cause: 'denied',
  message: 'AWS denied it',
  missingPermission: 'organizations:ListAccounts',
  evidence: [],
};

export const manages = (over: Partial<Observed> & { readonly list?: readonly Member[] } = {}): Observed => {
  const { list, ...rest } = over;
  return {
    accountId: self,
    partition: 'aws',
    callerIsRoot: false,
    membership: value({ role: 'management', ...facts }),
    members: value([management, ...(list ?? [])]),
    requests: value([]),
    roleChecks: { [roleArn]: { assumed: true, evidence: [] } },
    ...rest,
  };
};
export const standalone: Observed = { ...manages(), membership: value({ role: 'standalone' }), members: denied, requests: denied };

export const assess = (want: Desired, found: Observed) => organization.assess(want, found) as readonly Finding<OrganizationChange>[];
const line = ({ id, status, remedy }: Finding<OrganizationChange>): string =>
  [id.replace('organization.', ''), status, ...(remedy ? [remedy.by === 'init' ? remedy.change.kind : 'hand'] : [])].join(' ');
export const lines = (want: Desired, found: Observed): readonly string[] => assess(want, found).map(line);
export const finding = (id: string, want: Desired, found: Observed): Finding<OrganizationChange> => {
  const one = assess(want, found).find((each) => each.id === id);
  if (!one) throw new Error(`no finding ${id}`);
  return one;
};
export const consolidated = (over: Partial<Observed> & { readonly list?: readonly Member[] } = {}): Observed =>
  manages({ membership: value({ role: 'management', ...facts, allFeatures: false }), pendingFeatures: value(undefined), ...over });
export const tree = (over: Partial<{ units: Record<string, string>; parents: Record<string, string> }> = {}) =>
  value({ rootId: 'r-root', units: {}, parents: {}, ...over });
export const units = ['Workloads', 'Prod'];
export const inUnit = desired({ accounts: [wanted({ unit: units })] });
