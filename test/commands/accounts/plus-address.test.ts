import { describe, expect, it } from 'vitest';
import { plusAddress } from '../../../src/commands/accounts/wanted.js';

describe('an address built from a mailbox', () => {
  it.each([
    ['root@example.com', 'sandbox', 'root+sandbox@example.com'],
    ['root@example.com', 'Sandbox 2', 'root+sandbox-2@example.com'],
    ['root@example.com', '  Überprüfung! ', 'root+uberprufung@example.com'],
    ['root+aws@example.com', 'prod', 'root+aws-prod@example.com'],
    ['"odd@mailbox"@example.com', 'x', '"odd@mailbox"+x@example.com'],
  ])('%s and %s give %s', (from, name, email) => {
    expect(plusAddress(from, name)).toEqual({ email });
  });

  it('has at most 64 characters', () => {
    const fits = `r@${'e'.repeat(48)}.com`;
    expect(plusAddress(fits, 'ninechars')).toEqual({ email: `r+ninechars@${'e'.repeat(48)}.com` });
    expect(`r+ninechars@${'e'.repeat(48)}.com`).toHaveLength(64);
    expect(plusAddress(fits, 'tenletters')).toEqual({ problem: expect.stringContaining('a name of at most 9 letters fits') });
    expect(plusAddress(`${'r'.repeat(40)}@${'e'.repeat(20)}.com`, 'x')).toEqual({
      problem: expect.stringContaining('too long to add a name'),
    });
  });

  it.each(['root', '@example.com', 'root@'])('rejects %s as an address', (from) => {
    expect(plusAddress(from, 'x')).toEqual({ problem: expect.stringContaining('is not an email address') });
  });

  it('rejects a name without letters and digits', () => {
    expect(plusAddress('root@example.com', '!!')).toEqual({ problem: expect.stringContaining('no letters or digits') });
  });
});
