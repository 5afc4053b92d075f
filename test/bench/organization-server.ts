import { openSandbox } from '../../src/sandbox/sandbox.js';
import { serveSandbox } from '../../src/sandbox/serve.js';
import { seededRandom } from '../sandbox/practice.js';
import { type MemberFault, organizationWorld } from '../support/organization-world.js';

/**
 * An organization in memory, served on loopback until standard input ends: `node organization-server.js '{"members": 10}'`. Prints where it
 * is and whose key to sign with, then, when asked by a line, how many requests came since the last time.
 */
const { members, delayMs } = JSON.parse(process.argv[2] ?? '{}') as {
  members: number | readonly (readonly MemberFault[])[];
  delayMs?: number;
};
const made = organizationWorld({ members, now: new Date() });
if (delayMs !== undefined) made.world.knobs.delayMs = delayMs;
const sandbox = await openSandbox({ now: () => new Date(), random: seededRandom(), world: made.world });
const { url } = await serveSandbox(sandbox, { port: 0 });
process.stdout.write(`${JSON.stringify({ url, ...made.key, members: made.members })}\n`);
let seen = 0;
process.stdin.on('data', () => {
  process.stdout.write(`${JSON.stringify({ calls: sandbox.calls.length - seen })}\n`);
  seen = sandbox.calls.length;
});
process.stdin.on('end', () => process.exit(0));
