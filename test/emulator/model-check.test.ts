import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run } from '../support/child-process.js';
import { checkModel, describeViolation, type ModelCheck } from './model-check.js';

const python = inject('pythonBin');

/** A line of a record file; everything but what a case is about is right. */
type Line = Readonly<Record<string, unknown>> & { readonly headers: Readonly<Record<string, string>> };

const signedFor = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261124/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=-`;

const iam = (action: string, form: Readonly<Record<string, string>> = {}, version = '2010-05-08'): Line => ({
  method: 'POST',
  path: '/',
  headers: { authorization: signedFor('iam'), 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ Action: action, Version: version, ...form }).toString(),
});

const targets = {
  budgets: 'AWSBudgetServiceGateway',
  organizations: 'AWSOrganizationsV20161128',
  cloudtrail: 'CloudTrail_20131101',
  'application-autoscaling': 'AnyScaleFrontendService',
};
const json = (service: keyof typeof targets, operation: string, input: unknown): Line => ({
  method: 'POST',
  path: '/',
  headers: {
    authorization: signedFor(service),
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${targets[service]}.${operation}`,
  },
  body: JSON.stringify(input),
});

const rest = (service: string, method: string, address: string, input?: unknown): Line => ({
  method,
  path: address,
  headers: { authorization: signedFor(service), 'content-type': 'application/json' },
  body: input === undefined ? '' : JSON.stringify(input),
});

const withHeader = (line: Line, name: string, value: string): Line => ({ ...line, headers: { ...line.headers, [name]: value } });

const alex = { UserName: 'alex' };
const budgetInput = (budget: object, further: object = {}): object => ({
  AccountId: '123456789012',
  Budget: { BudgetName: 'Monthly $10 Budget', TimeUnit: 'MONTHLY', BudgetType: 'COST', ...budget },
  ...further,
});
const alert = (threshold: number, subscribers: number): object => ({
  NotificationsWithSubscribers: [
    {
      Notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: threshold },
      Subscribers: Array.from({ length: subscribers }, () => ({ SubscriptionType: 'EMAIL', Address: 'ops@example.com' })),
    },
  ],
});
const contact = {
  AlternateContactType: 'SECURITY',
  Name: 'Ops',
  Title: 'Ops',
  EmailAddress: 'ops@example.com',
  PhoneNumber: '+1 555 0100',
};
const tags = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      [`Tags.member.${n + 1}.Key`, `k${n}`],
      [`Tags.member.${n + 1}.Value`, ''],
    ]).flat() as [string, string][],
  );

/** Requests that keep to the model. */
const right: readonly (readonly [string, Line])[] = [
  ['a form with a list', iam('CreateUser', { ...alex, ...tags(50) })],
  ['an empty list in a form', iam('GetAccountAuthorizationDetails', { Filter: '' })],
  ['numbers and booleans in a form', iam('UpdateAccountPasswordPolicy', { MinimumPasswordLength: '14', RequireSymbols: 'true' })],
  ['letters beyond ASCII in a tag', iam('CreateUser', { ...alex, 'Tags.member.1.Key': 'Größe', 'Tags.member.1.Value': '東京 1' })],
  ['JSON with lists, numbers and a dollar sign', json('budgets', 'CreateBudget', budgetInput({}, alert(80.5, 11)))],
  ['a map in JSON', json('budgets', 'CreateBudget', budgetInput({ CostFilters: { Service: ['Amazon EC2'] } }))],
  ['a timestamp in JSON', json('budgets', 'CreateBudget', budgetInput({ TimePeriod: { Start: 1_790_000_000 } }))],
  [
    'the long form of a target',
    withHeader(
      json('cloudtrail', 'LookupEvents', {}),
      'x-amz-target',
      'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
    ),
  ],
  ['a REST address with a body', rest('account', 'POST', '/putAlternateContact', contact)],
  ['a REST address without a body', rest('account', 'POST', '/getAccountInformation')],
  ['a REST address with a label and a query', rest('lambda', 'GET', '/2015-03-31/functions/probe?Qualifier=1')],
  [
    'a body in base64',
    {
      ...json('organizations', 'CreateOrganization', {}),
      body: Buffer.from('{"FeatureSet":"ALL"}').toString('base64'),
      encoding: 'base64',
    },
  ],
];

/** [what is wrong, the request, the violation as `member [rule]`]: one violation each. */
const planted: readonly (readonly [string, Line, string])[] = [
  ['unsigned', { ...iam('GetUser'), headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 'Authorization [service]'],
  ['signed for a service that is none', withHeader(iam('GetUser'), 'authorization', signedFor('nonesuch')), 'Authorization [service]'],
  [
    'signed for another service',
    { ...iam('GetUser'), ...withHeader(iam('GetUser'), 'authorization', signedFor('sts')), service: 'iam' },
    'Authorization [service]',
  ],
  ['protocol not supported', rest('s3', 'GET', '/'), ' [protocol]'],
  ['form by GET', { ...iam('GetUser'), method: 'GET' }, ' [address]'],
  ['JSON to an address', { ...json('budgets', 'CreateBudget', budgetInput({})), path: '/budgets' }, ' [address]'],
  ['form sent as JSON', withHeader(iam('GetUser'), 'content-type', 'application/json'), 'Content-Type [content-type]'],
  [
    'JSON of another version',
    withHeader(json('organizations', 'CreateOrganization', {}), 'content-type', 'application/x-amz-json-1.0'),
    'Content-Type [content-type]',
  ],
  [
    'REST body sent as text',
    withHeader(rest('account', 'POST', '/putAlternateContact', contact), 'content-type', 'text/plain'),
    'Content-Type [content-type]',
  ],
  ['API version of another service', iam('GetUser', {}, '2011-06-15'), 'Version [api-version]'],
  [
    'target of another service',
    withHeader(json('budgets', 'CreateBudget', budgetInput({})), 'x-amz-target', 'AWSBudgetService.CreateBudget'),
    'X-Amz-Target [target]',
  ],
  ['no such form operation', iam('CreateUserr'), 'Action [operation]'],
  ['no such JSON operation', json('budgets', 'MakeBudget', {}), 'X-Amz-Target [operation]'],
  ['no such REST address', rest('account', 'POST', '/getAlternateContacts', {}), ' [operation]'],
  ['REST address by another method', rest('account', 'PUT', '/putAlternateContact', contact), ' [operation]'],
  ['another operation than recorded', { ...iam('GetUser'), operation: 'DeleteUser' }, ' [operation]'],
  [
    'a parameter twice',
    { ...iam('GetUser'), body: 'Action=GetUser&Version=2010-05-08&UserName=a&UserName=b' },
    'UserName [duplicate-parameter]',
  ],
  ['unknown form member', iam('GetUser', { Username: 'alex' }), 'Username [unknown-member]'],
  [
    'unknown member in a form list',
    iam('CreateUser', { ...alex, 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v', 'Tags.member.1.Kind': 'x' }),
    'Tags.member.1.Kind [unknown-member]',
  ],
  ['unknown JSON member', json('organizations', 'CreateOrganization', { Features: 'ALL' }), 'Features [unknown-member]'],
  ['unknown nested JSON member', json('budgets', 'CreateBudget', budgetInput({ Limit: 1 })), 'Budget.Limit [unknown-member]'],
  ['unknown REST member', rest('account', 'POST', '/putAlternateContact', { ...contact, Phone: '1' }), 'Phone [unknown-member]'],
  ['unknown REST query', rest('lambda', 'GET', '/2015-03-31/functions/probe?Version=1'), 'Version [unknown-member]'],
  ['gap in a form list', iam('CreateUser', { ...alex, 'Tags.member.2.Key': 'k', 'Tags.member.2.Value': 'v' }), 'Tags [list-index]'],
  ['word for a number', iam('ListUsers', { MaxItems: 'ten' }), 'MaxItems [type]'],
  ['word for a boolean', iam('CreateLoginProfile', { ...alex, PasswordResetRequired: 'yes' }), 'PasswordResetRequired [type]'],
  [
    'number for a string',
    json('budgets', 'CreateBudget', budgetInput({ BudgetLimit: { Amount: 10, Unit: 'USD' } })),
    'Budget.BudgetLimit.Amount [type]',
  ],
  ['string for a structure', json('budgets', 'CreateBudget', budgetInput({ BudgetLimit: '10 USD' })), 'Budget.BudgetLimit [type]'],
  ['structure for a list', json('budgets', 'CreateBudget', budgetInput({}, { ResourceTags: {} })), 'ResourceTags [type]'],
  ['boolean for a number', json('cloudtrail', 'LookupEvents', { MaxResults: true }), 'MaxResults [type]'],
  ['words for a timestamp', json('cloudtrail', 'LookupEvents', { StartTime: '2026-11-24' }), 'StartTime [type]'],
  ['a body that is not JSON', { ...json('organizations', 'CreateOrganization', {}), body: '{' }, ' [type]'],
  ['a list for a body', json('organizations', 'CreateOrganization', []), ' [type]'],
  ['missing form member', iam('CreateUser'), 'UserName [required]'],
  [
    'missing nested member',
    json('budgets', 'CreateBudget', budgetInput({ BudgetLimit: { Amount: '10' } })),
    'Budget.BudgetLimit.Unit [required]',
  ],
  ['missing REST member', rest('account', 'POST', '/getAlternateContact', {}), 'AlternateContactType [required]'],
  ['text too short', iam('CreateAccountAlias', { AccountAlias: '' }), 'AccountAlias [min-size] AccountAlias [pattern]'],
  ['text too long', iam('CreateUser', { UserName: 'a'.repeat(65) }), 'UserName [max-size]'],
  [
    'list too short',
    json('budgets', 'CreateBudget', budgetInput({}, alert(80, 0))),
    'NotificationsWithSubscribers[0].Subscribers [min-size]',
  ],
  ['list too long', iam('CreateUser', { ...alex, ...tags(51) }), 'Tags [max-size]'],
  ['number too small', iam('ListUsers', { MaxItems: '0' }), 'MaxItems [min-value]'],
  ['number too great', iam('UpdateAccountPasswordPolicy', { PasswordReusePrevention: '25' }), 'PasswordReusePrevention [max-value]'],
  [
    'fraction below zero',
    json('budgets', 'CreateBudget', budgetInput({}, alert(-0.5, 1))),
    'NotificationsWithSubscribers[0].Notification.Threshold [min-value]',
  ],
  ['word outside an enum', iam('UpdateAccessKey', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Disabled' }), 'Status [enum]'],
  ['pattern met by a part only', iam('CreateUser', { UserName: 'alex smith' }), 'UserName [pattern]'],
  ['pattern met but for a line end', iam('CreateAccountAlias', { AccountAlias: 'acme-prod\n' }), 'AccountAlias [pattern]'],
  ['letters beyond ASCII where \\w is asked', iam('CreateUser', { UserName: 'rené' }), 'UserName [pattern]'],
  [
    'pattern with a flag in its middle',
    json('budgets', 'CreateBudget', budgetInput({ BudgetName: 'a <SCRIPT>b</SCRIPT>' })),
    'Budget.BudgetName [pattern]',
  ],
  [
    'pattern with a Unicode category',
    iam('CreateUser', { ...alex, 'Tags.member.1.Key': 'k#', 'Tags.member.1.Value': '' }),
    'Tags[0].Key [pattern]',
  ],
  [
    'two members of a union',
    iam('SimulatePrincipalPolicy', {
      PolicySourceArn: 'arn:aws:iam::123456789012:user/alex',
      'ActionNames.member.1': 'iam:GetUser',
      'PolicyExclusionList.member.1.PolicyArn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      'PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName': 'x',
      'PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentType': 'user',
      'PolicyExclusionList.member.1.InlinePolicyIdentifier.AttachmentName': 'x',
    }),
    'PolicyExclusionList[0] [union]',
  ],
  [
    'pattern that cannot be read',
    json('application-autoscaling', 'DeleteScalingPolicy', {
      PolicyName: 'x',
      ServiceNamespace: 'ecs',
      ResourceId: 'x',
      ScalableDimension: 'ecs:service:DesiredCount',
    }),
    'PolicyName [unreadable-pattern] ResourceId [unreadable-pattern]',
  ],
];

describe.skipIf(python === '')('model check', () => {
  let folder: string;
  let file: string;
  let checked: ModelCheck;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-check-'));
    file = path.join(folder, 'requests.jsonl');
    await writeFile(file, [...right, ...planted].map(([, line]) => `${JSON.stringify(line)}\n`).join(''));
    checked = await checkModel(python, [file]);
  }, 30_000);
  afterAll(async () => rm(folder, { recursive: true }));

  const violationsOfLine = (line: number): string =>
    checked.violations
      .filter((violation) => violation.line === line)
      .map((violation) => `${violation.member} [${violation.rule}]`)
      .join(' ');

  it.each(right.map(([name], index) => [name, index + 1] as const))('passes %s', (_name, line) => {
    expect(violationsOfLine(line)).toBe('');
  });

  it.each(planted.map(([name, , expected], index) => [name, expected, right.length + index + 1] as const))(
    'reports %s as %s',
    (_name, expected, line) => {
      expect(violationsOfLine(line)).toBe(expected);
    },
  );

  it('counts requests, operations and violations, and ends with 1', async () => {
    const ended = await run(python, ['-B', path.join(import.meta.dirname, 'model_check.py'), file]);
    expect(ended.code).toBe(1);
    expect(ended.stdout.trim().split('\n').at(-1)).toBe(checked.summary);
    expect(checked.summary).toBe(
      `${right.length + planted.length} requests, ${checked.operations.length} operations, ${checked.violations.length} violations`,
    );
  });

  it('ends with 0 when nothing is wrong', async () => {
    const good = path.join(folder, 'good.jsonl');
    await writeFile(good, right.map(([, line]) => `${JSON.stringify(line)}\n`).join(''));
    const ended = await run(python, ['-B', path.join(import.meta.dirname, 'model_check.py'), good]);
    expect([ended.code, ended.stdout]).toEqual([0, `${right.length} requests, 9 operations, 0 violations\n`]);
  });

  it('fails on a file that is no record of requests', async () => {
    const broken = path.join(folder, 'broken.jsonl');
    await writeFile(broken, 'no JSON\n');
    await expect(checkModel(python, [broken])).rejects.toThrow('ended with code 2');
  });

  it('never prints the value of a secret', async () => {
    const secrets = path.join(folder, 'secrets.jsonl');
    const lines = [
      iam('CreateLoginProfile', { ...alex, Password: 'hunter2\u0001' }),
      iam('EnableMFADevice', {
        ...alex,
        SerialNumber: 'arn:aws:iam::123456789012:mfa/alex',
        AuthenticationCode1: 'hunter2',
        AuthenticationCode2: 'hunter',
      }),
      json('budgets', 'CreateBudget', { SecretAccessKey: 'hunter2', ...budgetInput({}) }),
    ];
    await writeFile(secrets, lines.map((line) => JSON.stringify(line)).join('\n'));
    const { violations } = await checkModel(python, [secrets]);
    expect(new Set(violations.map((violation) => violation.member))).toEqual(
      new Set(['Password', 'AuthenticationCode1', 'AuthenticationCode2', 'SecretAccessKey']),
    );
    expect(violations.map(describeViolation).join('\n')).not.toContain('hunter');
  });
});
