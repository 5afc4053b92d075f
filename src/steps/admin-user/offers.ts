import type { Offer, QuestionContext } from '../../core/step.js';
import { sameName } from '../shared/people.js';
import { iamNameProblem } from '../shared/values.js';
import type { Observed } from './assess.js';

/** With this answer, no name of an IAM user is needed. */
export const identityCenterAnswer = { path: 'kind', is: 'identity-center' } as const;

/** Suggestions for the administrator: you, a current administrator, or a new user named as you are on this computer. */
export const administratorOffers = (observed: Pick<Observed, 'people' | 'roles'>, around: QuestionContext): readonly Offer[] => [
  ...identityCenterOffers(observed),
  ...userOffers(observed, around),
];

/** Administrators with a role of Identity Center need no IAM user. */
const identityCenterOffers = ({ roles }: Pick<Observed, 'roles'>): readonly Offer[] => {
  const [role] = roles?.ok === true ? roles.value.identityCenter : [];
  if (role === undefined) return [];
  const { path, is } = identityCenterAnswer;
  return [
    {
      value: is,
      reason: `${role} has administrator rights`,
      sure: true,
      instead: { path, flag: '--admin-kind', name: `IAM Identity Center, by the role ${role}` },
    },
  ];
};

const userOffers = ({ people }: Pick<Observed, 'people'>, { caller, person }: QuestionContext): readonly Offer[] => {
  const admins = people.ok ? people.value.users.filter(({ admin }) => admin).map(({ name }) => name) : [];
  const { kind, name: callerName } = caller.identity;
  const you = kind === 'user' ? admins.find((name) => sameName(name, callerName)) : undefined;
  const others = admins.filter((name) => name !== you);
  if (admins.length > 0) {
    return [
      ...(you === undefined ? [] : [{ value: you, reason: 'you are already an administrator', sure: true }]),
      ...others.map((value) => ({ value, reason: 'already an administrator', sure: you === undefined && others.length === 1 })),
    ];
  }
  const taken = people.ok && people.value.users.some(({ name }) => person !== undefined && sameName(name, person));
  if (person === undefined || taken || iamNameProblem(person) !== undefined) return [];
  return [{ value: person, reason: 'your name on this computer' }];
};
