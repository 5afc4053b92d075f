import type { AnyStep } from '../core/step.js';
import { accessKeys } from './access-keys/index.js';
import { adminUser } from './admin-user/index.js';
import { alias } from './alias/index.js';
import { billingAccess } from './billing-access/index.js';
import { budget } from './budget/index.js';
import { mfa } from './mfa/index.js';
import { organization } from './organization/index.js';

/** The registry of steps, in run order. The config, help, schema, reference and tests are derived from it. */
export const steps: readonly AnyStep[] = [billingAccess, budget, adminUser, mfa, alias, accessKeys, organization];

export const titles: Readonly<Record<string, string>> = Object.fromEntries(steps.map((step) => [step.id, step.title]));
