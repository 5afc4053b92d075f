import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import type { Host } from '../../src/run/app.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { seededRandom } from '../sandbox/practice.js';
import { testClock, testShell } from './host.js';
import { testFolder } from './test-folder.js';
import { type MemberFault, type OrganizationOptions, organizationWorld } from './organization-world.js';

/** A shell signed in to the management account of an organization that lives in memory, behind the SDK's request handler. */
export const inOrganization = async (
  options: Partial<OrganizationOptions> & {
    readonly members: number | readonly (readonly MemberFault[])[];
    /** alex, an administrator (default), or root of the management account. */
    readonly as?: 'alex' | 'root';
    readonly around?: (handler: Sandbox['requestHandler'], sandbox: Sandbox) => object;
    /** Instead of `clock`. */
    readonly otherClock?: Clock;
  },
) => {
  const clock = testClock();
  const made = organizationWorld({ now: clock.now(), ...options });
  const sandbox = await openSandbox({ now: clock.now, random: seededRandom(), world: made.world });
  const key = options.as === 'root' ? sandbox.credentials : { ...made.key, sessionToken: undefined };
  const home = testFolder();
  const env: Record<string, string> = {
    HOME: home,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: join(home, '.aws', 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'credentials'),
  };
  // The credential providers of the SDK read the environment of the process, not that of the host.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const handler = options.around?.(sandbox.requestHandler, sandbox) ?? sandbox.requestHandler;
  const shell = testShell({ clock: options.otherClock ?? clock, seed: 1, handler, env });
  const stream = (): never => new PassThrough() as never;
  /** For what is built below the command line. */
  const host: Host = {
    argv: [],
    env,
    cwd: home,
    home,
    platform: 'linux',
    stdin: stream(),
    stdout: stream(),
    stderr: stream(),
    clock,
    random: seededRandom(),
    signal: new AbortController().signal,
    requestHandler: handler,
  };
  const calls = (): readonly string[] => sandbox.calls.map(({ service, operation }) => `${service}:${operation}`);
  return { ...made, ...shell, clock, sandbox, host, calls };
};
