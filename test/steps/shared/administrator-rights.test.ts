import { describe, expect, it } from 'vitest';
import {
  decodedDocument,
  type HeldPolicy,
  isAdministrator,
  limitOf,
  mayDeny,
  nameOfRights,
  rightsOf,
} from '../../../src/steps/shared/administrator-rights.js';

type Statements = object | readonly unknown[];
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const customer = (name: string, statements: Statements | undefined, encoded = true): HeldPolicy => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return { name, arn: `arn:aws:iam::111122223333:policy/${name}`, document: encoded ? encodeURIComponent(document) : document };
};
const inline = (statements: Statements): HeldPolicy => ({ ...customer('own', statements), arn: undefined }) as unknown as HeldPolicy;
const aws = (name: string, partition = 'aws'): HeldPolicy => ({
  name: name.slice(name.lastIndexOf('/') + 1),
  arn: `arn:${partition}:iam::aws:policy/${name}`,
  document: undefined,
});
const under = (Condition: object) => ({ ...everything, Condition });
const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const address = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
/** The ARN of a customer managed policy with a path that looks like the ARN of an AWS managed one. */
const fake = (name: string): string => `arn:aws:iam::111122223333:policy/arn:aws:iam::aws:policy/${name}`;
const admin = aws('AdministratorAccess');
const denied = { Effect: 'Deny', Action: '*', Resource: '*' };

/** yes: administrator; mfa: administrator with MFA; maybe: under another condition; limited: has the rights, but restricted; no: not one. */
type Verdict = 'yes' | 'mfa' | 'maybe' | 'limited' | 'no';
const verdictOf = (policies: readonly HeldPolicy[], boundary?: HeldPolicy): Verdict => {
  const rights = rightsOf(policies, boundary);
  if (rights.kind !== 'administrator') return rights.kind === 'limited' ? 'limited' : 'no';
  if (!isAdministrator(rights)) return 'maybe';
  return rights.conditions.length === 0 ? 'yes' : 'mfa';
};

describe('an administrator', () => {
  it.each<[string, readonly HeldPolicy[], Verdict]>([
    ['has AdministratorAccess', [admin], 'yes'],
    ['has AdministratorAccess in another partition', [aws('AdministratorAccess', 'aws-cn')], 'yes'],
    ['has a customer managed policy for *', [customer('Admins', everything)], 'yes'],
    ['has a customer managed policy for *:*', [customer('Admins', { ...everything, Action: '*:*' })], 'yes'],
    ['has a policy with lists of one element', [customer('Admins', [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }])], 'yes'],
    ['has * among other actions', [customer('Admins', [{ Effect: 'Allow', Action: ['s3:*', '*'], Resource: ['*'] }])], 'yes'],
    ['has it in the second statement', [customer('Admins', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }, everything])], 'yes'],
    ['has a document that is not encoded', [customer('Admins', everything, false)], 'yes'],
    ['has many stars', [customer('Admins', { ...everything, Action: '**:**', Resource: '**' })], 'yes'],
    ['has stars without a service', [customer('Admins', { ...everything, Action: '**' })], 'yes'],
    ['has one action of every service', [customer('Admins', { ...everything, Action: '*:Get*' })], 'no'],
    ['has everything that ends in a name', [customer('Admins', { ...everything, Resource: '*/b' })], 'no'],
    ['has a list in a list', [customer('Admins', { ...everything, Action: [['*']] })], 'no'],
    ['has it on one of several resources', [customer('Admins', { ...everything, Resource: ['arn:aws:s3:::b', '*'] })], 'yes'],
    ['has element names in another case', [customer('Admins', { effect: 'Allow', ACTION: '*', resource: '*' })], 'yes'],
    ['has an inline policy', [inline(everything)], 'yes'],
    ['has an empty condition', [inline(under({}))], 'yes'],
    ['is denied single actions only', [admin, customer('NoLeaving', { ...denied, Action: 'organizations:LeaveOrganization' })], 'yes'],
    [
      'is denied everything without MFA',
      [admin, customer('ForceMfa', { ...denied, Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } })],
      'yes',
    ],
    [
      'is denied most actions in other regions',
      [
        admin,
        customer('Regions', {
          Effect: 'Deny',
          NotAction: 'iam:*',
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
        }),
      ],
      'yes',
    ],
    ['has it under MFA', [customer('Admins', under(mfa))], 'mfa'],
    [
      'has it under MFA, with the key in another case',
      [customer('Admins', under({ Bool: { 'AWS:multifactorauthpresent': ['true'] } }))],
      'mfa',
    ],
    ['has it for an hour after MFA', [customer('Admins', under({ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }))], 'mfa'],
    ['has it under MFA, and without MFA by another policy', [customer('Admins', under(mfa)), inline(everything)], 'yes'],
    ['has it under MFA, in capitals', [customer('Admins', under({ Bool: { 'aws:MultiFactorAuthPresent': 'True' } }))], 'mfa'],
    [
      'has it for an hour after MFA, in small letters',
      [customer('Admins', under({ NumericLessThan: { 'aws:multifactorauthage': '1' } }))],
      'mfa',
    ],
    [
      'has it from one address, and under MFA by another policy',
      [customer('Office', under(address)), customer('Admins', under(mfa))],
      'mfa',
    ],
    [
      'has it from one address under MFA, and under MFA by another policy',
      [customer('Office', under({ ...mfa, ...address })), customer('Admins', under(mfa))],
      'mfa',
    ],
    ['has it with MFA or without', [customer('Admins', under({ Bool: { 'aws:MultiFactorAuthPresent': ['true', 'false'] } }))], 'maybe'],
    ['has a condition that is null', [customer('Admins', under(null as never))], 'maybe'],
    ['has a condition that is a list', [customer('Admins', under([]))], 'maybe'],
    ['has a condition without keys', [customer('Admins', under({ Bool: 'true' }))], 'maybe'],
    ['has it only from one address', [customer('Admins', under({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }))], 'maybe'],
    [
      'has it only under MFA from one address',
      [customer('Admins', under({ ...mfa, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }))],
      'maybe',
    ],
    ['has it only without MFA', [customer('Admins', under({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }))], 'maybe'],
    ['has a condition that cannot be read', [customer('Admins', { ...everything, Condition: 'MFA' })], 'maybe'],
    ['is denied everything on a bucket', [admin, customer('Bucket', { ...denied, Resource: 'arn:aws:s3:::b' })], 'yes'],
    [
      'is denied nothing by all but everything',
      [admin, customer('None', { Effect: 'Deny', NotAction: ['iam:*', '*'], Resource: '*' })],
      'yes',
    ],
    ['is denied nothing on all but everything', [admin, customer('None', { Effect: 'Deny', Action: '*', NotResource: ['b', '*'] })], 'yes'],
    ['is denied everything in a list', [admin, customer('Stop', { ...denied, Action: ['s3:*', '*'], Resource: ['b', '*'] })], 'limited'],
    ['is denied something by a policy with such a name', [admin, aws('AWSDenyAllOfIt')], 'yes'],
    [
      'has a policy whose path looks like AWS',
      [{ ...customer('x', { ...everything, Action: 's3:*' }), arn: fake('AdministratorAccess') }],
      'no',
    ],
    ['has a policy whose path looks like a denial', [admin, { ...customer('x', everything), arn: fake('AWSDenyAll') }], 'yes'],
    ['is denied everything', [admin, customer('Stop', denied)], 'limited'],
    ['is denied everything by AWSDenyAll', [customer('Admins', everything), aws('AWSDenyAll')], 'limited'],
    [
      'is denied all but a list',
      [admin, customer('Leaver', { Effect: 'Deny', NotAction: ['iam:ChangePassword'], Resource: '*' })],
      'limited',
    ],
    ['is denied all but a bucket', [admin, customer('Bucket', { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::b' })], 'limited'],
    ['has all actions on some resources', [customer('Bucket', { ...everything, Resource: 'arn:aws:s3:::b/*' })], 'no'],
    ['has all actions of a service', [customer('Iam', { ...everything, Action: 'iam:*' })], 'no'],
    ['has all but some actions', [customer('Power', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })], 'no'],
    ['has all but some resources', [customer('Most', { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b' })], 'no'],
    ['has PowerUserAccess', [aws('PowerUserAccess')], 'no'],
    ['has a customer managed policy with that name', [customer('AdministratorAccess', { ...everything, Action: 's3:*' })], 'no'],
    ['has another AWS managed policy', [aws('AdministratorAccess-Amplify')], 'no'],
    ['is denied everything and allowed nothing', [customer('Stop', denied)], 'no'],
    ['has a policy without its document', [{ ...customer('Lost', everything), document: undefined }], 'no'],
    ['has a document that cannot be decoded', [{ ...customer('Broken', everything), document: '%E0%A4%A' }], 'no'],
    ['has a document that is not JSON', [{ ...customer('Broken', everything), document: '%7Bnot json' }], 'no'],
    ['has a document without statements', [customer('Empty', undefined)], 'no'],
    ['has statements that are not objects', [customer('Odd', [null, 'x', 7])], 'no'],
    ['has no policy', [], 'no'],
  ])('who %s', (_, policies, verdict) => expect(verdictOf(policies)).toBe(verdict));

  it.each<[string, HeldPolicy, Verdict]>([
    ['AdministratorAccess', admin, 'yes'],
    ['a customer managed policy for everything', customer('Boundary', everything), 'yes'],
    [
      'one that denies a few actions',
      customer('Boundary', [everything, { ...denied, Action: 'iam:DeleteUserPermissionsBoundary' }]),
      'yes',
    ],
    ['one for everything under MFA', customer('Boundary', under(mfa)), 'mfa'],
    ['one for everything from an address', customer('Boundary', under({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })), 'maybe'],
    ['one for everything, after one under a condition', customer('Boundary', [under(address), everything]), 'yes'],
    ['one for a service', customer('Boundary', { ...everything, Action: 's3:*' }), 'limited'],
    ['one for all but some actions', customer('Boundary', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), 'limited'],
    ['one that denies everything', customer('Boundary', [everything, denied]), 'limited'],
    ['PowerUserAccess', aws('PowerUserAccess'), 'limited'],
    ['one without its document', { ...customer('Lost', everything), document: undefined }, 'limited'],
  ])('inside the permissions boundary: %s', (_, boundary, verdict) => {
    expect(verdictOf([admin], boundary)).toBe(verdict);
    expect(verdictOf([], boundary)).toBe('no');
  });

  it('is described by the policy that gives the rights and by what restricts them', () => {
    const conditional = rightsOf([customer('Admins', under({ ...mfa, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }))]);
    const limited = rightsOf([admin], aws('PowerUserAccess'));
    const odd = rightsOf([customer('Odd', under('MFA' as never))]);
    expect([limited, odd].map(nameOfRights)).toEqual(['no administrator rights', 'the policy Odd, under a condition on an unknown key']);
    expect([rightsOf([admin]), rightsOf([inline(everything)]), conditional].map(nameOfRights)).toEqual([
      'AdministratorAccess',
      'the policy own',
      'the policy Admins, under a condition on aws:MultiFactorAuthPresent, aws:SourceIp',
    ]);
    expect([rightsOf([admin]), rightsOf([customer('Admins', under(mfa))]), conditional, limited, rightsOf([])].map(limitOf)).toEqual([
      undefined,
      undefined,
      'the policy Admins holds only under a condition on aws:SourceIp',
      'the permissions boundary PowerUserAccess does not allow everything',
      undefined,
    ]);
  });
});

describe('a policy that may deny something', () => {
  it.each<[string, HeldPolicy, boolean]>([
    ['AdministratorAccess', admin, false],
    ['an AWS managed policy with a path', aws('job-function/Billing'), false],
    ['AWSDenyAll', aws('AWSDenyAll'), true],
    ['a quarantine', aws('AWSCompromisedKeyQuarantineV3'), true],
    ['one that only allows', customer('Own', [everything, everything]), false],
    ['one that allows and denies', customer('Own', [everything, denied]), true],
    ['one without statements', customer('Empty', undefined), true],
    ['one that cannot be read', { ...customer('Broken', everything), document: '{' }, true],
    ['one without its document', { ...customer('Lost', everything), document: undefined }, true],
    ['an inline one without its document', { name: 'own', document: undefined }, true],
    ['one whose path looks like AWS', { name: 'x', arn: fake('ReadOnlyAccess'), document: undefined }, true],
  ])('%s: %s', (_, policy, expected) => expect(mayDeny(policy)).toBe(expected));
});

it.each([
  ['%7B%7D', '{}'],
  ['{"a":"100%"}', '{"a":"100%"}'],
])('the document %s is %s', (text, expected) => expect(decodedDocument(text)).toBe(expected));
