import type { Behaviours } from '../behaviour.js';
import type { ServiceName } from '../services.js';

/** Loads what a service does; a run that touches IAM alone loads IAM's alone. */
export const behaviours: Readonly<Record<ServiceName, () => Promise<Behaviours>>> = {
  iam: async () => (await import('./iam.js')).iam,
  sts: async () => (await import('./sts.js')).sts,
  budgets: async () => (await import('./budgets.js')).budgets,
  organizations: async () => (await import('./organizations.js')).organizations,
  account: async () => (await import('./account.js')).account,
  cloudtrail: async () => (await import('./cloudtrail.js')).cloudtrail,
};
