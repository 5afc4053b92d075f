import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import type { Caller } from '../../src/core/account.js';
import { membersOf } from '../../src/run/organization.js';
import { testClock } from '../support/host.js';

const management = '111122223333';
const pages = [
  [management, '444455556666'],
  ['777788889999', '888899990000'],
];

/** An organization whose list has two pages. Records what was sent and what was found, in order. */
const listed = async (accountId: string) => {
  const log: string[] = [];
  const { cloud } = makeBoundary({
    clock: testClock(),
    mode: 'read',
    signal: new AbortController().signal,
    send: async (operation, input): Promise<object> => {
      await setImmediate();
      if (operation === 'organizations:DescribeOrganization') return { Organization: { Id: 'o-1', MasterAccountId: management } };
      const page = 'NextToken' in input ? 1 : 0;
      log.push(`page ${page}`);
      return { Accounts: (pages[page] ?? []).map((Id) => ({ Id, Name: Id, State: 'ACTIVE' })), ...(page === 0 ? { NextToken: '1' } : {}) };
    },
  });
  const caller = { accountId, partition: 'aws', identity: { kind: 'role', arn: '' } } as unknown as Caller;
  const members = await membersOf(cloud, caller, (others) => log.push(...others.map(({ id }) => id))).catch((error: unknown) => error);
  return { log, members };
};

it('finds the members of a page before the next one is read, and never the management account itself', async () => {
  const { log, members } = await listed(management);
  expect(log).toEqual(['page 0', '444455556666', 'page 1', '777788889999', '888899990000']);
  expect(members).toMatchObject({
    own: { id: management },
    others: [{ id: '444455556666' }, { id: '777788889999' }, { id: '888899990000' }],
  });
});

it('finds none for a member that may list the accounts', async () => {
  const { log, members } = await listed('444455556666');
  expect(members).toMatchObject({ code: 'E-ORGANIZATION-NONE' });
  expect(log.filter((line) => !line.startsWith('page'))).toEqual([]);
});
