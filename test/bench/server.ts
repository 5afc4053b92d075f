import { readFileSync } from 'node:fs';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { serveSandbox } from '../../src/sandbox/serve.js';
import type { World } from '../../src/sandbox/world.js';
import { seededRandom } from '../sandbox/practice.js';
import { type MemberFault, organizationWorld } from '../support/organization-world.js';
import { documentedLimits, type RateLimits, throttled } from '../support/throttled.js';

/**
 * A practice account in memory, served on loopback until standard input ends: `node server.mjs '{"world": FILE}'`, or an organization:
 * `'{"members": 10}'`. Prints where it is and whose key to sign with, then, when asked by a line, how many requests came since the last time,
 * how many of them were refused because of the rate, and when the first one of all came.
 */
interface Options {
  readonly world?: string;
  readonly members?: number | readonly (readonly MemberFault[])[];
  readonly delayMs?: number;
  /** The documented limits of AWS, and others. */
  readonly limits?: RateLimits;
}
const { world, members = 0, delayMs, limits } = JSON.parse(process.argv[2] ?? '{}') as Options;
const made =
  world === undefined
    ? organizationWorld({ members, now: new Date() })
    : { world: JSON.parse(readFileSync(world, 'utf8')) as World, key: undefined, members: [] };
made.world.knobs = delayMs === undefined ? {} : { delayMs };
const sandbox = await openSandbox({ now: () => new Date(), random: seededRandom(), world: made.world });
const limited = throttled(sandbox, {
  limits: limits === undefined ? {} : { ...documentedLimits, ...limits },
  now: () => performance.now(),
});
let firstAt: number | undefined;
const answer: typeof sandbox.answer = (request, options) => {
  firstAt ??= Date.now();
  return limited.answer(request, options);
};
const { url } = await serveSandbox({ ...sandbox, answer }, { port: 0 });
process.stdout.write(`${JSON.stringify({ url, ...(made.key ?? sandbox.credentials), members: made.members })}\n`);
let seen = { calls: 0, refused: 0 };
process.stdin.on('data', () => {
  const answered = sandbox.calls.slice(seen.calls);
  const refused = limited.counts.refused - seen.refused;
  seen = { calls: sandbox.calls.length, refused: limited.counts.refused };
  const writes = answered.filter(({ write }) => write).length;
  process.stdout.write(`${JSON.stringify({ calls: answered.length + refused, writes, refused, firstAt })}\n`);
});
process.stdin.on('end', () => process.exit(0));
