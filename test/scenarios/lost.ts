import type { World } from '../../src/sandbox/world.js';

/** Fields that may change: clocks, counts, and what AWS records itself. The password policy has its own rules. */
const ignored = ['lastUsed', 'passwordLastUsed', 'credentialReport', 'LastUpdatedTime', 'pollsLeft', 'plan', 'passwordPolicy'];

/**
 * Paths of everything that existed before and is missing or different after. New resources do not count. Elements of lists are
 * identified by their name or id, in any order.
 */
export const lost = (before: World, after: World): readonly string[] => [
  ...missing(before.accounts, after.accounts, ''),
  ...missing(before.organizations, after.organizations, 'organizations'),
];

const missing = (before: unknown, after: unknown, path: string): readonly string[] => {
  if (before === null || before === undefined) return [];
  if (Array.isArray(before)) {
    const remaining = Array.isArray(after) ? after : [];
    return before.flatMap((one: unknown) => {
      const key = keyOf(one);
      const at = `${path}[${key}]`;
      const other: unknown = remaining.find((element) => keyOf(element) === key);
      return other === undefined ? [at] : missing(one, other, at);
    });
  }
  if (typeof before === 'object') {
    if (typeof after !== 'object' || after === null) return [path];
    return Object.entries(before)
      .filter(([name]) => !ignored.includes(name))
      .flatMap(([name, value]) => missing(value, (after as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`));
  }
  return before === after ? [] : [path];
};

const keyOf = (element: unknown): string => {
  if (typeof element !== 'object' || element === null) return String(element);
  const { serial, name, id, arn, accountId, Address, budget, notification } = element as Record<string, unknown>;
  if (typeof budget === 'object' && budget !== null) return String((budget as Record<string, unknown>)['BudgetName']);
  if (typeof notification === 'object' && notification !== null) {
    const { NotificationType, Threshold } = notification as Record<string, unknown>;
    return `${String(NotificationType)} ${String(Threshold)}`;
  }
  return String(serial ?? name ?? id ?? arn ?? accountId ?? Address);
};
