import { ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import type { SessionWorld } from '../../src/sandbox/world.js';
import { accessRole, organizationWorld } from '../support/organization-world.js';
import { practice, standingClock } from './practice.js';

const hour = 3_600_000;

it('answers a request in one account without reading all accounts, sessions or members', async () => {
  const clock = standingClock();
  const { world, members, key } = organizationWorld({ members: 3, now: clock.now() });
  const read: string[] = [];
  const watched = <T extends object>(name: string, of: T): T =>
    new Proxy(of, {
      ownKeys: (target) => {
        read.push(name);
        return Reflect.ownKeys(target);
      },
      get: (target, property) => {
        if (Array.isArray(target)) read.push(name);
        return Reflect.get(target, property) as unknown;
      },
    });
  world.accounts = watched('accounts', world.accounts);
  world.sessions = watched('sessions', world.sessions);
  for (const organization of world.organizations) organization.members = watched('members', organization.members);
  const { as } = await practice({ world }, clock);
  read.length = 0;
  const RoleArn = `arn:aws:iam::${members[2]}:role/${accessRole}`;
  const { Credentials } = await as(key).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit' }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = Credentials ?? {};
  await as({ accessKeyId, secretAccessKey, sessionToken }).iam.send(new ListAccountAliasesCommand({}));
  expect(read).toEqual([]);
});

it('forgets a session a day after its end, when the practice account is opened', async () => {
  const clock = standingClock();
  const { world } = organizationWorld({ members: 0, now: clock.now() });
  const ended = (hoursAgo: number): SessionWorld => ({
    secret: 'x',
    token: 'x',
    accountId: '111122223333',
    principal: { kind: 'root' },
    expiresAt: new Date(clock.now().getTime() - hoursAgo * hour).toISOString(),
  });
  Object.assign(world.sessions, { OLD: ended(25), RECENT: ended(23) });
  await practice({ world }, clock);
  expect([world.sessions['OLD'], world.sessions['RECENT']]).toEqual([undefined, ended(23)]);
});
