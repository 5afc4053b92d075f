import { describe, expect, it } from 'vitest';
import { value } from '../../src/core/reading.js';
import type { Connection } from '../../src/run/app.js';
import { memberRootChecks } from '../../src/run/member-root.js';
import type { Member } from '../../src/steps/organization/state.js';

const memberOf = (id: string, state: string): Member => ({ id, name: id, email: `${id}@example.com`, state, invited: false });
const [active, closed] = [memberOf('200000000001', 'ACTIVE'), memberOf('200000000002', 'CLOSED')];

/** Sessions as root of a member fail with a bug. `central`: root credentials are managed centrally. */
const checks = (central: boolean, signal = new AbortController().signal) => {
  const tasks: string[] = [];
  const connection = {
    boundary: {
      cloud: {
        find: async () => value({ EnabledFeatures: central ? ['RootCredentialsManagement'] : [] }),
        read: async () => value({ EnabledFeatures: central ? ['RootCredentialsManagement'] : [] }),
      },
    },
    memberRoot: (_id: string, task: string) => {
      tasks.push(task);
      return { enter: async () => Promise.reject(new TypeError('x is undefined')) };
    },
  } as unknown as Pick<Connection, 'boundary' | 'memberRoot'>;
  return { tasks, ...memberRootChecks(connection, { accountId: '111122223333', members: async () => [active, closed], signal }) };
};

describe('the check of the root user of a member', () => {
  it('is unknown after a bug, and does not end the check of the other accounts', async () => {
    const { ofMember, ofOrganization, tasks } = checks(true);
    expect(await ofMember(active)).toMatchObject([
      {
        id: 'organization.member-root',
        accountId: active.id,
        status: 'unknown',
        cause: 'failed',
        reason: 'Root could not be checked: x is undefined',
      },
    ]);
    expect([tasks, await ofOrganization()]).toEqual([['audit'], []]);
  });

  it('ends with the run if that is stopped', async () => {
    await expect(checks(true, AbortSignal.abort('SIGINT')).ofMember(active)).rejects.toThrow('x is undefined');
  });

  it('enters no account that is not active', async () => {
    const { ofMember, tasks } = checks(true);
    expect([await ofMember(closed), tasks]).toEqual([[], []]);
  });

  it('is one result for the organization without central management', async () => {
    const { ofMember, ofOrganization, tasks } = checks(false);
    expect([await ofMember(active), tasks]).toEqual([[], []]);
    expect(await ofOrganization()).toMatchObject([{ id: 'organization.member-root', accountId: '111122223333' }]);
  });
});
