import type { AnyStep } from '../core/step.js';
import { accessKeys } from './access-keys/index.js';
import { adminUser } from './admin-user/index.js';
import { alias } from './alias/index.js';
import { billingAccess } from './billing-access/index.js';
import { budget } from './budget/index.js';
import { mfa } from './mfa/index.js';
import { organizationOf } from './organization/index.js';

/** The steps of one account, in run order. The config, help, schema, reference and tests are derived from the registry. */
export const accountSteps: readonly AnyStep[] = [billingAccess, budget, adminUser, mfa, alias, accessKeys];

/** Its section contains what each of these steps declares for a member account. */
export const organization = organizationOf(accountSteps);

/** The registry of steps, in run order. */
export const steps: readonly AnyStep[] = [...accountSteps, organization];

export const titles: Readonly<Record<string, string>> = Object.fromEntries(steps.map((step) => [step.id, step.title]));
