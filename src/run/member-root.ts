import type { Reading } from '../core/reading.js';
import type { Result } from '../core/report.js';
import {
  assessMemberRoot,
  memberRootId,
  readRootCredentials,
  type RootCredentials,
  whyNoAudit,
} from '../steps/organization/member-root.js';
import { readCentralRoot } from '../steps/organization/observe.js';
import type { Member } from '../steps/organization/state.js';
import type { Connection } from './app.js';
import { resultsAbout } from './members.js';

/** Reads what root of a member has, in a session that AWS limits to that. */
export const auditRoot = async ({ memberRoot }: Pick<Connection, 'memberRoot'>, accountId: string): Promise<Reading<RootCredentials>> => {
  const access = memberRoot(accountId, 'audit');
  const entered = await access.enter();
  if (!entered.ok) return entered;
  const read = await readRootCredentials(access.boundary.cloud);
  return { ...read, evidence: [...entered.evidence, ...read.evidence] };
};

export interface MemberRootChecks {
  /** Of the organization: why no member is checked. */
  readonly ofOrganization: () => Promise<readonly Result[]>;
  readonly ofMember: (member: Member) => Promise<readonly Result[]>;
}

/** `organization.member-root` for `check --org`. Without central management of root credentials, it is one result for the organization. */
export const memberRootChecks = (
  connection: Pick<Connection, 'boundary' | 'memberRoot'>,
  {
    accountId,
    members,
    signal,
  }: { readonly accountId: string; readonly members: () => Promise<readonly Member[]>; readonly signal: AbortSignal },
): MemberRootChecks => {
  const feature = readCentralRoot(connection.boundary.cloud);
  feature.catch(() => {});
  return {
    ofOrganization: async () => {
      const active = (await members()).filter(({ state }) => state === 'ACTIVE');
      const finding = whyNoAudit(await feature, active.length);
      return finding === undefined ? [] : resultsAbout(finding, accountId, 'check');
    },
    ofMember: async (member) => {
      if (member.state !== 'ACTIVE' || whyNoAudit(await feature, 1) !== undefined) return [];
      try {
        return resultsAbout(assessMemberRoot(member, await auditRoot(connection, member.id)), member.id, 'check');
      } catch (error) {
        // An error in one account must not lose the results of the others. Stopping the run is not such an error.
        if (signal.aborted) throw error;
        const reason = `Root could not be checked: ${error instanceof Error ? error.message : String(error)}`;
        return resultsAbout(
          { id: memberRootId, resource: member.id, status: 'unknown', cause: 'failed', reason, evidence: [] },
          member.id,
          'check',
        );
      }
    },
  };
};
