import { beforeEach, describe, expect, it } from 'vitest';
import { account } from '../../src/sandbox/behaviours/account.js';
import { cloudtrail } from '../../src/sandbox/behaviours/cloudtrail.js';
import { inDays, NOW, OWN, testWorld, type TestWorld } from './world-of-test.js';

let test: TestWorld;
beforeEach(() => {
  test = testWorld({ ...cloudtrail, ...account });
});

const event = (name: string, at: Date, detail: object = {}) => ({
  id: `id-of-${name}`,
  name,
  source: 'billingconsole.amazonaws.com',
  at: at.toISOString(),
  user: 'root',
  detail: JSON.stringify(detail),
});
const contact = { AlternateContactType: 'SECURITY', Name: 'Sam', Title: 'Lead', EmailAddress: 'sam@example.com', PhoneNumber: '+1' };
const names = (output: { Events: { EventName: string }[] }) => output.Events.map(({ EventName }) => EventName);

describe('LookupEvents', () => {
  it('shows a write in full', () => {
    test.call('PutAlternateContact', contact);
    const [found] = test.call('LookupEvents', {
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'PutAlternateContact' }],
    }).Events;
    expect(found).toMatchObject({
      EventName: 'PutAlternateContact',
      EventTime: NOW,
      EventSource: 'account.amazonaws.com',
      Username: 'root',
      ReadOnly: 'false',
      AccessKeyId: 'ASIATEST',
    });
    expect(found.EventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(JSON.parse(found.CloudTrailEvent)).toMatchObject({
      eventName: 'PutAlternateContact',
      eventTime: '2026-11-24T10:30:00Z',
      userIdentity: { type: 'Root', arn: `arn:aws:iam::${OWN}:root` },
      eventID: found.EventId,
    });
  });

  it.each([
    [{ kind: 'user', name: 'ann' } as const, 'ann', { type: 'IAMUser', userName: 'ann', arn: `arn:aws:iam::${OWN}:user/ann` }],
    [
      { kind: 'role', name: 'Admin', session: 'me' } as const,
      'me',
      { type: 'AssumedRole', principalId: 'Admin:me', arn: `arn:aws:sts::${OWN}:assumed-role/Admin/me` },
    ],
  ])('names the caller: %j', (caller, Username, userIdentity) => {
    test.call('PutAlternateContact', contact, { caller });
    const [found] = test.call('LookupEvents', { LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: Username }] }).Events;
    expect(JSON.parse(found.CloudTrailEvent).userIdentity).toMatchObject({ ...userIdentity, accountId: OWN, accessKeyId: 'ASIATEST' });
  });

  it('has no event for a refused write or a read', () => {
    test.fault('PutAlternateContact', { ...contact, Name: '' });
    test.call('GetAccountInformation');
    expect(test.own.events).toEqual([]);
  });

  it('lists the newest first, and of two equal times the later event first', () => {
    test.own.events.push(event('A', inDays(-2)), event('B', inDays(-1)), event('C', inDays(-1)));
    expect(names(test.call('LookupEvents'))).toEqual(['C', 'B', 'A']);
  });

  it('does not show events older than 90 days', () => {
    test.own.events.push(event('Old', inDays(-91)), event('Young', inDays(-89)));
    expect(names(test.call('LookupEvents'))).toEqual(['Young']);
  });

  it('applies StartTime and EndTime, both inclusive', () => {
    test.own.events.push(event('A', inDays(-3)), event('B', inDays(-2)), event('C', inDays(-1)));
    expect(names(test.call('LookupEvents', { StartTime: inDays(-3), EndTime: inDays(-2) }))).toEqual(['B', 'A']);
  });

  it.each([
    ['EventId', 'id-of-B'],
    ['EventName', 'B'],
    ['AccessKeyId', 'AKIAB'],
    ['ReadOnly', 'true'],
  ])('finds by %s', (AttributeKey, AttributeValue) => {
    test.own.events.push(event('A', inDays(-2)), event('B', inDays(-1), { readOnly: true, userIdentity: { accessKeyId: 'AKIAB' } }));
    expect(names(test.call('LookupEvents', { LookupAttributes: [{ AttributeKey, AttributeValue }] }))).toEqual(['B']);
  });

  it('shows global events only in the global region', () => {
    test.own.events.push(event('Global', inDays(-1)), event('Local', inDays(-1), { awsRegion: 'eu-west-1' }));
    expect(names(test.call('LookupEvents'))).toEqual(['Global']);
    expect(names(test.call('LookupEvents', {}, { region: 'eu-west-1' }))).toEqual(['Local']);
    test.own.partition = 'aws-cn';
    expect(names(test.call('LookupEvents', {}, { region: 'cn-north-1' }))).toEqual(['Global']);
  });

  it('has pages of 50 events by default', () => {
    test.own.events.push(...Array.from({ length: 51 }, (_, at) => event(`E${at}`, NOW)));
    const first = test.call('LookupEvents');
    expect(first.Events).toHaveLength(50);
    const second = test.call('LookupEvents', { NextToken: first.NextToken });
    expect(names(second)).toEqual(['E0']);
    expect(second).not.toHaveProperty('NextToken');
    expect(test.call('LookupEvents', { MaxResults: 2 }).Events).toHaveLength(2);
  });

  it.each([
    ['InvalidMaxResultsException', { MaxResults: 51 }],
    ['InvalidMaxResultsException', { MaxResults: 0 }],
    ['InvalidTimeRangeException', { StartTime: inDays(0), EndTime: inDays(-1) }],
    ['InvalidLookupAttributesException', { LookupAttributes: [{ AttributeKey: 'Nonsense', AttributeValue: 'x' }] }],
    ['InvalidLookupAttributesException', { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: '' }] }],
    [
      'InvalidLookupAttributesException',
      {
        LookupAttributes: [
          { AttributeKey: 'EventName', AttributeValue: 'a' },
          { AttributeKey: 'EventName', AttributeValue: 'b' },
        ],
      },
    ],
    ['InvalidNextTokenException', { NextToken: 'nonsense' }],
    ['InvalidEventCategoryException', { EventCategory: 'management' }],
  ])('returns %s for %j', (code, input) => {
    expect(test.fault('LookupEvents', input).code).toBe(code);
  });
});
