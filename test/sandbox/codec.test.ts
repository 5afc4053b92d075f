import { AccountClient, GetAccountInformationCommand, GetAlternateContactCommand } from '@aws-sdk/client-account';
import { BudgetsClient, CreateBudgetCommand, DescribeBudgetsCommand } from '@aws-sdk/client-budgets';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateUserCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { Fault } from '../../src/sandbox/behaviour.js';
import { decode, encode, encodeFault, type WireRequest, type WireResponse } from '../../src/sandbox/codec.js';
import type { ServiceName } from '../../src/sandbox/services.js';
import { practice, refusal } from './practice.js';
import { describe, expect, it } from 'vitest';

const form = (fields: Record<string, string>): WireRequest => ({
  method: 'POST',
  path: '/',
  query: {},
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(new URLSearchParams(fields).toString()),
});
const json = (target: string, body: unknown): WireRequest => ({
  ...form({}),
  headers: { 'x-amz-target': target },
  body: Buffer.from(JSON.stringify(body)),
});
const text = (response: WireResponse) => Buffer.from(response.body).toString();

/** The fault with which a promise rejects. */
async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error('no fault', { cause: error });
}

describe('requests', () => {
  it('of the query protocol contain lists, structures, numbers and booleans', async () => {
    const fields = {
      Action: 'CreateUser',
      UserName: 'alex',
      'Tags.member.2.Key': 'b',
      'Tags.member.2.Value': 'x y&z',
      'Tags.member.1.Key': 'a',
      'Tags.member.1.Value': '',
    };
    expect((await decode('iam', form(fields))).input).toEqual({
      UserName: 'alex',
      Tags: [
        { Key: 'a', Value: '' },
        { Key: 'b', Value: 'x y&z' },
      ],
    });
    const policy = { Action: 'UpdateAccountPasswordPolicy', MinimumPasswordLength: '14', RequireSymbols: 'true', HardExpiry: 'false' };
    expect((await decode('iam', form(policy))).input).toEqual({ MinimumPasswordLength: 14, RequireSymbols: true, HardExpiry: false });
  });

  it('keep the order of more than nine list members', async () => {
    const fields = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`Filter.member.${n + 1}`, `f${n}`]));
    const { input } = await decode('iam', form({ Action: 'GetAccountAuthorizationDetails', ...fields }));
    expect(input.Filter).toEqual(Array.from({ length: 12 }, (_, n) => `f${n}`));
  });

  it('of JSON services have timestamps as dates', async () => {
    const { input } = await decode('cloudtrail', json('CloudTrail_20131101.LookupEvents', { StartTime: 1_700_000_000.5 }));
    expect(input.StartTime).toEqual(new Date(1_700_000_000_500));
  });

  it.each([
    ['iam' as const, form({ Action: 'CreateUser' }), 'ValidationError', "Value null at 'userName'"],
    [
      'iam' as const,
      form({ Action: 'TagUser', UserName: 'a', 'Tags.member.1.Key': 'k' }),
      'ValidationError',
      "Value null at 'tags.1.member.value'",
    ],
    ['budgets' as const, json('AWSBudgetServiceGateway.DescribeBudgets', {}), 'InvalidParameterException', "'accountId'"],
    [
      'organizations' as const,
      json('AWSOrganizationsV20161128.CreateAccount', { Email: 'a@example.com' }),
      'InvalidInputException',
      "'accountName'",
    ],
    [
      'account' as const,
      { ...form({}), path: '/getAlternateContact', body: Buffer.from('{}') },
      'ValidationException',
      "'alternateContactType'",
    ],
  ])('of %s are refused if a required member is missing', async (service, request, code, words) => {
    const fault = await faultOf(decode(service, request));
    expect(fault).toMatchObject({ code, status: 400 });
    expect(fault.message).toContain(words);
  });

  it.each([
    ['iam' as const, form({ Action: 'CreateUzer' }), 'InvalidAction', 400],
    ['iam' as const, form({}), 'InvalidAction', 400],
    ['sts' as const, form({ Action: 'constructor' }), 'InvalidAction', 400],
    ['budgets' as const, json('AWSBudgetServiceGateway.DescribeBudgetz', {}), 'UnknownOperationException', 400],
    ['account' as const, { ...form({}), path: '/getNothing' }, 'UnknownOperationException', 404],
  ])('of %s for an unknown operation are refused', async (service, request, code, status) => {
    expect(await faultOf(decode(service, request))).toMatchObject({ code, status });
  });

  it('that are not JSON are refused', async () => {
    const request = { ...json('AWSBudgetServiceGateway.DescribeBudgets', {}), body: Buffer.from('{') };
    expect((await faultOf(decode('budgets', request))).code).toBe('SerializationException');
  });
});

describe('answers', () => {
  it('of the query protocol are wrapped, escaped and dated as in AWS', async () => {
    const CreateDate = new Date('2026-11-24T10:00:00.000Z');
    const answer = await encode('iam', 'GetUser', { User: { UserName: `<a>&"'`, CreateDate, Tags: [] } }, 'id-1');
    expect(answer.headers).toMatchObject({ 'content-type': 'text/xml', 'x-amzn-requestid': 'id-1' });
    expect(text(answer)).toBe(
      '<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult><User><UserName>&lt;a&gt;&amp;&quot;\'</UserName>' +
        '<CreateDate>2026-11-24T10:00:00Z</CreateDate><Tags></Tags></User></GetUserResult>' +
        '<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetUserResponse>',
    );
  });

  it('without output have no result element', async () => {
    expect(text(await encode('iam', 'DeleteUser', {}, 'id'))).not.toContain('DeleteUserResult');
    expect(text(await encode('budgets', 'CreateBudget', {}, 'id'))).toBe('{}');
  });

  it.each([
    [
      'budgets' as const,
      'DescribeBudget',
      { Budget: { BudgetName: 'b', TimeUnit: 'MONTHLY', BudgetType: 'COST', LastUpdatedTime: new Date(1_700_000_000_000) } },
      '"LastUpdatedTime":1700000000',
    ],
    [
      'account' as const,
      'GetAccountInformation',
      { AccountCreatedDate: new Date(1_700_000_000_000) },
      '"AccountCreatedDate":"2023-11-14T22:13:20Z"',
    ],
  ])('of %s write timestamps in the format of their model', async (service, operation, output, expected) => {
    expect(text(await encode(service, operation, output, 'id'))).toContain(expected);
  });
});

describe('faults', () => {
  const fault = new Fault('NoSuchThing', 404, 'a < b', { Reason: 'WHY' });
  it.each<[ServiceName, string, string | undefined]>([
    ['iam', '<Error><Type>Sender</Type><Code>NoSuchThing</Code><Message>a &lt; b</Message></Error><RequestId>id</RequestId>', undefined],
    ['organizations', '{"__type":"NoSuchThing","Reason":"WHY","Message":"a < b","message":"a < b"}', undefined],
    ['account', '{"Reason":"WHY","message":"a < b"}', 'NoSuchThing'],
  ])('of %s have the error format of the service', (service, expected, header) => {
    const answer = encodeFault(service, fault, 'id');
    expect(answer.statusCode).toBe(404);
    expect(text(answer)).toContain(expected);
    expect(answer.headers['x-amzn-errortype']).toBe(header);
    expect(answer.headers['x-amzn-requestid']).toBe('id');
  });

  it('reach the clients with their name, their fields and a request id', async () => {
    const { sandbox, iam } = await practice();
    const config = { region: 'us-east-1', credentials: sandbox.credentials, requestHandler: sandbox.requestHandler, maxAttempts: 1 };
    sandbox.world.knobs.faults = [
      {
        operation: 'organizations:*',
        what: { kind: 'error', code: 'ConstraintViolationException', status: 400, fields: { Reason: 'ACCOUNT_CREATION_NOT_COMPLETE' } },
      },
    ];
    const organizations = new OrganizationsClient(config).send(new DescribeOrganizationCommand({}));
    await expect(organizations).rejects.toMatchObject({ name: 'ConstraintViolationException', Reason: 'ACCOUNT_CREATION_NOT_COMPLETE' });
    const contact = new AccountClient(config).send(new GetAlternateContactCommand({ AlternateContactType: 'SECURITY' }));
    await expect(contact).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
    await expect(iam.send(new GetUserCommand({ UserName: 'missing' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(/^0000/) },
    });
  });
});

it('serves all six services through one handler', async () => {
  const { sandbox, iam, clock } = await practice();
  const config = { region: 'eu-central-1', credentials: sandbox.credentials, requestHandler: sandbox.requestHandler, maxAttempts: 1 };
  const budgets = new BudgetsClient(config);
  const Budget = { BudgetName: 'm', BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: '10', Unit: 'USD' } } as const;
  await budgets.send(new CreateBudgetCommand({ AccountId: '111122223333', Budget }));
  expect((await budgets.send(new DescribeBudgetsCommand({ AccountId: '111122223333' }))).Budgets).toMatchObject([{ BudgetName: 'm' }]);
  expect((await new AccountClient(config).send(new GetAccountInformationCommand({}))).AccountCreatedDate).toEqual(clock.now());
  const { Events } = await new CloudTrailClient({ ...config, region: 'us-east-1' }).send(new LookupEventsCommand({}));
  expect(Events?.map((event) => event.EventName)).toContain('CreateBudget');
  expect((await refusal(new OrganizationsClient(config).send(new DescribeOrganizationCommand({})))).name).toBe(
    'AWSOrganizationsNotInUseException',
  );
  await iam.send(new CreateUserCommand({ UserName: 'alex' }));
  expect(sandbox.calls.map((call) => [call.service, call.write])).toEqual([
    ['budgets', true],
    ['budgets', false],
    ['account', false],
    ['cloudtrail', false],
    ['organizations', false],
    ['iam', true],
  ]);
});

it('returns an error for a service that it does not support', async () => {
  const { sandbox } = await practice();
  const other = new IAMClient({
    region: 'us-east-1',
    credentials: sandbox.credentials,
    requestHandler: sandbox.requestHandler,
    maxAttempts: 1,
  });
  other.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers.authorization = (headers.authorization ?? '').replace('/iam/', '/ce/');
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'otherService' },
  );
  expect((await refusal(other.send(new GetUserCommand({})))).name).toBe('UnknownOperationException');
});
