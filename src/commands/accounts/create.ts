import { type AccountRow, defaultAccessRole, type RoleCheck } from '../../core/accounts.js';
import { shellWord } from '../../core/text.js';
import { lastDigits } from '../../run/approval.js';
import { memberRole } from '../../run/members.js';
import { programOf, typedAsAdministrator } from '../../run/output.js';
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
    if (risk === 'hard-to-undo')
      await run.approve(
        `${summary}.\nA member account cannot simply be deleted, and its address stays in use.\nTo create it, type the last four digits of this account's id.`,
        [],
        lastDigits(caller.accountId),
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
      next: `Continue as the administrator${app.sandboxed ? '' : ' (with that profile, not as root)'}: ${repeatAsAdministrator(run, account)}`,
      exit: 5,
    };
  }
  const young = row.joinedAt === null || port.clock.now().getTime() - Date.parse(row.joinedAt) < recentMs;
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
  if (config === undefined) return `Check it: \`bootstrap check --profile ${shellWord(profile)}\``;
  const check = 'Check it with the organization: `bootstrap check --org`';
  return memberRole(config, email) === role ? check : `Add ${name} with its role to organization.accounts in ${config.file}. ${check}`;
};

const rowWith = (row: RolelessRow, { role }: WantedAccount, arn: string, check: RoleCheck): AccountRow => ({
  ...row,
  role: { name: role, arn, ...check },
});

/** The account exists now, so only the flags that name it matter. The practice account has no profile to assume the role with. */
const repeatAsAdministrator = ({ app, config, flags }: AccountsRun, { name, email, role }: WantedAccount): string => {
  const command = [
    `bootstrap accounts create --name ${shellWord(name)} --email ${shellWord(email)}`,
    ...(role === defaultAccessRole ? [] : [`--role ${shellWord(role)}`]),
    ...(flags.ou === undefined ? [] : [`--ou ${shellWord(flags.ou)}`]),
  ].join(' ');
  if (app.sandboxed) return typedAsAdministrator(app, command);
  const profile = flags.profileToWrite ?? (/^[\w.-]+$/.test(name) ? name : 'NAME');
  const file = config === undefined || app.globals.config === undefined ? '' : ` --config ${shellWord(app.globals.config)}`;
  return `${command.replace(/^bootstrap/, programOf(app))} --profile-to-write ${profile}${file}`;
};
