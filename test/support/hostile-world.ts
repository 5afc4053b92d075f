import type { AccountWorld, World } from '../../src/sandbox/world.js';

/**
 * An account in which everything that has a name, or a text, has one of these: users, groups, policies, devices, keys, budgets,
 * subscribers, contacts, the alias, members of the organization. Made of an account that `init` bootstrapped, so that every step has
 * something to say. AWS refuses most of such names; an endpoint that calls itself AWS need not.
 */
export const withHostileNames = (world: World, payloads: readonly string[]): World => {
  const made = structuredClone(world);
  const own = Object.values(made.accounts)[0];
  if (own === undefined) throw new Error('there is no account');
  const numbered = (index: number): string => String(index).padStart(4, '0');
  const [user] = own.users.filter(({ accessKeys }) => accessKeys.length > 0);
  // By its name, because init creates groups side by side, in any order.
  const group = own.groups.find(({ name }) => name === 'Administrators');
  const [budget, device] = [own.budgets[0], own.mfaDevices[0]];
  const [member] = Object.values(made.accounts).slice(1);
  const [organization] = made.organizations;
  if (!user || !group || !budget || !device || !member || !organization) throw new Error('the account is not bootstrapped');
  for (const [index, text] of payloads.entries()) {
    const n = numbered(index);
    const policy = `arn:aws:iam::${own.id}:policy/${text}`;
    own.policies.push({ arn: policy, id: `ANPA${n}`, name: text, document: everything, createdAt: user.createdAt });
    own.groups.push({ ...group, id: `AGPA${n}`, name: text, attachedPolicies: [...group.attachedPolicies] });
    own.users.push({
      ...user,
      id: `AIDA${n}`,
      name: text,
      tags: { [text]: text },
      groups: [text],
      attachedPolicies: [policy],
      inlinePolicies: { [text]: everything },
      password: { value: 'x', createdAt: user.createdAt, resetRequired: false, lastUsed: null },
      accessKeys: ['Active', 'Active'].map((status, nth) => ({
        ...(user.accessKeys[0] as Key),
        id: `AKIA${n}${nth}${text}`,
        status: status as 'Active',
        createdAt: old,
      })),
    });
    own.mfaDevices.push({ ...device, serial: `arn:aws:iam::${own.id}:mfa/${text}`, user: null, tags: { [text]: text } });
    own.budgets.push({
      ...structuredClone(budget),
      budget: { ...structuredClone(budget.budget), BudgetName: text },
      notifications: budget.notifications.map((notification) => ({
        ...structuredClone(notification),
        subscribers: [{ SubscriptionType: 'EMAIL', Address: text }],
      })),
    });
    const id = `5555${n.padStart(8, '0')}`;
    made.accounts[id] = { ...structuredClone(member), id, name: text, email: text };
    organization.members.push({ ...structuredClone(organization.members[0] as Member), accountId: id, joinedMethod: 'CREATED' });
  }
  own.alias = payloads.join('');
  own.name = payloads.join('');
  const contact = { Name: payloads.join(''), Title: payloads.join(''), EmailAddress: payloads.join(''), PhoneNumber: payloads.join('') };
  own.alternateContacts = { BILLING: { ...contact }, SECURITY: { ...contact } };
  return made;
};

type Key = AccountWorld['users'][number]['accessKeys'][number];
type Member = World['organizations'][number]['members'][number];

const old = '2020-01-01T00:00:00.000Z';
const everything = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
