import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/core/account.js';
import type { Finding } from '../../src/core/finding.js';
import { value } from '../../src/core/reading.js';
import { assessContact, readContact } from '../../src/steps/billing-access/contacts.js';
import { billingAccess as step } from '../../src/steps/billing-access/index.js';
import { accountOf, alex, type Answers, denied, desiredOf, summaryOf, now, root } from './support/account.js';
import { described } from './support/described.js';

const unread = denied('x:Y');
const day = (date: string) => new Date(`${date}T10:15:00Z`);
const changed = (date: string) => value({ at: day(date), by: 'root' });
const never = value(undefined);
const young = value(day('2026-11-01'));
const old = value(day('2020-01-01'));
const jane = { name: 'Jane Doe', title: 'CFO', email: 'jane@example.com', phone: '+1 555 0100' };

const assess = (section: object, world: object, command: 'init' | 'check' = 'init'): readonly Finding[] =>
  step.assess(desiredOf(step, section, command), {
    lastSet: never,
    createdAt: young,
    role: value('standalone'),
    identity: root,
    partition: partitionOf('aws'),
    now,
    contacts: {},
    primary: undefined,
    ...world,
  });
const theSwitch = (section: object, world: object, command: 'init' | 'check' = 'init'): Finding =>
  assess(section, world, command).find(({ id }) => id === 'billing-access.switch') as Finding;

describe('the switch for IAM access to billing', () => {
  const confirmed = { 'confirmed-on': '2026-11-20' };
  const rows: readonly (readonly [title: string, section: object, world: object, status: string, reason: RegExp])[] = [
    ['was confirmed', confirmed, {}, 'pass', /^IAM access to billing is on, as confirmed on 2026-11-20; no later change/],
    ['was changed and confirmed on the same day', confirmed, { lastSet: changed('2026-11-20') }, 'pass', /as confirmed on/],
    ['was changed before it was confirmed', confirmed, { lastSet: changed('2026-11-02') }, 'pass', /as confirmed on/],
    [
      'was changed after it was confirmed',
      confirmed,
      { lastSet: changed('2026-11-21') },
      'manual',
      /^Confirmed on 2026-11-20, but changed on 2026-11-21 10:15 UTC by root; AWS does not report/,
    ],
    ['was confirmed, and the history cannot be read', confirmed, { lastSet: unread }, 'pass', /could not be read: AWS denied it$/],
    ['was confirmed today in a time zone ahead of UTC', { 'confirmed-on': '2026-11-24' }, {}, 'pass', /as confirmed on/],
    [
      'was confirmed for a future day',
      { 'confirmed-on': '2027-11-20' },
      {},
      'manual',
      /^confirmed-on is 2027-11-20, but today is 2026-11-23$/,
    ],
    [
      'was changed, to on or off',
      {},
      { lastSet: changed('2026-11-02') },
      'manual',
      /^IAM access to billing was changed on 2026-11-02 10:15 UTC by root; AWS does not report whether it was turned on or off/,
    ],
    [
      'was never changed in a new account',
      {},
      {},
      'fail',
      /^IAM access to billing has been off since this account was created 21 days ago$/,
    ],
    [
      'was never changed in a new management account',
      {},
      { role: value('management') },
      'fail',
      /^IAM access to billing has been off since this account was created/,
    ],
    [
      'was not changed in the first 90 days',
      {},
      { createdAt: value(new Date(now.getTime() - 90 * 86_400_000)) },
      'manual',
      /90 days of the event history$/,
    ],
    [
      'may have been changed before the event history starts',
      {},
      { createdAt: old },
      'manual',
      /^No API reads whether IAM access to billing is on/,
    ],
    [
      'is in a member account, where it may be on or off',
      {},
      { role: value('member') },
      'manual',
      /^No API reads whether IAM access to billing is on, and it is usually on in accounts that an organization created/,
    ],
    [
      'has a history that cannot be read',
      {},
      { lastSet: unread },
      'manual',
      /^No API reads whether IAM access to billing is on, and the event history could not be read: AWS denied it$/,
    ],
    ['is in an account whose organization cannot be read', {}, { role: unread }, 'manual', /could not be read: AWS denied it$/],
    [
      'is in an account whose age cannot be read',
      {},
      { createdAt: unread },
      'manual',
      /^No API reads whether IAM access to billing is on, and the age of the account could not be read/,
    ],
    ['is in an account of unknown age', {}, { createdAt: never }, 'manual', /does not report the age/],
  ];
  for (const [title, section, world, status, reason] of rows) {
    it(title, () => expect(theSwitch(section, world)).toMatchObject({ status, reason: expect.stringMatching(reason) }));
  }

  it.each([
    ['its history', {}, { lastSet: unread }],
    ['its history, even if it was confirmed', confirmed, { lastSet: unread }],
    ['its organization', {}, { role: unread }],
    ['its age', {}, { createdAt: unread }],
  ])('is unknown in check if %s cannot be read, and the finding names the missing permission', (_, section, world) => {
    const found = assess(section, world, 'check').find(({ id }) => id === 'billing-access.switch');
    expect(found).toMatchObject({ status: 'unknown', missingPermission: 'x:Y', cause: 'denied' });
  });

  it('has a result in check if what cannot be read does not matter', () => {
    const found = (world: object) => assess(confirmed, world, 'check').find(({ id }) => id === 'billing-access.switch')?.status;
    expect([found({ role: unread, createdAt: unread }), found({ createdAt: unread })]).toEqual(['pass', 'pass']);
  });

  it('has a result in check for a member of any age, and for a change in any organization', () => {
    const found = (world: object) => assess({}, world, 'check').find(({ id }) => id === 'billing-access.switch');
    expect(found({ role: value('member'), createdAt: unread })).toMatchObject({
      status: 'manual',
      reason: expect.stringMatching(/accounts that an organization created/),
    });
    expect(found({ lastSet: value({ at: now, by: 'root' }), role: unread, createdAt: unread })).toMatchObject({
      status: 'manual',
      reason: expect.stringMatching(/^IAM access to billing was changed on/),
    });
  });

  it('has everything that was read as evidence, and not the age of a member', () => {
    const read = (operation: string, of: unknown) => ({ ok: true, value: of, evidence: [{ operation }] });
    const world = { lastSet: read('trail', undefined), createdAt: read('age', now), role: read('role', 'standalone') };
    expect(theSwitch({}, world).evidence.map(({ operation }) => operation)).toEqual(['trail', 'age', 'role']);
    expect(theSwitch({}, { ...world, role: read('role', 'member') }).evidence.map(({ operation }) => operation)).toEqual(['trail', 'role']);
  });

  it('has the confirmation and its date as evidence', () => {
    expect(theSwitch(confirmed, {}).evidence).toContainEqual({ operation: 'person, 2026-11-20' });
  });

  it('has a fix with the page, the clicks and the line that records it', () => {
    expect(theSwitch({}, {}).remedy).toEqual({
      by: 'hand',
      instructions:
        'Open the account page as root: "IAM user and role access to Billing information", Edit, tick "Activate IAM Access", Update. ' +
        'Then record the day in bootstrap.yaml: billing-access.confirmed-on: 2026-11-23',
      url: 'https://console.aws.amazon.com/billing/home#/account',
    });
    expect(theSwitch({}, {}, 'check').remedy).toMatchObject({
      instructions: expect.stringContaining('record the day in bootstrap.yaml (`bootstrap config new` creates it): billing-access'),
    });
    expect(theSwitch({}, { partition: partitionOf('aws-cn') }).remedy).toMatchObject({
      url: 'https://console.amazonaws.cn/billing/home#/account',
    });
  });

  it('can only be changed by root, and the fix for a user mentions that', () => {
    expect(theSwitch({}, { identity: alex }).remedy).toMatchObject({
      instructions: expect.stringMatching(/^Sign in as root \(only root can change it, alex cannot\)/),
    });
  });
});

describe('contacts', () => {
  const rows: readonly (readonly [
    title: string,
    section: object,
    world: object,
    command: 'init' | 'check',
    findings: readonly string[],
  ])[] = [
    ['that are not configured do not affect init', {}, {}, 'init', []],
    [
      'that are missing are reported in an audit',
      {},
      { contacts: { BILLING: never, SECURITY: never } },
      'check',
      ['billing-access.contact fail manual fix', 'billing-access.security-contact fail manual fix'],
    ],
    [
      'that exist pass',
      {},
      { contacts: { BILLING: value(jane), SECURITY: value(jane) } },
      'check',
      ['billing-access.contact pass', 'billing-access.security-contact pass'],
    ],
    [
      'that are configured are set',
      { contact: jane, 'security-contact': jane },
      { contacts: { BILLING: never, SECURITY: never } },
      'init',
      ['billing-access.contact fail set-contact', 'billing-access.security-contact fail set-contact'],
    ],
    [
      'that only differ in spaces and case pass',
      { contact: jane },
      { contacts: { BILLING: value({ ...jane, email: ' Jane@example.com ', phone: '+15550100' }) } },
      'init',
      ['billing-access.contact pass'],
    ],
    [
      'that differ are never replaced',
      { contact: jane },
      { contacts: { BILLING: value({ ...jane, name: 'Joe' }) } },
      'init',
      ['billing-access.contact fail manual fix'],
    ],
    ['that cannot be read are unknown', { contact: jane }, { contacts: { BILLING: unread } }, 'init', ['billing-access.contact unknown']],
    [
      'for operations are set if configured',
      { 'operations-contact': jane },
      { contacts: { OPERATIONS: never } },
      'init',
      ['billing-access.operations-contact fail set-contact'],
    ],
    [
      'for operations that are configured and exist pass',
      { 'operations-contact': jane },
      { contacts: { OPERATIONS: value(jane) } },
      'check',
      ['billing-access.operations-contact pass'],
    ],
    [
      'for operations that differ are never replaced',
      { 'operations-contact': jane },
      { contacts: { OPERATIONS: value({ ...jane, phone: '+1 555 0199' }) } },
      'init',
      ['billing-access.operations-contact fail manual fix'],
    ],
  ];
  it.each<[object, string]>([
    [{}, 'pass'],
    [{ name: ' Jane Doe ' }, 'pass'],
    [{ title: ' Finance\t' }, 'pass'],
    [{ email: 'JANE@example.com ' }, 'pass'],
    [{ phone: '+1555 0100' }, 'pass'],
    [{ name: 'Joe' }, 'fail'],
    [{ title: 'CFO' }, 'fail'],
    [{ email: 'joe@example.com' }, 'fail'],
    [{ phone: '+1 555 0199' }, 'fail'],
  ])('with %j in the account: %s', (more, status) => {
    const wanted = { name: 'Jane Doe', title: 'Finance', email: 'jane@example.com', phone: '+1 555 0100' };
    const spaced = { name: ' Jane Doe', title: 'Finance ', email: ' jane@example.com', phone: '+15550100' };
    for (const section of [wanted, spaced]) {
      const found = assessContact('BILLING', section, value({ ...wanted, ...more }), partitionOf('aws'));
      expect([found.status, found.remedy?.by]).toEqual([status, status === 'pass' ? undefined : 'hand']);
    }
  });

  it('are described with the page to change them', () => {
    const cloudPage = 'https://console.aws.amazon.com/billing/home#/account';
    const text = `${jane.name} (${jane.title}), ${jane.email}, ${jane.phone}`;
    const of = (wanted: typeof jane | undefined, existing: typeof jane | undefined) =>
      described([assessContact('BILLING', wanted, value(existing), partitionOf('aws'))]);
    expect(of(undefined, jane)).toEqual([`billing-access.contact pass: The billing contact is ${text}; observed: ${text}`]);
    expect(of(undefined, undefined)[1]).toMatch(`\`bootstrap init --only billing-access\` ${cloudPage}`);
    expect(of(undefined, undefined)[1]).toContain(
      'Add billing-access.contact (name, title, email, phone) to bootstrap.yaml (`bootstrap config new` creates it)',
    );
    expect(of({ ...jane, name: 'Joe' }, jane)).toEqual([
      `billing-access.contact fail: The billing contact differs from the config: ${text}; wanted: ${text.replace(jane.name, 'Joe')}; observed: ${text}`,
      `  manual: Either keep it and write it into the config, or change it in the console under Alternate contacts. ${cloudPage}`,
    ]);
  });

  it.each<[object | string, object | undefined]>([
    ['ResourceNotFoundException', undefined],
    [{}, undefined],
    [{ AlternateContact: {} }, { name: '', title: '', email: '', phone: '' }],
    [
      { AlternateContact: { Name: 'J', Title: 'T', EmailAddress: 'e', PhoneNumber: 'p' } },
      { name: 'J', title: 'T', email: 'e', phone: 'p' },
    ],
  ])('are read from the answer %j', async (answer, expected) => {
    const { context } = accountOf({
      'account:GetAlternateContact': ({ AlternateContactType }) => (AlternateContactType === 'SECURITY' ? answer : 'ValidationException'),
    });
    expect(await readContact(context.cloud, 'SECURITY')).toMatchObject({ ok: true, value: expected });
  });

  for (const [title, section, world, command, findings] of rows) {
    it(title, () =>
      expect(summaryOf(assess(section, world, command)).filter((line) => !line.startsWith('billing-access.switch'))).toEqual(findings),
    );
  }

  it('must be valid for AWS', () => {
    const ok = (more: object) => step.schema.safeParse({ contact: { ...jane, ...more } }).success;
    expect(ok({})).toBe(true);
    expect(ok({ name: '財務部' })).toBe(true);
    for (const wrong of [
      { name: '' },
      { name: 'a'.repeat(65) },
      { title: 'a'.repeat(51) },
      { email: "o'hara@example.com" },
      { phone: '555 CALL' },
      { phone: '0'.repeat(26) },
      { fax: '1' },
    ]) {
      expect(ok(wrong)).toBe(false);
    }
  });

  it('are set as configured', async () => {
    const { context, sent } = accountOf({ 'account:PutAlternateContact': () => ({}) });
    const [, finding] = assess({ 'security-contact': jane }, { contacts: { SECURITY: never } });
    const change = finding?.remedy?.by === 'init' ? finding.remedy.change : undefined;
    await step.apply(context, JSON.parse(JSON.stringify(change)));
    expect(sent).toEqual([
      {
        operation: 'account:PutAlternateContact',
        input: {
          AlternateContactType: 'SECURITY',
          Name: 'Jane Doe',
          Title: 'CFO',
          EmailAddress: 'jane@example.com',
          PhoneNumber: '+1 555 0100',
        },
      },
    ]);
    expect(change?.calls).toEqual(['account:PutAlternateContact']);
  });
});

describe('the primary contact', () => {
  const complete = { FullName: 'Jane Doe', AddressLine1: '7 Hidden Lane', City: 'Springfield', PhoneNumber: '+1 555 013 9876' };
  const missing = 'ResourceNotFoundException';
  const rows: readonly (readonly [title: string, contact: object | string, status: string, reason: RegExp])[] = [
    ['is complete', complete, 'pass', /phone number \(ending in 76\) and an address$/],
    ['has no number', { ...complete, PhoneNumber: undefined }, 'fail', /has no phone number, so AWS/],
    ['has a number without digits', { ...complete, PhoneNumber: '+ ()' }, 'fail', /has no phone number, so AWS/],
    ['has no street', { ...complete, AddressLine1: undefined }, 'fail', /has no postal address, so AWS/],
    ['has a blank street', { ...complete, AddressLine1: ' ' }, 'fail', /has no postal address, so AWS/],
    ['has a blank city', { ...complete, City: ' ' }, 'fail', /has no postal address, so AWS/],
    ['has no city', { ...complete, City: undefined }, 'fail', /has no postal address, so AWS/],
    ['is empty', {}, 'fail', /has no phone number and no postal address, so AWS/],
    ['does not exist', missing, 'fail', /has no phone number and no postal address, so AWS/],
    ['cannot be read', 'AccessDeniedException', 'unknown', /./],
  ];
  const audited = async (contact: object | string): Promise<readonly Finding[]> => {
    const { context } = accountOf({
      'cloudtrail:LookupEvents': () => ({ Events: [] }),
      'account:GetAccountInformation': () => ({ AccountCreatedDate: day('2026-11-01') }),
      'account:GetAlternateContact': () => missing,
      'account:GetContactInformation': () => (typeof contact === 'string' ? contact : { ContactInformation: contact }),
      'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
    });
    const desired = desiredOf(step, {}, 'check');
    return step.assess(desired, await step.observe(context, desired));
  };
  for (const [title, contact, status, reason] of rows) {
    it(title, async () => {
      const finding = (await audited(contact)).find(({ id }) => id === 'billing-access.primary-contact');
      expect(finding?.status).toBe(status);
      expect(finding?.reason).toMatch(reason);
    });
  }

  it('is described by what it has, with the page to complete it', async () => {
    const words = async (contact: object) =>
      described((await audited(contact)).filter(({ id }) => id === 'billing-access.primary-contact'));
    expect(await words(complete)).toEqual([
      'billing-access.primary-contact pass: The primary contact has a phone number (ending in 76) and an address; wanted: phone number and address; observed: phone number ending in 76, address',
    ]);
    expect(await words({})).toEqual([
      'billing-access.primary-contact fail: The primary contact has no phone number and no postal address, so AWS may not reach the owner of the account; wanted: phone number and address; observed: no phone number, no address',
      '  manual: Open the account page, choose Edit under "Contact information", and complete it. https://console.aws.amazon.com/billing/home#/account',
    ]);
  });

  it('has the age of the account beside it', async () => {
    const found = (await audited(complete)).find(({ id }) => id === 'billing-access.switch');
    expect(found).toMatchObject({ status: 'fail', reason: expect.stringMatching(/since this account was created/) });
  });

  it('shows no address, and at most two digits', async () => {
    const text = JSON.stringify(await audited(complete));
    for (const hidden of ['Hidden', 'Springfield', '9876', '555', 'Jane Doe']) expect(text).not.toContain(hidden);
  });

  it('is only read in an audit', async () => {
    const { context, sent } = accountOf({
      'cloudtrail:LookupEvents': () => ({ Events: [] }),
      'account:GetAccountInformation': () => ({}),
      'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
    });
    await step.observe(context, desiredOf(step, {}, 'init'));
    expect(sent.map(({ operation }) => operation)).not.toContain('account:GetContactInformation');
  });
});

it('is not applicable in GovCloud', () => {
  const findings = summaryOf(assess({}, { partition: partitionOf('aws-us-gov'), lastSet: unread }, 'check'));
  expect(findings).toEqual([
    'billing-access.switch not-applicable',
    'billing-access.contact not-applicable',
    'billing-access.security-contact not-applicable',
    'billing-access.primary-contact not-applicable',
  ]);
});

describe('observing billing access', () => {
  const event = (EventTime: Date, more: object = {}) => ({ EventName: 'SetIAMAccessPreference', EventTime, Username: 'root', ...more });
  const answers = (...Events: readonly object[]): Answers => ({
    'cloudtrail:LookupEvents': () => ({ Events }),
    'account:GetAccountInformation': () => ({ AccountCreatedDate: day('2026-11-01') }),
    'account:GetAlternateContact': () => 'ResourceNotFoundException',
    'account:GetContactInformation': () => 'ResourceNotFoundException',
    'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
  });

  it('takes one round, and does not read contacts that init does not need', async () => {
    const audit = accountOf(answers());
    await step.observe(audit.context, desiredOf(step, {}, 'check'));
    expect(audit.waves.map((wave) => wave.toSorted())).toEqual([
      [
        'account:GetAccountInformation',
        'account:GetAlternateContact',
        'account:GetAlternateContact',
        'account:GetContactInformation',
        'cloudtrail:LookupEvents',
        'organizations:DescribeOrganization',
      ],
    ]);
    const init = accountOf(answers());
    await step.observe(init.context, desiredOf(step, {}, 'init'));
    expect(init.sent.map(({ operation }) => operation)).not.toContain('account:GetAlternateContact');
  });

  it('uses the last event that changed the switch', async () => {
    const refused = event(day('2026-11-22'), { CloudTrailEvent: JSON.stringify({ errorCode: 'AccessDenied' }) });
    const { context } = accountOf(
      answers(
        refused,
        event(day('2026-11-05'), { CloudTrailEvent: 'not JSON' }),
        event(day('2026-11-09'), { CloudTrailEvent: '{}' }),
        event(day('2026-11-02')),
        {
          EventName: 'SetIAMAccessPreference',
        },
      ),
    );
    const desired = desiredOf(step, {}, 'init');
    expect(step.assess(desired, await step.observe(context, desired))[0]?.reason).toMatch(
      /^IAM access to billing was changed on 2026-11-09 10:15 UTC by root/,
    );
  });

  it('never calls Budgets or Cost Explorer, which answer the same whether it is on or off', async () => {
    const { context, sent } = accountOf(answers());
    await step.observe(context, desiredOf(step, {}, 'check'));
    expect(sent.filter(({ operation }) => /^(budgets|ce):/.test(operation))).toEqual([]);
  });
});
