import type { Behaviours, Scene } from '../../behaviour.js';
import { findKey } from '../../caller.js';
import { accessKeyId, secretKey } from '../../credentials.js';
import { Fault } from '../../fault.js';
import type { AccessKeyWorld } from '../../world.js';
import { invalid, invalidValue } from './constraints.js';
import { absent, date, implicitUser, listing, overQuota, quotas } from './entities.js';

export const accessKeys: Behaviours = {
  CreateAccessKey(input, scene) {
    const { account, now, random } = scene;
    const { owner, keys } = ownerOf(input.UserName, scene);
    if (keys.length >= quotas.accessKeysPerUser) throw overQuota('AccessKeysPerUser', quotas.accessKeysPerUser);
    const key: AccessKeyWorld = {
      id: accessKeyId('AKIA', account.id, random),
      secret: secretKey(random),
      status: 'Active',
      createdAt: now.toISOString(),
      lastUsed: null,
    };
    keys.push(key);
    return { AccessKey: { UserName: owner, AccessKeyId: key.id, Status: key.status, SecretAccessKey: key.secret, CreateDate: now } };
  },

  ListAccessKeys(input, scene) {
    const { owner, keys } = ownerOf(input.UserName, scene);
    const shapes = keys.map((key) => ({ UserName: owner, AccessKeyId: key.id, Status: key.status, CreateDate: date(key.createdAt) }));
    return listing('AccessKeyMetadata', shapes, input);
  },

  UpdateAccessKey(input, scene) {
    if (input.Status === 'Expired') throw invalidValue('Status', input.Status, 'Member must satisfy enum value set: [Active, Inactive]');
    keyOf(input, scene).status = input.Status;
    return {};
  },

  DeleteAccessKey(input, scene) {
    const { keys } = ownerOf(input.UserName, scene);
    keys.splice(keys.indexOf(keyOf(input, scene)), 1);
    return {};
  },

  /** A key of another account is refused like one that does not exist. */
  GetAccessKeyLastUsed(input, { world, account }) {
    const found = findKey(world, input.AccessKeyId);
    if (found === undefined || found.account.id !== account.id) {
      const what = `iam:GetAccessKeyLastUsed on resource: access key ${input.AccessKeyId}`;
      throw new Fault('AccessDenied', 403, `User is not authorized to perform: ${what}`);
    }
    const { lastUsed } = found.key;
    return {
      UserName: found.principal.kind === 'user' ? found.principal.name : account.id,
      AccessKeyLastUsed: {
        LastUsedDate: lastUsed === null ? undefined : date(lastUsed.at),
        ServiceName: lastUsed?.service ?? 'N/A',
        Region: lastUsed?.region ?? 'N/A',
      },
    };
  },
};

/** With temporary credentials, a user must pass the user name. If root passes none, root's own keys are used. */
function ownerOf(name: string | undefined, scene: Scene): { readonly owner: string | undefined; readonly keys: AccessKeyWorld[] } {
  if (name === undefined && scene.caller.kind === 'user' && scene.accessKeyId.startsWith('ASIA')) {
    throw invalid('Must specify userName when calling with temporary credentials');
  }
  const user = implicitUser(name, scene);
  return user === 'root' ? { owner: undefined, keys: scene.account.root.accessKeys } : { owner: user.name, keys: user.accessKeys };
}

function keyOf(input: { readonly UserName?: string; readonly AccessKeyId: string }, scene: Scene): AccessKeyWorld {
  const key = ownerOf(input.UserName, scene).keys.find((each) => each.id === input.AccessKeyId);
  return key ?? absent(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
}
