import { readFileSync } from 'node:fs';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { serveSandbox } from '../../src/sandbox/serve.js';
import type { World } from '../../src/sandbox/world.js';
import { seededRandom } from '../sandbox/practice.js';
import { type MemberFault, organizationWorld } from '../support/organization-world.js';

/**
 * A practice account in memory, served on loopback until standard input ends: `node server.mjs '{"world": FILE}'`, or an organization:
 * `'{"members": 10}'`. Prints where it is and whose key to sign with, then, when asked by a line, how many requests came since the last time.
 */
interface Options {
  readonly world?: string;
  readonly members?: number | readonly (readonly MemberFault[])[];
  readonly delayMs?: number;
}
const { world, members = 0, delayMs } = JSON.parse(process.argv[2] ?? '{}') as Options;
const made =
  world === undefined
    ? organizationWorld({ members, now: new Date() })
    : { world: JSON.parse(readFileSync(world, 'utf8')) as World, key: undefined, members: [] };
made.world.knobs = delayMs === undefined ? {} : { delayMs };
const sandbox = await openSandbox({ now: () => new Date(), random: seededRandom(), world: made.world });
const { url } = await serveSandbox(sandbox, { port: 0 });
process.stdout.write(`${JSON.stringify({ url, ...(made.key ?? sandbox.credentials), members: made.members })}\n`);
let seen = 0;
process.stdin.on('data', () => {
  const calls = sandbox.calls.slice(seen);
  seen = sandbox.calls.length;
  process.stdout.write(`${JSON.stringify({ calls: calls.length, writes: calls.filter(({ write }) => write).length })}\n`);
});
process.stdin.on('end', () => process.exit(0));
