import type { Behaviours } from '../behaviour.js';
import type { ServiceName } from '../services.js';

/** Loads the behaviours of a service. A run that only uses IAM loads only those of IAM. */
export const behaviours: Readonly<Record<ServiceName, () => Promise<Behaviours>>> = {
  iam: async () => (await import('./iam.js')).iam,
  sts: async () => (await import('./sts.js')).sts,
  budgets: async () => (await import('./budgets.js')).budgets,
  organizations: async () => (await import('./organizations.js')).organizations,
  freetier: async () => (await import('./freetier.js')).freetier,
  account: async () => (await import('./account.js')).account,
  cloudtrail: async () => (await import('./cloudtrail.js')).cloudtrail,
};
