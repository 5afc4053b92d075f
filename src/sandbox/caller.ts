import { Fault } from './behaviour.js';
import { accountOf } from './credentials.js';
import { type ServiceName, services } from './services.js';
import type { Signed } from './signature.js';
import type { AccessKeyWorld, AccountWorld, Principal, World } from './world.js';

/** The owner of a key. */
export interface Caller {
  readonly account: AccountWorld;
  readonly principal: Principal;
  readonly secret: string;
}

/** The owner of the signing key. Throws the fault that AWS returns for an unknown, inactive or expired key. */
export function identify(world: World, service: ServiceName, signed: Signed, now: Date): Caller {
  const session = world.sessions[signed.accessKeyId];
  if (session !== undefined) {
    const account = world.accounts[session.accountId];
    if (account === undefined || session.token !== signed.token || !exists(account, session.principal)) throw unknownKey(service);
    if (Date.parse(session.expiresAt) <= now.getTime()) throw expired(service);
    if (session.refusedByIam && service === 'iam') throw unknownKey(service);
    return { account, principal: session.principal, secret: session.secret };
  }
  const found = findKey(world, signed.accessKeyId);
  if (found === undefined || found.key.status !== 'Active' || signed.token !== undefined) throw unknownKey(service);
  return { account: found.account, principal: found.principal, secret: found.key.secret };
}

interface FoundKey {
  readonly account: AccountWorld;
  readonly principal: Principal;
  readonly key: AccessKeyWorld;
}

export function findKey(world: World, id: string): FoundKey | undefined {
  // First in the account that the id encodes: a world can have thousands of accounts.
  const named = world.accounts[accountOf(id) ?? ''];
  const found = named === undefined ? undefined : keyIn(named, id);
  if (found !== undefined) return found;
  for (const account of Object.values(world.accounts)) {
    const other = keyIn(account, id);
    if (other !== undefined) return other;
  }
  return undefined;
}

const keyIn = (account: AccountWorld, id: string): FoundKey | undefined => {
  const own = account.root.accessKeys.find((each) => each.id === id);
  if (own !== undefined) return { account, principal: { kind: 'root' }, key: own };
  for (const user of account.users) {
    const key = user.accessKeys.find((each) => each.id === id);
    if (key !== undefined) return { account, principal: { kind: 'user', name: user.name }, key };
  }
  return undefined;
};

export function principalArn(account: AccountWorld, principal: Principal): string {
  const iam = `arn:${account.partition}:iam::${account.id}`;
  switch (principal.kind) {
    case 'root':
      return `${iam}:root`;
    case 'user':
      return `${iam}:user${account.users.find((user) => user.name === principal.name)?.path ?? '/'}${principal.name}`;
    case 'role':
      return `arn:${account.partition}:sts::${account.id}:assumed-role/${principal.name}/${principal.session}`;
  }
}

/** AWS reports the last use of a key in steps of 15 minutes, and none of a session. */
export function noteUse(world: World, keyId: string, service: ServiceName, region: string, now: Date): void {
  if (world.sessions[keyId] !== undefined) return;
  const key = findKey(world, keyId)?.key;
  if (key === undefined) return;
  const last = key.lastUsed;
  if (last?.service === service && last.region === region && now.getTime() - Date.parse(last.at) < 15 * 60_000) return;
  key.lastUsed = { at: now.toISOString(), service, region };
}

/** Deleting a user or role ends its sessions. */
const exists = (account: AccountWorld, principal: Principal): boolean =>
  principal.kind === 'root' || (principal.kind === 'user' ? account.users : account.roles).some((entity) => entity.name === principal.name);

const isQuery = (service: ServiceName): boolean => services[service].protocol === 'query';

const unknownKey = (service: ServiceName): Fault =>
  isQuery(service)
    ? new Fault('InvalidClientTokenId', 403, 'The security token included in the request is invalid.')
    : new Fault('UnrecognizedClientException', service === 'account' ? 403 : 400, 'The security token included in the request is invalid.');

const expired = (service: ServiceName): Fault =>
  isQuery(service)
    ? new Fault('ExpiredToken', 403, 'The security token included in the request is expired')
    : new Fault('ExpiredTokenException', service === 'account' ? 403 : 400, 'The security token included in the request is expired');
