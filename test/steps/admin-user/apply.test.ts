import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../../src/core/errors.js';
import type { AdminChange, CompleteAdministrator } from '../../../src/steps/admin-user/assess.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { type AnswersInTurn, errorWords, inTurn, lostAnswer, type Ports, recorded } from '../support/recorded.js';

/** Each row changes one answer or one part of the plan, and has everything that the change does, in order. */

const base = { summary: '', risk: 'none', calls: [] } as const;
const complete = (...calls: readonly string[]): CompleteAdministrator => ({
  ...base,
  kind: 'complete-administrator',
  calls,
  user: 'alex',
  group: 'Administrators',
  policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
});
const everything = complete('iam:CreateGroup', 'iam:CreateUser', 'iam:AttachGroupPolicy', 'iam:AddUserToGroup');
const policy: AdminChange = { ...base, kind: 'set-password-policy', policy: { MinimumPasswordLength: 14 } };
const password: AdminChange = { ...base, kind: 'create-console-password', user: 'alex', minimumLength: 14 };
const replacement: AdminChange = { ...base, kind: 'replace-lost-password', user: 'alex', minimumLength: 14 };
const answers: AnswersInTurn = {
  'iam:CreateGroup': () => ({}),
  'iam:AttachGroupPolicy': () => ({}),
  'iam:CreateUser': () => ({}),
  'iam:AddUserToGroup': () => ({}),
  'iam:UpdateAccountPasswordPolicy': () => ({}),
  'iam:GetLoginProfile': () => 'NoSuchEntity',
  'iam:CreateLoginProfile': () => ({ LoginProfile: {} }),
  'iam:UpdateLoginProfile': () => ({}),
};
const fail = (): never => {
  throw new BootstrapError({ code: 'E-SECRETS-STORE', message: 'The disk is full.', next: 'Free it.' });
};
const see = async (change: AdminChange, more: AnswersInTurn = {}, ports: Ports = {}): Promise<readonly string[]> => {
  const { log, journal, error } = await recorded(adminUser, change, { ...answers, ...more }, ports);
  const words = errorWords(error);
  return [
    ...log,
    ...(words === undefined ? [] : [`error: ${words}`]),
    ...journal.map(({ state, replaces, place }) => `entry: ${state}, replaces ${replaces}, ${place}`),
  ];
};

/** The user was created after the plan was made. */
const someoneElse =
  'error: E-PLAN-CHANGED | Someone else created the user alex after the plan was made, so it gets no permissions. | Review the new plan: run the same command with --dry-run. Or choose another name in the config.';

describe('the administrator', () => {
  it.each<[string, AdminChange, AnswersInTurn, Ports, readonly string[]]>([
    [
      'is created with its group',
      everything,
      {},
      {},
      [
        'iam:CreateGroup Administrators',
        'iam:CreateUser alex',
        'iam:AttachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess',
        'iam:AddUserToGroup Administrators alex',
      ],
    ],
    ['is created', complete('iam:CreateUser'), {}, {}, ['iam:CreateUser alex']],
    ['is added to the group', complete('iam:AddUserToGroup'), {}, {}, ['iam:AddUserToGroup Administrators alex']],
    [
      'gets its rights from the group',
      complete('iam:AttachGroupPolicy'),
      {},
      {},
      ['iam:AttachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess'],
    ],
    ['gets a group', complete('iam:CreateGroup'), {}, {}, ['iam:CreateGroup Administrators']],
    [
      'has a group by now, which the engine reads',
      everything,
      { 'iam:CreateGroup': () => 'EntityAlreadyExists' },
      {},
      ['iam:CreateGroup Administrators', 'iam:CreateUser alex', 'error: EntityAlreadyExists, ambiguous'],
    ],
    ...(
      [
        ['of this tool exists by now', [{ UserName: 'Alex', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] }], true],
        ['of another tool exists by now', [{ UserName: 'alex', Tags: [{ Key: 'created-by', Value: 'terraform' }] }], false],
        ['exists by now, and AWS does not list it', [], false],
      ] as const
    ).map(([what, users, isOurs]): [string, AdminChange, AnswersInTurn, Ports, readonly string[]] => [
      what,
      everything,
      { 'iam:CreateUser': () => 'EntityAlreadyExists', 'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users }) },
      {},
      [
        'iam:CreateGroup Administrators',
        'iam:CreateUser alex',
        'iam:GetAccountAuthorizationDetails',
        isOurs ? 'error: EntityAlreadyExists, ambiguous' : someoneElse,
      ],
    ]),
    [
      'exists by now beside a lost answer about its group',
      everything,
      {
        'iam:CreateGroup': lostAnswer,
        'iam:CreateUser': () => 'EntityAlreadyExists',
        'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [{ UserName: 'alex' }] }),
      },
      {},
      ['iam:CreateGroup Administrators', 'iam:CreateUser alex', 'iam:GetAccountAuthorizationDetails', someoneElse],
    ],
    [
      'gets no rights without its group',
      everything,
      { 'iam:CreateGroup': () => 'LimitExceeded' },
      {},
      ['iam:CreateGroup Administrators', 'iam:CreateUser alex', 'error: LimitExceeded'],
    ],
    [
      'gets no rights if the group cannot get them',
      everything,
      { 'iam:AttachGroupPolicy': () => 'AccessDenied' },
      {},
      [
        'iam:CreateGroup Administrators',
        'iam:CreateUser alex',
        'iam:AttachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess',
        'iam:AddUserToGroup Administrators alex',
        'error: AccessDenied',
      ],
    ],
    [
      'cannot be created',
      everything,
      { 'iam:CreateUser': () => 'AccessDenied' },
      {},
      ['iam:CreateGroup Administrators', 'iam:CreateUser alex', 'error: AccessDenied'],
    ],
    ['gets the password policy of the plan', policy, {}, {}, ['iam:UpdateAccountPasswordPolicy']],
  ])('%s', async (_, change, more, ports, expected) => {
    expect(await see(change, more, ports)).toEqual(expected);
  });

  it('is tagged, and the policy of the plan is sent as it is', async () => {
    const sent: object[] = [];
    const keep = (input: object) => {
      sent.push(input);
      return {};
    };
    await recorded(adminUser, complete('iam:CreateUser'), { 'iam:CreateUser': keep });
    await recorded(adminUser, policy, { 'iam:UpdateAccountPasswordPolicy': keep });
    expect(sent).toEqual([
      { UserName: 'alex', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] },
      { MinimumPasswordLength: 14 },
    ]);
  });
});

describe('the console password', () => {
  const exists = { LoginProfile: { UserName: 'alex', CreateDate: new Date(0) } };
  it.each<[string, AdminChange, AnswersInTurn, Ports, readonly string[]]>([
    [
      'is stored before it is created',
      password,
      {},
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'journal: state closed',
        'entry: closed, replaces null, memory',
      ],
    ],
    [
      'is stored before it is replaced',
      replacement,
      {},
      {},
      [
        'notify: replacing the console password of alex, which an interrupted run lost',
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:UpdateLoginProfile alex Practice-Password-1',
        'journal: state closed',
        'entry: closed, replaces alex, memory',
      ],
    ],
    [
      'is not created without a destination that can be used',
      password,
      {},
      { reserve: fail },
      ['reserve the destination', 'error: E-SECRETS-STORE | The disk is full. | Free it.'],
    ],
    [
      'is not created if it cannot be stored',
      password,
      {},
      { store: fail },
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'error: E-SECRETS-STORE | The disk is full. | Free it.',
        'entry: open, replaces null, null',
      ],
    ],
    [
      'is not created if the journal cannot be written',
      password,
      {},
      { note: fail },
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'error: E-SECRETS-STORE | The disk is full. | Free it.',
        'entry: open, replaces null, null',
      ],
    ],
    [
      'is refused',
      password,
      { 'iam:CreateLoginProfile': () => 'PasswordPolicyViolation' },
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'journal: state closed place ',
        'error: PasswordPolicyViolation',
        'entry: closed, replaces null, null',
      ],
    ],
    [
      'is refused in place of another one',
      replacement,
      { 'iam:UpdateLoginProfile': () => 'PasswordPolicyViolation' },
      {},
      [
        'notify: replacing the console password of alex, which an interrupted run lost',
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:UpdateLoginProfile alex Practice-Password-1',
        'journal: state closed place ',
        'error: PasswordPolicyViolation',
        'entry: closed, replaces alex, null',
      ],
    ],
    [
      'exists by now',
      password,
      { 'iam:CreateLoginProfile': () => 'EntityAlreadyExists' },
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'journal: state closed place ',
        'error: EntityAlreadyExists',
        'entry: closed, replaces null, null',
      ],
    ],
    [
      'is created, and the answer is lost',
      password,
      { 'iam:CreateLoginProfile': lostAnswer, 'iam:GetLoginProfile': () => exists },
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'iam:GetLoginProfile alex',
        'journal: state closed',
        'entry: closed, replaces null, memory',
      ],
    ],
    [
      'is not created, and the answer is lost',
      password,
      { 'iam:CreateLoginProfile': lostAnswer },
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'iam:GetLoginProfile alex',
        'error: ECONNRESET, ambiguous',
        'entry: stored, replaces null, memory',
      ],
    ],
    [
      'may be created, and the answer is lost',
      password,
      { 'iam:CreateLoginProfile': lostAnswer, 'iam:GetLoginProfile': () => 'AccessDenied' },
      {},
      [
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:CreateLoginProfile alex Practice-Password-1',
        'iam:GetLoginProfile alex',
        'error: ECONNRESET, ambiguous',
        'entry: stored, replaces null, memory',
      ],
    ],
    [
      'is replaced, and the answer is lost',
      replacement,
      { 'iam:UpdateLoginProfile': inTurn(lostAnswer, {}) },
      {},
      [
        'notify: replacing the console password of alex, which an interrupted run lost',
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:UpdateLoginProfile alex Practice-Password-1',
        'journal: state closed',
        'entry: closed, replaces alex, memory',
      ],
    ],
    [
      'is replaced, and the answer is lost each time',
      replacement,
      { 'iam:UpdateLoginProfile': lostAnswer },
      {},
      [
        'notify: replacing the console password of alex, which an interrupted run lost',
        'reserve the destination',
        'a password of at least 14',
        'journal: open for alex',
        'store the console-password of alex',
        'journal: state stored place memory',
        'iam:UpdateLoginProfile alex Practice-Password-1',
        'error: ECONNRESET, ambiguous',
        'entry: stored, replaces alex, memory',
      ],
    ],
  ])('%s', async (_, change, more, ports, expected) => {
    expect(await see(change, more, ports)).toEqual(expected);
  });

  it.each([
    [password, 'iam:CreateLoginProfile'],
    [replacement, 'iam:UpdateLoginProfile'],
  ])('must be changed at the first sign-in', async (change, operation) => {
    const sent: object[] = [];
    const keep = (input: object) => {
      sent.push(input);
      return {};
    };
    await recorded(adminUser, change, { ...answers, [operation]: keep });
    expect(sent).toEqual([{ UserName: 'alex', Password: 'Practice-Password-1', PasswordResetRequired: true }]);
  });

  it('is sent again, as the same one, if the answer to its replacement is lost', async () => {
    const sent: object[] = [];
    const lose = (input: object): never => {
      sent.push(input);
      return lostAnswer();
    };
    await recorded(adminUser, replacement, { ...answers, 'iam:UpdateLoginProfile': lose });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });
});
