import type { AccountRow, RoleState } from '../../core/accounts.js';
import { quoted } from '../../report/typed.js';
import { memberRole } from '../../run/members.js';
import { programOf } from '../../run/output.js';
import type { WantedAccount } from '../../steps/organization/state.js';
import { proveRole } from './access-role.js';
import { conflict, createMember, planCreation, switchRoleLink } from './creation.js';
import { asManagement } from './invitations.js';
import { planProfile, type ProfilePlan, regionNotes, writeProfile } from './profile.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';
import { wantedOf } from './wanted.js';

/** An account that joined longer ago than this has nothing to wait for. */
const youngMs = 30 * 60_000;

/** `accounts create`: the account made or found, in its place, and its role proven. Run again, it goes on where it stopped. */
export const createAccount = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, connection, port } = run;
  const { id: organizationId, managementEmail } = await asManagement(port.cloud, caller);
  const account = await wantedOf(run, managementEmail);
  const plan = await planCreation(port, account);
  if (plan.kind === 'conflict') throw conflict(plan);
  const arnIn = (accountId: string): string => `arn:${caller.partition}:iam::${accountId}:role/${account.role}`;
  const profile = await planProfile(run, plan.kind === 'there' ? arnIn(plan.member.id) : undefined);
  if (plan.kind === 'make') {
    const { summary, risk } = plan.change;
    const typed = { question: `Last four digits of ${caller.accountId}:`, expected: caller.accountId.slice(-4) };
    if (risk === 'hard-to-undo')
      await run.approve(
        `${summary}.\nA member account cannot simply be deleted, and its address stays taken.\nTo make it, type the last four digits of this account's id.`,
        [],
        typed,
      );
    else await run.approve(`${summary}?`);
  }
  const member = plan.kind === 'make' ? await createMember(port, account, plan.change) : plan.member;
  const arn = arnIn(member.id);
  port.forget();
  const row = (await readAccountRows(port.cloud, caller.accountId)).find(({ accountId }) => accountId === member.id);
  if (row === undefined) throw new Error(`the account ${member.id} is not listed any more`);

  const known = {
    organizationId,
    recap: [{ label: 'Switch role', value: switchRoleLink(caller.partition, member.id, account.role, account.name) }],
    notes: [...(plan.kind === 'there' ? [`${plan.reason}.`] : []), ...regionNotes(run, profile)],
  };
  if (caller.identity.kind === 'root') {
    return {
      ...known,
      accounts: [rowWith(row, account, arn, { reachable: 'not-tried', reason: 'root cannot assume roles', checkedAt: null })],
      notes: [...known.notes, 'Root cannot assume roles, so the way in is for an administrator to prove.'],
      next: `${app.sandboxed ? 'On AWS, go on as the administrator, not root' : 'Go on as the administrator (with the profile of that sign-in, not root)'}: ${programOf(app)} accounts create ${againFlags(run, account)}`,
      exit: 5,
    };
  }
  const young = row.joinedAt === null || app.host.clock.now().getTime() - Date.parse(row.joinedAt) < youngMs;
  await proveRole(port, member.id, connection.member(member.id, account.role), young ? {} : { limitMs: 10_000 });
  const check = { reachable: 'yes', reason: null, checkedAt: app.host.clock.now().toISOString() } as const;
  await (await app.roleChecks()).note({ [arn]: check });
  const written = profile === undefined ? [] : [await writeProfile(run, profile, arn)];
  return {
    ...known,
    accounts: [rowWith(row, account, arn, check)],
    recap: [...written, ...known.recap],
    next: profile === undefined ? null : checkIt(run, account, profile),
  };
};

/**
 * A config is about the account that it is for, and stops a check of any other one; next to it, `check --org` judges the members, by
 * what it says of each.
 */
const checkIt = ({ config }: AccountsRun, { name, email, role }: WantedAccount, { profile }: ProfilePlan): string => {
  if (config === undefined) return `Check it: \`bootstrap check --profile ${quoted(profile)}\``;
  const check = 'Check it with the organization: `bootstrap check --org`';
  return memberRole(config, email) === role ? check : `Add ${name} with its role to organization.accounts in ${config.file}. ${check}`;
};

const rowWith = (
  row: RolelessRow,
  { role }: WantedAccount,
  arn: string,
  state: Pick<RoleState, 'reachable' | 'reason' | 'checkedAt'>,
): AccountRow => ({
  ...row,
  role: { name: role, arn, ...state },
});

/** What names the account again. It is there now, so the rest changes nothing. */
const againFlags = ({ app, config, flags }: AccountsRun, { name, email, role }: WantedAccount): string =>
  [
    `--name ${quoted(name)} --email ${quoted(email)}`,
    ...(role === 'OrganizationAccountAccessRole' ? [] : [`--role ${quoted(role)}`]),
    ...(flags.ou === undefined ? [] : [`--ou ${quoted(flags.ou)}`]),
    `--profile-to-write ${flags.profileToWrite ?? (/^[\w.-]+$/.test(name) ? name : 'NAME')}`,
    ...(config === undefined || app.globals.config === undefined ? [] : [`--config ${quoted(app.globals.config)}`]),
  ].join(' ');
