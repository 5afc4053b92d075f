import { makeBoundary } from '../../../src/aws/boundary.js';
import type { Identity } from '../../../src/core/account.js';
import type { Clock } from '../../../src/core/clock.js';
import type { Finding } from '../../../src/core/finding.js';
import type { Unread } from '../../../src/core/reading.js';
import type { AnyStep, ApplyContext, DesireContext, ObserveContext } from '../../../src/core/step.js';

export const accountId = '111122223333';
export const now = new Date('2026-11-23T10:00:00Z');

export const root: Identity = { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, name: 'root' };
export const alex: Identity = { kind: 'user', arn: `arn:aws:iam::${accountId}:user/alex`, name: 'alex' };

/** The desired state of a step, from its section in bootstrap.yaml. */
export const desiredOf = (
  step: AnyStep,
  section: unknown,
  command: DesireContext['command'],
  switches: readonly string[] = [],
  intents: DesireContext['intents'] = {},
): unknown =>
  step.desire(step.schema.parse(section), {
    command,
    intents,
    running: () => true,
    unattended: true,
    secrets: 'none',
    switches,
  });

/** A read that AWS denied for lack of this permission. */
export const denied = (permission: string): Unread => ({
  ok: false,
  cause: 'denied',
  message: 'AWS denied it',
  missingPermission: permission,
  evidence: [{ operation: permission }],
});

/** `id status` of each finding, with the kind of change if `init` fixes it. */
export const summaryOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ id, status, remedy }) => {
    const fix = status === 'pass' || remedy === undefined ? '' : remedy.by === 'init' ? ` ${remedy.change.kind}` : ' manual fix';
    return `${id} ${status}${fix}`;
  });

/** AWS answers by operation: an output, or the name of an error. Any other operation fails the test. */
export type Answers = Readonly<Record<string, (input: any) => object | string>>;

/** The credentials of a user that `undo` must not find: there are none. */
export const noOtherCredentials: Answers = {
  'iam:ListSSHPublicKeys': () => ({ SSHPublicKeys: [], IsTruncated: false }),
  'iam:ListServiceSpecificCredentials': () => ({ ServiceSpecificCredentials: [], IsTruncated: false }),
  'iam:ListSigningCertificates': () => ({ Certificates: [], IsTruncated: false }),
};

/**
 * An account behind the real boundary. `waves` lists the operations by round: requests of one round did not wait for each other.
 */
export const accountOf = (
  answers: Answers,
  as: {
    readonly partition?: string;
    readonly identity?: Identity;
    readonly sleep?: Clock['sleep'];
    readonly signal?: AbortSignal;
    readonly notify?: (text: string) => void;
  } = {},
): {
  readonly context: ApplyContext & ObserveContext;
  readonly waves: readonly (readonly string[])[];
  readonly sent: readonly { operation: string; input: object }[];
} => {
  const waves: string[][] = [];
  const sent: { operation: string; input: object }[] = [];
  let open: string[] | undefined;
  const nextWave = async (operation: string): Promise<void> => {
    if (open === undefined) {
      open = [];
      waves.push(open);
      setImmediate(() => {
        open = undefined;
      });
    }
    open.push(operation);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const clock: Clock = { now: () => now, sleep: as.sleep ?? (() => Promise.resolve()) };
  const { cloud, forget } = makeBoundary({
    mode: 'write',
    clock: { now: () => now, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
    send: async (operation, input) => {
      sent.push({ operation, input });
      await nextWave(operation);
      const answer = answers[operation];
      if (answer === undefined) throw new Error(`unexpected ${operation}`);
      const output = answer(input);
      if (typeof output !== 'string') return output;
      throw Object.assign(new Error(output), { name: output, $metadata: { httpStatusCode: 400, requestId: 'r-1' } });
    },
  });
  const context = {
    cloud,
    forget,
    clock,
    signal: as.signal ?? new AbortController().signal,
    notify: as.notify,
    accountId: () => Promise.resolve(accountId),
    secrets: { holds: () => Promise.resolve([]), place: () => 'nowhere' },
    journal: { entries: () => Promise.resolve([]) },
    caller: () => Promise.resolve({ accountId, partition: as.partition ?? 'aws', identity: as.identity ?? root }),
  } as unknown as ApplyContext & ObserveContext;
  return { context, waves, sent };
};
