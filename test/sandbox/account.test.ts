import { beforeEach, describe, expect, it } from 'vitest';
import { account } from '../../src/sandbox/behaviours/account.js';
import { organizations } from '../../src/sandbox/behaviours/organizations.js';
import { NOW, OTHER, OWN, testWorld, type TestWorld } from './world-of-test.js';

let test: TestWorld;
beforeEach(() => {
  test = testWorld({ ...account, ...organizations });
});

const security = {
  AlternateContactType: 'SECURITY',
  Name: 'Sam',
  Title: 'Security lead',
  EmailAddress: 'security@example.com',
  PhoneNumber: '+1 (206) 555-0100',
};
const address = {
  FullName: 'Ann Example',
  AddressLine1: '1 Street',
  City: 'Paris',
  PostalCode: '75001',
  CountryCode: 'FR',
  PhoneNumber: '+33 1 23',
};

describe('alternate contacts', () => {
  it('do not exist at first', () => {
    expect(test.fault('GetAlternateContact', { AlternateContactType: 'BILLING' })).toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
    });
  });

  it('are stored by type, replaced and deleted', () => {
    test.call('PutAlternateContact', security);
    test.call('PutAlternateContact', { ...security, Name: 'Pat' });
    expect(test.call('GetAlternateContact', { AlternateContactType: 'SECURITY' })).toEqual({
      AlternateContact: { ...security, Name: 'Pat' },
    });
    expect(test.fault('GetAlternateContact', { AlternateContactType: 'BILLING' }).status).toBe(404);
    expect(test.fault('DeleteAlternateContact', { AlternateContactType: 'BILLING' }).status).toBe(404);
    test.call('DeleteAlternateContact', { AlternateContactType: 'SECURITY' });
    expect(test.fault('GetAlternateContact', { AlternateContactType: 'SECURITY' }).status).toBe(404);
    expect(test.own.events.map(({ name }) => name)).toEqual(['PutAlternateContact', 'PutAlternateContact', 'DeleteAlternateContact']);
  });

  it.each([
    ['alternateContactType', { AlternateContactType: 'LEGAL' }],
    ['name', { Name: '' }],
    ['name', { Name: 'x'.repeat(65) }],
    ['title', { Title: 'x'.repeat(51) }],
    ['emailAddress', { EmailAddress: 'security at example.com' }],
    ['phoneNumber', { PhoneNumber: 'call me' }],
    ['phoneNumber', { PhoneNumber: '1'.repeat(26) }],
  ])('refuse a bad %s: %j', (name, change) => {
    const fault = test.fault('PutAlternateContact', { ...security, ...change });
    expect(fault).toMatchObject({
      code: 'ValidationException',
      status: 400,
      fields: { reason: 'fieldValidationFailed', fieldList: [{ name }] },
    });
    expect(test.own.alternateContacts).toEqual({});
  });
});

describe('contact information', () => {
  it('is that of the sign-up', () => {
    test.own.contact = address;
    expect(test.call('GetContactInformation')).toEqual({ ContactInformation: address });
  });

  it('may be absent', () => {
    test.own.contact = {};
    expect(test.fault('GetContactInformation')).toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
  });
});

describe('account information', () => {
  it('shows the account, its age and state', () => {
    test.own.name = 'Acme';
    expect(test.call('GetAccountInformation')).toEqual({
      AccountId: OWN,
      AccountName: 'Acme',
      AccountCreatedDate: NOW,
      AccountState: 'ACTIVE',
    });
  });
});

describe('AccountId', () => {
  const invite = () => {
    const { Handshake } = test.call('InviteAccountToOrganization', { Target: { Id: OTHER, Type: 'ACCOUNT' } });
    test.call('AcceptHandshake', { HandshakeId: Handshake.Id }, { account: OTHER });
  };
  const ask = (AccountId: string, caller = OWN) => test.fault('GetAccountInformation', { AccountId }, { account: caller });

  it('is refused outside an organization, even for the own account', () => {
    expect(ask(OTHER)).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    expect(ask(OWN)).toMatchObject({ code: 'AccessDeniedException', status: 403 });
  });

  it('works for a member only with trusted access', () => {
    test.call('CreateOrganization');
    invite();
    expect(ask(OTHER).code).toBe('AccessDeniedException');
    test.call('EnableAWSServiceAccess', { ServicePrincipal: 'account.amazonaws.com' });
    expect(test.call('GetAccountInformation', { AccountId: OTHER })).toMatchObject({ AccountId: OTHER, AccountName: 'Other' });
    test.call('PutAlternateContact', { ...security, AccountId: OTHER });
    expect(test.other.alternateContacts.SECURITY).toMatchObject({ Name: 'Sam' });
    expect(test.own.alternateContacts).toEqual({});
  });

  it('does not work for a member without all features', () => {
    test.call('CreateOrganization', { FeatureSet: 'CONSOLIDATED_BILLING' });
    invite();
    expect(ask(OTHER).message).toContain('all features');
  });

  it('cannot be the management account itself, and cannot be used by a member', () => {
    test.call('CreateOrganization');
    invite();
    test.call('EnableAWSServiceAccess', { ServicePrincipal: 'account.amazonaws.com' });
    expect(ask(OWN).code).toBe('ValidationException');
    expect(ask(OWN, OTHER).code).toBe('AccessDeniedException');
    expect(ask('12').code).toBe('ValidationException');
    expect(ask('999999999999').code).toBe('AccessDeniedException');
  });
});
