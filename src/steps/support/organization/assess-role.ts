import { stsRegion } from '../../../core/account.js';
import type { Finding } from '../../../core/finding.js';
import { unknownFinding } from '../../../core/reading.js';
import { sameEmail } from './section.js';
import { type Member, type Observed, roleArnOf, type WantedAccount } from './state.js';

/** Only a caller who is let in can prove a role. Root is never let in; who lacks rights cannot tell whose fault a refusal is. */
export const assessRole = (
  account: WantedAccount,
  {
    members,
    partition,
    callerIsRoot,
    accountId,
    trials,
  }: Pick<Observed, 'members' | 'partition' | 'callerIsRoot' | 'accountId' | 'trials'>,
): readonly Finding<never>[] => {
  const member = members.ok ? members.value.find(({ email }) => sameEmail(email, account.email)) : undefined;
  if (member === undefined || member.id === accountId || member.state !== 'ACTIVE') return [];
  const arn = roleArnOf(partition, member, account);
  const base = { id: 'organization.access-role', resource: arn, evidence: members.ok ? members.evidence : [] } as const;
  if (callerIsRoot) {
    return [
      {
        ...base,
        status: 'manual',
        reason: 'Root cannot assume roles, so root cannot tell whether this one lets anybody in',
        remedy: {
          by: 'hand',
          instructions: `As the administrator of this account, run the command; it prints temporary credentials when the role lets you in.${member.invited ? ` Invited accounts come without the role: if it is refused, ${makeIt(account, member, accountId)}.` : ''}`,
          command: `aws sts assume-role --role-arn ${arn} --role-session-name check --region ${stsRegion(partition)}`,
        },
      },
    ];
  }
  const trial = trials?.[arn];
  if (trial === undefined) throw new Error('the role was not tried');
  if (trial.let === 'in')
    return [{ ...base, status: 'pass', evidence: trial.evidence, reason: `The role ${account.role} of account ${member.id} lets you in` }];
  const { unread, fullRights } = trial;
  const evidence = [...unread.evidence, ...(fullRights?.evidence ?? [])];
  if (fullRights?.ok === true && fullRights.value) {
    return [
      {
        ...base,
        evidence,
        status: 'fail',
        reason: `The role ${account.role} of account ${member.id} is not there, or does not let administrators of this account in`,
        remedy: {
          by: 'hand',
          instructions: `Signed in to account ${member.id}, ${makeIt(account, member, accountId)}. If it has a role of another name for this, write that into the config; if the role asks for MFA, sign in with it.`,
        },
      },
    ];
  }
  const doubt =
    fullRights === undefined
      ? ''
      : fullRights.ok
        ? '; you may not have every right here, so that it may lie with you or with the role'
        : '; what you may do here could not be read, so that it may lie with you or with the role';
  return [{ ...unknownFinding(base.id, unread, arn), evidence, reason: `${unread.message}${doubt}` }];
};

const makeIt = (account: WantedAccount, member: Member, accountId: string): string =>
  `make the role ${account.role} in account ${member.id}, trusting account ${accountId}, with AdministratorAccess`;
