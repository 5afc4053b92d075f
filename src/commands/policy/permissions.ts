import { hasAccountPlans } from '../../core/account-plan.js';
import { defaultAccessRole } from '../../core/accounts.js';
import type { Grant, PermissionContext } from '../../core/permissions.js';
import type { AnyStep } from '../../core/step.js';
import { accessRoles, anything, on, rootAudits, when } from '../../steps/shared/scopes.js';

/** What decides which actions a run needs: beside the sections of the config, which each step knows for itself. */
export interface Facts extends PermissionContext {
  /** For `--org`: the run assumes a role in every member, also in members that are not in the config. */
  readonly organization?: boolean;
}

/** A grant with the step that needs it, or `every run`. */
export interface StepGrant extends Grant {
  readonly step: string;
}

/** A step of the run with its parsed section. */
interface StepInRun {
  readonly step: AnyStep;
  readonly slice: unknown;
}

/** Everything that a run of these steps may need; GetCallerIdentity needs no permission. */
export const grantsOf = (inRun: readonly StepInRun[], facts: Facts): readonly StepGrant[] => [
  ...inRun.flatMap(({ step, slice }) => step.permissions(slice, facts).map((grant) => ({ step: step.id, ...grant }))),
  ...everyRun(facts).map((grant) => ({ step: 'every run', ...grant })),
];

/** The header shows the alias of the account, its organization and its plan. */
const everyRun = (facts: Facts): readonly Grant[] => [
  on(anything, 'iam:ListAccountAliases', 'organizations:DescribeOrganization'),
  ...when(hasAccountPlans(facts.partition), on(anything, 'freetier:GetAccountPlanState')),
  ...when(
    facts.organization === true,
    on(anything, 'organizations:ListAccounts'),
    on(accessRoles(facts, [defaultAccessRole]), 'sts:AssumeRole'),
  ),
  ...when(
    facts.organization === true && facts.command === 'check',
    on(anything, 'iam:ListOrganizationsFeatures'),
    on(rootAudits(facts), 'sts:AssumeRoot'),
  ),
];
