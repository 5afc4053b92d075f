import type { Behaviour, Behaviours, Scene } from '../behaviour.js';
import { principalArn } from '../caller.js';
import type { EventWorld } from '../world.js';

/** For writes: the same behaviours, but each success adds an event to the account's event history. */
export function recorded(source: string, writes: Behaviours): Behaviours {
  return Object.fromEntries(Object.entries(writes).map(([name, behaviour]) => [name, recordedOne(source, name, behaviour)]));
}

function recordedOne(source: string, name: string, behaviour: Behaviour): Behaviour {
  return (input, scene) => {
    const output = behaviour(input, scene);
    scene.account.events.push(eventOf(source, name, input, scene));
    return output;
  };
}

/** An event of the caller, now. Of the request parameters only the user is shown: others may contain personal data, and the file is printed. */
function eventOf(source: string, name: string, { UserName: userName }: Readonly<Record<string, unknown>>, scene: Scene): EventWorld {
  const id = uuid(scene);
  const at = scene.now.toISOString();
  const detail = {
    eventVersion: '1.11',
    userIdentity: userIdentity(scene),
    // CloudTrail writes whole seconds.
    eventTime: at.replace(/\.\d{3}Z$/, 'Z'),
    eventSource: source,
    eventName: name,
    awsRegion: scene.region,
    requestParameters: typeof userName === 'string' ? { userName } : null,
    responseElements: null,
    eventID: id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: scene.account.id,
    eventCategory: 'Management',
  };
  return { id, name, source, at, user: callerName(scene), detail: JSON.stringify(detail) };
}

function callerName(scene: Scene): string {
  const { caller } = scene;
  if (caller.kind === 'root') return 'root';
  return caller.kind === 'user' ? caller.name : caller.session;
}

function userIdentity({ account, caller, accessKeyId }: Scene): Record<string, string> {
  const common = { arn: principalArn(account, caller), accountId: account.id, accessKeyId };
  if (caller.kind === 'root') return { type: 'Root', principalId: account.id, ...common };
  if (caller.kind === 'user') {
    const id = account.users.find((each) => each.name === caller.name)?.id;
    return { type: 'IAMUser', principalId: id ?? caller.name, ...common, userName: caller.name };
  }
  const id = account.roles.find((each) => each.name === caller.name)?.id;
  return { type: 'AssumedRole', principalId: `${id ?? caller.name}:${caller.session}`, ...common };
}

function uuid(scene: Scene): string {
  const hex = (length: number) => scene.random(length, '0123456789abcdef');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${scene.random(1, '89ab')}${hex(3)}-${hex(12)}`;
}
