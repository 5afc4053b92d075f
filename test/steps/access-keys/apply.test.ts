import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../../src/core/errors.js';
import { profileMark } from '../../../src/core/profile-name.js';
import { NotStoredError } from '../../../src/core/secret.js';
import type { CreateAccessKey, RetireLostKeys } from '../../../src/steps/access-keys/assess.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { accountId } from '../support/account.js';
import { type AnswersInTurn, errorWords, inTurn, lostAnswer, type Ports, recorded } from '../support/recorded.js';

/** Each row changes one answer or one part of the plan, and has everything that the change does, in order. */

const alone: CreateAccessKey = {
  kind: 'create-access-key',
  summary: '',
  risk: 'secret',
  calls: ['iam:CreateAccessKey'],
  user: 'ci',
  profile: 'practice',
  replaces: null,
  createsUser: null,
  retires: [],
};
const whole: CreateAccessKey = {
  ...alone,
  calls: ['iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
  createsUser: { group: 'ci-readers', policies: ['ReadOnlyAccess'] },
};
const only = (call: string): CreateAccessKey => ({ ...whole, calls: [call], createsUser: { group: 'ci-readers', policies: [] } });
const retires = { retires: [{ id: 'AKIALOST', entry: 'entry-0' }] };
const keys = (...ids: readonly string[]) => ({
  AccessKeyMetadata: ids.map((AccessKeyId) => ({ UserName: 'ci', AccessKeyId, Status: 'Active' })),
});
const created = { AccessKey: { UserName: 'ci', AccessKeyId: 'AKIANEW', Status: 'Active', SecretAccessKey: 's3cret' } };
const unused = () => ({ AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } });
const answers: AnswersInTurn = {
  'iam:CreateGroup': () => ({}),
  'iam:AttachGroupPolicy': () => ({}),
  'iam:CreateUser': () => ({}),
  'iam:AddUserToGroup': () => ({}),
  'iam:ListAccessKeys': () => keys(),
  'iam:CreateAccessKey': () => created,
  'iam:UpdateAccessKey': () => ({}),
  'iam:DeleteAccessKey': () => ({}),
  'iam:GetAccessKeyLastUsed': unused,
};
const fail = (error: Error) => (): never => {
  throw error;
};
const full = new BootstrapError({ code: 'E-SECRETS-DESTINATION', message: 'The disk is full.', next: 'Free it.' });
const elsewhere = new BootstrapError({ code: 'E-SECRETS-STORE', message: 'It is in /state/rescued.json.', next: 'Move it.' });
const discarded: string[] = [];
const notStored = (place?: string, discard = async () => void discarded.push('x')) =>
  new NotStoredError({ message: 'The disk is full.', next: 'Free it.', ...(place === undefined ? {} : { fallback: { place, discard } }) });

const entry = {
  accountId,
  kind: 'access-key',
  user: 'ci',
  before: [],
  replaces: null,
  id: 'entry-0',
  at: '2026-11-23T09:00:00Z',
  made: null,
  state: 'open',
  place: null,
} as const;
const see = async (change: CreateAccessKey | RetireLostKeys, more: AnswersInTurn = {}, ports: Ports = {}): Promise<readonly string[]> => {
  const { log, journal, error } = await recorded(accessKeys, change, { ...answers, ...more }, ports);
  const words = errorWords(error);
  return [
    ...log,
    ...(words === undefined ? [] : [`error: ${words}`]),
    ...journal.map(({ id, state, made, place }) => `${id}: ${state} ${made} ${place}`),
  ];
};

/** The user was created after the plan was made. */
const someoneElse =
  'error: E-PLAN-CHANGED | Someone else created the user ci after the plan was made, so it gets no permissions. | Review the new plan: run the same command with --dry-run. Or choose another name in the config.';

describe('creating a key', () => {
  it.each<[string, CreateAccessKey, AnswersInTurn, Ports, readonly string[]]>([
    [
      'alone',
      alone,
      {},
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with its user and group',
      whole,
      {},
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with its user and group in China',
      whole,
      {},
      { partition: 'aws-cn' },
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws-cn:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with its group',
      only('iam:CreateGroup'),
      {},
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with its user',
      only('iam:CreateUser'),
      {},
      {},
      [
        'reserve the destination',
        'iam:CreateUser ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with its user in the group',
      only('iam:AddUserToGroup'),
      {},
      {},
      [
        'reserve the destination',
        'iam:AddUserToGroup ci-readers ci',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'with a policy',
      { ...whole, calls: ['iam:AttachGroupPolicy'] },
      {},
      {},
      [
        'reserve the destination',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'for the secrets file',
      { ...alone, profile: '' },
      {},
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place memory',
        'entry-1: closed AKIANEW memory',
      ],
    ],
    [
      'beside a key, while it signs with another one',
      alone,
      { 'iam:ListAccessKeys': () => keys('AKIAOLD') },
      { signingKey: 'AKIASIGN' },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci, before AKIAOLD, AKIASIGN',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'after a lost one',
      { ...alone, ...retires },
      {},
      { entries: [entry] },
      [
        'reserve the destination',
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-0: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'after a lost one that was deleted in between',
      { ...alone, ...retires },
      { 'iam:UpdateAccessKey': () => 'NoSuchEntity', 'iam:DeleteAccessKey': () => 'NoSuchEntity' },
      { entries: [entry] },
      [
        'reserve the destination',
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-0: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'after a lost one that cannot be deleted',
      { ...alone, ...retires },
      { 'iam:DeleteAccessKey': () => 'AccessDenied' },
      { entries: [entry] },
      [
        'reserve the destination',
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'error: AccessDenied',
        'entry-0: open null null',
      ],
    ],
    [
      'without a destination that can be used',
      whole,
      {},
      { reserve: fail(full) },
      ['reserve the destination', 'error: E-SECRETS-DESTINATION | The disk is full. | Free it.'],
    ],
    [
      'in a profile that is used by now',
      whole,
      {},
      { holds: async () => [profileMark('practice', 'AKIAOTHER')] },
      [
        'reserve the destination',
        'error: E-SECRETS-DESTINATION | The profile practice has been used for something else since the plan was made: it contains the key AKIAOTHER. | Choose another profile: access-keys.profile in the config.',
      ],
    ],
    [
      'in a profile that signs in another way by now',
      whole,
      {},
      { holds: async () => [profileMark('practice', '')] },
      [
        'reserve the destination',
        'error: E-SECRETS-DESTINATION | The profile practice has been used for something else since the plan was made. | Choose another profile: access-keys.profile in the config.',
      ],
    ],
    [
      'in a profile that has the key to replace',
      { ...alone, replaces: 'AKIAOLD' },
      {},
      { holds: async () => [profileMark('practice', 'AKIAOLD')] },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'in a profile beside others',
      alone,
      {},
      { holds: async () => [profileMark('other', 'AKIAOTHER'), { ...profileMark('practice', 'x'), kind: 'mfa-seed' }] },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIANEW the profile practice',
      ],
    ],
    [
      'in the secrets file, which has others',
      { ...alone, profile: '' },
      {},
      { holds: async () => [profileMark('', 'AKIAOTHER')] },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place memory',
        'entry-1: closed AKIANEW memory',
      ],
    ],
    [
      'whose policy was deleted',
      whole,
      { 'iam:AttachGroupPolicy': () => 'NoSuchEntity' },
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        // Sent again, in case AWS does not know the new group yet.
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'error: E-POLICY-UNKNOWN | AWS has no managed policy named ReadOnlyAccess, or the group to attach it to was deleted. | Correct access-keys.policies in the config (for example ReadOnlyAccess), and run the same command again.',
      ],
    ],
    [
      'whose policy cannot be attached',
      whole,
      { 'iam:AttachGroupPolicy': () => 'AccessDenied' },
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        'error: AccessDenied',
      ],
    ],
    [
      'whose group exists by now',
      whole,
      { 'iam:CreateGroup': () => 'EntityAlreadyExists' },
      {},
      ['reserve the destination', 'iam:CreateGroup ci-readers', 'iam:CreateUser ci', 'error: EntityAlreadyExists, ambiguous'],
    ],
    [
      'whose user exists by now',
      whole,
      {
        'iam:CreateUser': () => 'EntityAlreadyExists',
        'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [{ UserName: 'ci' }] }),
      },
      {},
      ['reserve the destination', 'iam:CreateGroup ci-readers', 'iam:CreateUser ci', 'iam:GetAccountAuthorizationDetails', someoneElse],
    ],
    [
      'while keys cannot be read',
      alone,
      { 'iam:ListAccessKeys': () => 'AccessDenied' },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'error: E-READ-DENIED | The access keys of ci could not be read just before a new one was to be created: AWS denied iam:ListAccessKeys; the caller lacks iam:ListAccessKeys. | Run as an identity that is allowed iam:ListAccessKeys.',
      ],
    ],
    [
      'that AWS refuses',
      alone,
      { 'iam:CreateAccessKey': () => 'LimitExceeded' },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: state closed',
        'error: LimitExceeded',
        'entry-1: closed null null',
      ],
    ],
    [
      'whose answer is lost',
      alone,
      {
        'iam:CreateAccessKey': inTurn(lostAnswer, created),
        'iam:ListAccessKeys': inTurn(keys('AKIAOLD'), keys('AKIAOLD', 'AKIALOST'), keys('AKIAOLD')),
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci, before AKIAOLD',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'notify: the response with the secret of the access key AKIALOST was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci, before AKIAOLD',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'of a new user, whose answer is lost',
      whole,
      {
        'iam:CreateAccessKey': inTurn(lostAnswer, created),
        'iam:ListAccessKeys': inTurn(keys('AKIALOST'), keys('AKIAOTHER')),
      },
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'notify: the response with the secret of the access key AKIALOST was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci, before AKIAOTHER',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'of a user whom someone deletes meanwhile',
      whole,
      { 'iam:AddUserToGroup': () => 'NoSuchEntity' },
      {},
      [
        'reserve the destination',
        'iam:CreateGroup ci-readers',
        'iam:CreateUser ci',
        'iam:AttachGroupPolicy ci-readers arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:AddUserToGroup ci-readers ci',
        'error: NoSuchEntity',
      ],
    ],
    [
      'whose answer is lost, and which AWS lists later',
      alone,
      {
        'iam:CreateAccessKey': inTurn(lostAnswer, created),
        'iam:ListAccessKeys': inTurn(keys(), keys(), keys(), keys('AKIALOST'), keys()),
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'notify: the response to CreateAccessKey was lost; checking whether the key was created',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'notify: the response with the secret of the access key AKIALOST was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'whose answer is lost, and which AWS does not list',
      alone,
      { 'iam:CreateAccessKey': lostAnswer },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'notify: the response to CreateAccessKey was lost; checking whether the key was created',
        'iam:ListAccessKeys ci',
        'error: ECONNRESET, ambiguous',
        'entry-1: open null null',
      ],
    ],
    [
      'whose answer is lost, while another one appears',
      alone,
      { 'iam:CreateAccessKey': lostAnswer, 'iam:ListAccessKeys': inTurn(keys(), keys('AKIALOST', 'AKIAOTHER')) },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'error: ECONNRESET, ambiguous',
        'entry-1: open null null',
      ],
    ],
    [
      'whose answer is lost, and which was used',
      alone,
      {
        'iam:CreateAccessKey': lostAnswer,
        'iam:ListAccessKeys': inTurn(keys(), keys('AKIALOST')),
        'iam:GetAccessKeyLastUsed': () => ({ AccessKeyLastUsed: { LastUsedDate: new Date(0) } }),
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'error: ECONNRESET, ambiguous',
        'entry-1: open null null',
      ],
    ],
    [
      'whose answer is lost, and whose use cannot be read',
      alone,
      {
        'iam:CreateAccessKey': lostAnswer,
        'iam:ListAccessKeys': inTurn(keys(), keys('AKIALOST')),
        'iam:GetAccessKeyLastUsed': () => 'AccessDenied',
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'error: ECONNRESET, ambiguous',
        'entry-1: open null null',
      ],
    ],
    [
      'whose answer is lost each time',
      alone,
      {
        'iam:CreateAccessKey': lostAnswer,
        'iam:ListAccessKeys': inTurn(keys(), keys('AKIA1'), keys(), keys('AKIA2'), keys(), keys('AKIA3')),
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIA1',
        'notify: the response with the secret of the access key AKIA1 was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIA1 Inactive',
        'iam:DeleteAccessKey ci AKIA1',
        'journal: made AKIA1 state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIA2',
        'notify: the response with the secret of the access key AKIA2 was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIA2 Inactive',
        'iam:DeleteAccessKey ci AKIA2',
        'journal: made AKIA2 state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIA3',
        'error: E-KEY-SECRET-LOST | AWS created the access key AKIA3 for ci, but the response with the secret was lost again, so no one can use that key. | Run the same command again when the connection is stable; it deletes that key first.',
        'entry-1: closed AKIA1 null',
        'entry-2: closed AKIA2 null',
        'entry-3: open null null',
      ],
    ],
    [
      'whose answer has no secret',
      alone,
      {
        'iam:CreateAccessKey': inTurn({ AccessKey: { AccessKeyId: 'AKIALOST' } }, created),
        'iam:ListAccessKeys': inTurn(keys(), keys('AKIALOST'), keys()),
      },
      {},
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'iam:ListAccessKeys ci',
        'iam:GetAccessKeyLastUsed AKIALOST',
        'notify: the response with the secret of the access key AKIALOST was lost; deleting the key and creating another one',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'entry-1: closed AKIALOST null',
        'entry-2: closed AKIANEW the profile practice',
      ],
    ],
    [
      'that is stored in another place',
      alone,
      {},
      { store: fail(elsewhere) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'journal: state closed place another place than the chosen one',
        'error: E-SECRETS-STORE | It is in /state/rescued.json. | Move it.',
        'entry-1: closed AKIANEW another place than the chosen one',
      ],
    ],
    [
      'that cannot be stored',
      alone,
      {},
      { store: fail(notStored()) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed',
        'error: E-SECRETS-STORE | The disk is full. The access key AKIANEW was deleted again. | Free it.',
        'entry-1: closed AKIANEW null',
      ],
    ],
    [
      'that cannot be stored, but in a second place',
      alone,
      {},
      { store: fail(notStored('/state/rescued.json')) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed',
        'error: E-SECRETS-STORE | The disk is full. The access key AKIANEW was deleted again. | Free it.',
        'entry-1: closed AKIANEW null',
      ],
    ],
    [
      'that cannot be stored, but in a second place that cannot be cleared',
      alone,
      {},
      { store: fail(notStored('/state/rescued.json', () => Promise.reject(new Error('no')))) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed',
        'error: E-SECRETS-STORE | The disk is full. The access key AKIANEW was deleted again. | Free it.',
        'entry-1: closed AKIANEW null',
      ],
    ],
    [
      'that cannot be stored for an unknown reason',
      alone,
      {},
      { store: fail(new Error('EIO')) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed',
        'error: E-SECRETS-STORE | The access key AKIANEW of ci could not be stored: EIO. The access key AKIANEW was deleted again. | Fix the cause and run the same command again.',
        'entry-1: closed AKIANEW null',
      ],
    ],
    [
      'that cannot be stored by a destination that is gone',
      alone,
      {},
      { store: fail(full) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed',
        'error: E-SECRETS-STORE | The access key AKIANEW of ci could not be stored: The disk is full. The access key AKIANEW was deleted again. | Fix the cause and run the same command again.',
        'entry-1: closed AKIANEW null',
      ],
    ],
    [
      'that can be neither stored nor deleted',
      alone,
      { 'iam:UpdateAccessKey': () => 'AccessDenied' },
      { store: fail(notStored()) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'error: E-SECRETS-STORE | The disk is full. The access key AKIANEW of ci could not be deleted either, so no one can use it. | Fix the cause and run the same command again; it deletes that key first.',
        'entry-1: open AKIANEW null',
      ],
    ],
    [
      'that can be stored only in a second place, and not deleted',
      alone,
      { 'iam:DeleteAccessKey': () => 'AccessDenied' },
      { store: fail(notStored('/state/rescued.json')) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'store the access-key of ci',
        'iam:UpdateAccessKey ci AKIANEW Inactive',
        'iam:DeleteAccessKey ci AKIANEW',
        'journal: state closed place /state/rescued.json',
        'error: E-SECRETS-STORE | The disk is full. The access key AKIANEW of ci could not be deleted either; its secret is in /state/rescued.json. | Move the secret from there to where you need it, or delete the key: `bootstrap keys delete --user ci --key AKIANEW --even-if-active`.',
        'entry-1: closed AKIANEW /state/rescued.json',
      ],
    ],
    [
      'with a journal that cannot be written',
      alone,
      {},
      { note: fail(full) },
      [
        'reserve the destination',
        'iam:ListAccessKeys ci',
        'journal: open for ci',
        'iam:CreateAccessKey ci',
        'journal: made AKIANEW',
        'notify: The disk is full.',
        'store the access-key of ci',
        'journal: state closed place the profile practice',
        'notify: The disk is full.',
        'entry-1: open null null',
      ],
    ],
  ])('%s', async (_, change, more, ports, expected) => {
    expect(await see(change, more, ports)).toEqual(expected);
  });

  it('tags the user, so that a later run recognizes it', async () => {
    const sent: object[] = [];
    const create = (input: object) => {
      sent.push(input);
      return {};
    };
    await recorded(accessKeys, only('iam:CreateUser'), { ...answers, 'iam:CreateUser': create });
    expect(sent).toEqual([{ UserName: 'ci', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] }]);
  });

  it('waits half a minute for a key whose answer is lost, and not at all for one that AWS lists', async () => {
    const slept = async (more: AnswersInTurn) =>
      (await recorded(accessKeys, alone, { ...answers, 'iam:CreateAccessKey': lostAnswer, ...more })).sleptMs;
    expect(await slept({})).toBe(31_000);
    expect(await slept({ 'iam:ListAccessKeys': inTurn(keys(), keys('AKIALOST', 'AKIAOTHER')) })).toBe(0);
  });

  it('clears the second place of a key that was deleted again', async () => {
    discarded.length = 0;
    await see(alone, {}, { store: fail(notStored('/state/rescued.json')) });
    expect(discarded).toHaveLength(1);
    await see(alone, { 'iam:DeleteAccessKey': () => 'AccessDenied' }, { store: fail(notStored('/state/rescued.json')) });
    expect(discarded).toHaveLength(1);
  });
});

describe('deleting lost keys', () => {
  const change: RetireLostKeys = { kind: 'retire-lost-keys', summary: '', risk: 'none', calls: [], user: 'ci', ...retires };
  it.each<[string, RetireLostKeys, AnswersInTurn, Ports, readonly string[]]>([
    [
      'deletes them, and nothing else',
      change,
      {},
      { entries: [entry] },
      [
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'entry-0: closed AKIALOST null',
      ],
    ],
    [
      'is done if they are gone',
      change,
      { 'iam:UpdateAccessKey': () => 'NoSuchEntity', 'iam:DeleteAccessKey': () => 'NoSuchEntity' },
      { entries: [entry] },
      [
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'iam:DeleteAccessKey ci AKIALOST',
        'journal: made AKIALOST state closed',
        'entry-0: closed AKIALOST null',
      ],
    ],
    [
      'stops at a refusal',
      change,
      { 'iam:UpdateAccessKey': () => 'AccessDenied' },
      { entries: [entry] },
      [
        'notify: deleting the access key AKIALOST, whose secret an interrupted run lost',
        'iam:UpdateAccessKey ci AKIALOST Inactive',
        'error: AccessDenied',
        'entry-0: open null null',
      ],
    ],
  ])('%s', async (_, of, more, ports, expected) => {
    expect(await see(of, more, ports)).toEqual(expected);
  });
});

describe('the error of a key', () => {
  const aws = (operation: string, error: string) => ({ aws: { operation: `iam:${operation}`, error } });
  it.each<[string, CreateAccessKey, AnswersInTurn, Ports, object]>([
    [
      'whose secret was lost three times',
      alone,
      {
        'iam:CreateAccessKey': lostAnswer,
        'iam:ListAccessKeys': inTurn(keys(), keys('AKIA1'), keys(), keys('AKIA2'), keys(), keys('AKIA3')),
      },
      {},
      { code: 'E-KEY-SECRET-LOST', step: 'access-keys', retryable: true, changed: true, ...aws('CreateAccessKey', 'ECONNRESET') },
    ],
    [
      'whose policy was deleted',
      whole,
      { 'iam:AttachGroupPolicy': () => 'NoSuchEntity' },
      {},
      { code: 'E-POLICY-UNKNOWN', step: 'access-keys', ...aws('AttachGroupPolicy', 'NoSuchEntity') },
    ],
    [
      'whose user has keys that cannot be read',
      alone,
      { 'iam:ListAccessKeys': () => 'AccessDenied' },
      {},
      { code: 'E-READ-DENIED', step: 'access-keys' },
    ],
    ['that cannot be stored', alone, {}, { store: fail(notStored()) }, { code: 'E-SECRETS-STORE', step: 'access-keys', changed: true }],
    [
      'in a profile that is used by now',
      alone,
      {},
      { holds: async () => [profileMark('practice', 'AKIAOTHER')] },
      { code: 'E-SECRETS-DESTINATION', step: 'access-keys' },
    ],
  ])('%s has what AWS answered, and what was changed', async (_, change, more, ports, expected) => {
    expect((await recorded(accessKeys, change, { ...answers, ...more }, ports)).error).toMatchObject(expected);
  });
});
