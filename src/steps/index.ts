import type { AnyStep } from '../core/step.js';
import { accessKeys } from './access-keys.js';
import { adminUser } from './admin-user.js';
import { alias } from './alias.js';
import { billingAccess } from './billing-access.js';
import { budget } from './budget.js';
import { mfa } from './mfa.js';
import { organization } from './organization.js';

/** The registry, in run order. A step that stands here appears in config, help, schema, reference and tests. */
export const steps: readonly AnyStep[] = [billingAccess, budget, adminUser, mfa, alias, accessKeys, organization];

export const titles: Readonly<Record<string, string>> = Object.fromEntries(steps.map((step) => [step.id, step.title]));
