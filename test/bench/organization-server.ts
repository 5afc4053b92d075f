import { openSandbox } from '../../src/sandbox/sandbox.js';
import { serveSandbox } from '../../src/sandbox/serve.js';
import { seededRandom } from '../sandbox/practice.js';
import { type MemberFault, organizationWorld } from '../support/organization-world.js';
import { documentedLimits, type RateLimits, throttled } from '../support/throttled.js';

/**
 * An organization in memory, served on loopback until standard input ends: `node organization-server.js '{"members": 10}'`. Prints where it
 * is and whose key to sign with, then, when asked by a line, how many requests came since the last time, how many of them were refused
 * because of the rate, and when the first one of all came.
 */
const { members, delayMs, limits } = JSON.parse(process.argv[2] ?? '{}') as {
  members: number | readonly (readonly MemberFault[])[];
  delayMs?: number;
  /** The documented limits of AWS, and others. */
  limits?: RateLimits;
};
const made = organizationWorld({ members, now: new Date() });
if (delayMs !== undefined) made.world.knobs.delayMs = delayMs;
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
process.stdout.write(`${JSON.stringify({ url, ...made.key, members: made.members })}\n`);
let seen = { calls: 0, refused: 0 };
process.stdin.on('data', () => {
  const { refused } = limited.counts;
  const calls = sandbox.calls.length + refused;
  process.stdout.write(`${JSON.stringify({ calls: calls - seen.calls, refused: refused - seen.refused, firstAt })}\n`);
  seen = { calls, refused };
});
process.stdin.on('end', () => process.exit(0));
