import { type Behaviours, Fault, type Scene } from '../behaviour.js';
import { page } from './page.js';
import type { EventWorld } from '../world.js';

const DAY = 24 * 3600 * 1000;
/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
const HISTORY_DAYS = 90;
const ATTRIBUTES = ['EventId', 'EventName', 'ReadOnly', 'Username', 'ResourceType', 'ResourceName', 'EventSource', 'AccessKeyId'];
/** The region in which a partition's global services (IAM, billing, Organizations) write their events. */
const GLOBAL_REGION: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
};

interface LookupInput {
  readonly LookupAttributes?: readonly { readonly AttributeKey?: string; readonly AttributeValue?: string }[];
  readonly StartTime?: Date;
  readonly EndTime?: Date;
  readonly EventCategory?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export const cloudtrail: Behaviours = {
  LookupEvents(input: LookupInput, scene) {
    check(input);
    // Insights events need a trail, and trails are not supported.
    const events = input.EventCategory === 'insight' ? [] : matching(input, scene);
    const { items, next } = page(events, input.NextToken, {
      size: input.MaxResults ?? 50,
      badToken: () => new Fault('InvalidNextTokenException', 400, 'Invalid token.'),
    });
    return { Events: items.map(shown), ...next };
  },
};

function check(input: LookupInput): void {
  const { MaxResults: max, StartTime: start, EndTime: end } = input;
  if (max !== undefined && !(Number.isInteger(max) && max >= 1 && max <= 50)) {
    throw new Fault('InvalidMaxResultsException', 400, `${max} is not a valid value for MaxResults: it must be from 1 to 50.`);
  }
  if (start !== undefined && end !== undefined && start > end) {
    throw new Fault('InvalidTimeRangeException', 400, 'The start time must come before the end time.');
  }
  if (input.EventCategory !== undefined && input.EventCategory !== 'insight') {
    throw new Fault('InvalidEventCategoryException', 400, `Invalid event category ${input.EventCategory}.`);
  }
  const attributes = input.LookupAttributes ?? [];
  const valid = attributes.every(
    ({ AttributeKey: key, AttributeValue: value }) =>
      key !== undefined && ATTRIBUTES.includes(key) && value !== undefined && value.length >= 1 && value.length <= 2000,
  );
  if (attributes.length > 1 || !valid) {
    throw new Fault(
      'InvalidLookupAttributesException',
      400,
      'Specify exactly one lookup attribute, with a known key and a value of 1 to 2000 characters.',
    );
  }
}

/** Events of this region and the last 90 days, newest first. */
function matching(input: LookupInput, scene: Scene): EventWorld[] {
  const oldest = Math.max(scene.now.getTime() - HISTORY_DAYS * DAY, input.StartTime?.getTime() ?? 0);
  const newest = Math.min(scene.now.getTime(), input.EndTime?.getTime() ?? Number.POSITIVE_INFINITY);
  const wanted = input.LookupAttributes?.[0];
  const found = scene.account.events.filter((event) => {
    const at = Date.parse(event.at);
    if (at < oldest || at > newest || regionOf(event, scene) !== scene.region) return false;
    return wanted === undefined || attributeOf(event, wanted.AttributeKey ?? '') === wanted.AttributeValue;
  });
  // The history is in order of arrival, so reversing it before the stable sort puts the later of two equal times first.
  return found.reverse().sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function regionOf(event: EventWorld, scene: Scene): string {
  const region = detailOf(event)['awsRegion'];
  return typeof region === 'string' ? region : (GLOBAL_REGION[scene.account.partition] ?? 'us-east-1');
}

function attributeOf(event: EventWorld, key: string): string | undefined {
  if (key === 'EventId') return event.id;
  if (key === 'EventName') return event.name;
  if (key === 'EventSource') return event.source;
  if (key === 'Username') return event.user;
  if (key === 'ReadOnly') return readOnly(event);
  if (key === 'AccessKeyId') return accessKeyId(event);
  // Events of the practice world do not name resources.
  return undefined;
}

function shown(event: EventWorld): Record<string, unknown> {
  const key = accessKeyId(event);
  return {
    EventId: event.id,
    EventName: event.name,
    ReadOnly: readOnly(event),
    ...(key === undefined ? {} : { AccessKeyId: key }),
    EventTime: new Date(event.at),
    EventSource: event.source,
    Username: event.user,
    Resources: [],
    CloudTrailEvent: event.detail,
  };
}

function readOnly(event: EventWorld): string {
  return String(detailOf(event)['readOnly'] === true);
}

function accessKeyId(event: EventWorld): string | undefined {
  const identity = detailOf(event)['userIdentity'];
  if (typeof identity !== 'object' || identity === null || !('accessKeyId' in identity)) return undefined;
  return typeof identity.accessKeyId === 'string' ? identity.accessKeyId : undefined;
}

/** Tests add their own events to the history. An event whose detail is not a JSON object is still valid. */
function detailOf(event: EventWorld): Record<string, unknown> {
  try {
    const detail: unknown = JSON.parse(event.detail);
    return typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
