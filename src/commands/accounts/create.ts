import { type AccountRow, defaultAccessRole, type RoleState } from '../../core/accounts.js';
import { quoted } from '../../report/typed.js';
import { memberRole } from '../../run/members.js';
import { programOf } from '../../run/output.js';
import { roleArnOf, type WantedAccount } from '../../steps/organization/state.js';
import { verifyRole } from './access-role.js';
import { conflict, createMember, planCreation, switchRoleLink } from './creation.js';
import { asManagement } from './invitations.js';
import { planProfile, type ProfilePlan, regionNotes, writeProfile } from './profile.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';
import { wantedOf } from './wanted.js';

/** If an account joined longer ago than this, its role is not retried for minutes. */
const recentMs = 30 * 60_000;

/** `accounts create`: creates or finds the account, moves it to its unit, and verifies its role. A second run continues where the first stopped. */
export const createAccount = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, connection, port } = run;
  const { id: organizationId, managementEmail } = await asManagement(port.cloud, caller);
  const account = await wantedOf(run, managementEmail);
  const plan = await planCreation(port, account);
  if (plan.kind === 'conflict') throw conflict(plan);
  const arnIn = (accountId: string): string => roleArnOf(caller.partition, { id: accountId }, account);
  const profile = await planProfile(run, plan.kind === 'exists' ? arnIn(plan.member.id) : undefined);
  if (plan.kind === 'create') {
    const { summary, risk } = plan.change;
    const typed = { question: `Last four digits of ${caller.accountId}:`, expected: caller.accountId.slice(-4) };
    if (risk === 'hard-to-undo')
      await run.approve(
        `${summary}.\nA member account cannot simply be deleted, and its address stays in use.\nTo create it, type the last four digits of this account's id.`,
        [],
        typed,
      );
    else await run.approve(`${summary}?`);
  }
  const member = plan.kind === 'create' ? await createMember(port, account, plan.change) : plan.member;
  const arn = arnIn(member.id);
  port.forget();
  const row = (await readAccountRows(port.cloud, caller.accountId)).find(({ accountId }) => accountId === member.id);
  if (row === undefined) throw new Error(`the account ${member.id} is no longer listed`);

  const known = {
    organizationId,
    recap: [{ label: 'Switch role', value: switchRoleLink(caller.partition, member.id, account.role, account.name) }],
    notes: [...(plan.kind === 'exists' ? [`${plan.reason}.`] : []), ...regionNotes(run, profile)],
  };
  if (caller.identity.kind === 'root') {
    return {
      ...known,
      accounts: [rowWith(row, account, arn, { reachable: 'not-tried', reason: 'root cannot assume roles', checkedAt: null })],
      notes: [...known.notes, 'Root cannot assume roles, so an administrator must verify the role.'],
      next: `${app.sandboxed ? 'On AWS, continue as the administrator, not as root' : 'Continue as the administrator (with that profile, not as root)'}: ${programOf(app)} accounts create ${repeatFlags(run, account)}`,
      exit: 5,
    };
  }
  const young = row.joinedAt === null || app.host.clock.now().getTime() - Date.parse(row.joinedAt) < recentMs;
  await verifyRole(port, member.id, connection.member(member.id, account.role), young ? {} : { limitMs: 10_000 });
  const check = { reachable: 'yes', reason: null, checkedAt: app.host.clock.now().toISOString() } as const;
  await (await app.roleChecks()).note({ [arn]: check });
  const written = profile === undefined ? [] : [await writeProfile(run, profile, arn)];
  return {
    ...known,
    accounts: [rowWith(row, account, arn, check)],
    recap: [...written, ...known.recap],
    next: profile === undefined ? null : checkCommand(run, account, profile),
  };
};

/**
 * The command that checks the new account. A config with an account id stops a check of any other account, so with a config it is
 * `check --org`, which assesses the members by their entries in the config.
 */
const checkCommand = ({ config }: AccountsRun, { name, email, role }: WantedAccount, { profile }: ProfilePlan): string => {
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

/** The flags that name the account. It exists now, so the other flags no longer matter. */
const repeatFlags = ({ app, config, flags }: AccountsRun, { name, email, role }: WantedAccount): string =>
  [
    `--name ${quoted(name)} --email ${quoted(email)}`,
    ...(role === defaultAccessRole ? [] : [`--role ${quoted(role)}`]),
    ...(flags.ou === undefined ? [] : [`--ou ${quoted(flags.ou)}`]),
    `--profile-to-write ${flags.profileToWrite ?? (/^[\w.-]+$/.test(name) ? name : 'NAME')}`,
    ...(config === undefined || app.globals.config === undefined ? [] : [`--config ${quoted(app.globals.config)}`]),
  ].join(' ');
