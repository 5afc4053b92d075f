import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { Secret, TOTP } from 'otpauth';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';

/** A clock that only changes when it is moved. */
export function standingClock(start = '2026-11-24T10:00:00.000Z') {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    pass: (milliseconds: number) => {
      at += milliseconds;
    },
  };
}
export type StandingClock = ReturnType<typeof standingClock>;

/** The same characters in every run. */
export function seededRandom(seed = 1): (length: number, alphabet: string) => string {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return (length, alphabet) => Array.from({ length }, () => alphabet.charAt(Math.floor(next() * alphabet.length))).join('');
}

export interface Practice {
  readonly sandbox: Sandbox;
  readonly clock: StandingClock;
  readonly account: Sandbox['world']['accounts'][string];
  readonly iam: IAMClient;
  readonly sts: STSClient;
  /** Clients of the same practice account with other credentials. */
  readonly as: (credentials: Credentials) => { readonly iam: IAMClient; readonly sts: STSClient };
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export async function practice(options: Partial<SandboxOptions> = {}, clock = standingClock()): Promise<Practice> {
  const sandbox = await openSandbox({ now: clock.now, random: seededRandom(), ...options });
  const as = (credentials: Credentials) => {
    const config = { region: 'us-east-1', credentials, requestHandler: sandbox.requestHandler, maxAttempts: 1 };
    return { iam: new IAMClient(config), sts: new STSClient(config) };
  };
  const account = sandbox.world.accounts['111122223333'];
  if (account === undefined) throw new Error('the practice account does not exist');
  return { sandbox, clock, account, as, ...as(sandbox.credentials) };
}

/** Two consecutive codes, `offset` steps from now. */
export function codes(
  seed: Uint8Array,
  now: Date,
  offset = 0,
): { readonly AuthenticationCode1: string; readonly AuthenticationCode2: string } {
  const totp = new TOTP({ secret: Secret.fromBase32(Buffer.from(seed).toString()) });
  const at = now.getTime() + offset * 30_000;
  return { AuthenticationCode1: totp.generate({ timestamp: at }), AuthenticationCode2: totp.generate({ timestamp: at + 30_000 }) };
}

/** The error with which a call fails: its name and HTTP status. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly status: number | undefined; readonly message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, status: $metadata?.httpStatusCode, message };
  }
  throw new Error('the call was expected to be refused and was not');
}
