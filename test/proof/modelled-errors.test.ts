import { beforeAll, describe, expect, inject, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { type ErrorInfo, errorCodes } from '../../src/core/errors.js';
import type { Operation } from '../../src/core/cloud.js';
import { failureReasons } from '../../src/steps/organization/refusals.js';
import type { World } from '../../src/sandbox/world.js';
import { config, makePieces, type Pieces } from '../scenarios/starting-states.js';
import { run } from '../support/child-process.js';
import { recordTotal } from '../support/totals.js';
import { openScene, type Scene, scenesOf } from './scenes.js';

/**
 * Every error that the service models list for an operation that this tool uses, and the common errors of all services: the run ends with
 * a documented exit code and with a message that names the operation and the error, and prints no stack and no secret (R5).
 */

interface Answer {
  readonly code: string;
  readonly status: number;
  readonly reason?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const common: readonly Answer[] = [
  { code: 'AccessDenied', status: 403 },
  { code: 'ExpiredToken', status: 403 },
  { code: 'IncompleteSignature', status: 403 },
  { code: 'InternalFailure', status: 500 },
  { code: 'InvalidClientTokenId', status: 403 },
  { code: 'NotAuthorized', status: 400 },
  { code: 'OptInRequired', status: 403 },
  { code: 'RequestExpired', status: 400 },
  { code: 'ServiceUnavailable', status: 503 },
  { code: 'ThrottlingException', status: 400 },
  { code: 'UnrecognizedClientException', status: 403 },
  { code: 'ValidationError', status: 400 },
];

/** Reads that add detail. When one fails, the run goes on without the detail, and its result is that of a run without the error. */
const details: readonly string[] = [
  'freetier:GetAccountPlanState',
  // The alerts of each budget are read instead.
  'budgets:DescribeBudgetNotificationsForAccount',
  // The lists that it adds to are read too.
  'iam:GetCredentialReport',
  'iam:GenerateCredentialReport',
  // When the password was used last. Without it, the password counts as known to someone, and is not replaced.
  'iam:GetUser',
];

/** Errors that answer the question of a read ("it does not exist"), or that report what a write was to bring about. */
const answers: Readonly<Record<string, readonly string[]>> = {
  'iam:GetAccountPasswordPolicy': ['NoSuchEntity'],
  'iam:GetLoginProfile': ['NoSuchEntity'],
  'iam:GetRole': ['NoSuchEntity'],
  'iam:ListAccessKeys': ['NoSuchEntity'],
  'iam:ListMFADevices': ['NoSuchEntity'],
  'iam:ListMFADeviceTags': ['NoSuchEntity'],
  'iam:ListServiceSpecificCredentials': ['NoSuchEntity'],
  'iam:ListSigningCertificates': ['NoSuchEntity'],
  'iam:ListSSHPublicKeys': ['NoSuchEntity'],
  'budgets:DescribeNotificationsForBudget': ['NotFoundException'],
  'budgets:DescribeSubscribersForNotification': ['NotFoundException'],
  'account:GetAlternateContact': ['ResourceNotFoundException'],
  'account:GetContactInformation': ['ResourceNotFoundException'],
  'organizations:DescribeOrganization': ['AWSOrganizationsNotInUseException'],
  'organizations:AcceptHandshake': ['HandshakeAlreadyInStateException'],
  'organizations:CancelHandshake': ['HandshakeAlreadyInStateException'],
  'organizations:CloseAccount': ['AccountAlreadyClosedException'],
};

const isAnswer = (operation: string, code: string): boolean =>
  answers[operation]?.includes(code) === true ||
  (/^iam:Create(Group|User|Role)$/.test(operation) && code === 'EntityAlreadyExists') ||
  (/^iam:(Delete|Detach|Remove|Deactivate)/.test(operation) && code === 'NoSuchEntity');

const session = /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|IncompleteSignature)/;
const denied = /^(AccessDenied|NotAuthorized)/;
/** They end with time: the run says so, and never asks you to fix anything. */
const temporary =
  /^(OptInRequired|Throttling|TooManyRequests|ConcurrentModification|EntityTemporarilyUnmodifiable|Internal|ServiceFailure|ServiceUnavailable|ServiceException|Finalizing)/;

const expectedExits = (operation: Operation, { code, status }: Answer): readonly number[] => {
  const reads = ['read', 'assume'].includes(operations[operation].kind);
  if (session.test(code)) return [4];
  if (denied.test(code)) return reads ? [4] : [4, 7];
  if (temporary.test(code) || status >= 500) return [6];
  // The endpoint does not offer the operation (E-NOT-OFFERED).
  if (code === 'UnsupportedOperationException') return [1];
  // A write that is refused: by the kind of the refusal.
  return reads ? [6] : [2, 6, 7];
};

let pieces: Pieces;
let listed: { readonly errors: Readonly<Record<string, readonly Answer[]>>; readonly failureReasons: readonly string[] };
/** For each operation, the shortest scene in which an error of it can be seen. */
const sceneOf = new Map<string, Scene>();

const python = inject('pythonBin');
const sent = Object.keys(operations) as Operation[];

beforeAll(async () => {
  if (python === '') return;
  pieces = await makePieces();
  const ended = await run(python, ['-B', new URL('./modelled_errors.py', import.meta.url).pathname, ...sent]);
  listed = JSON.parse(ended.stdout) as typeof listed;
  const seen = new Map<string, { readonly scene: Scene; readonly requests: number }[]>();
  for (const scene of scenesOf(pieces)) {
    const { requests } = await (await openScene(scene)).start();
    for (const name of new Set(requests)) seen.set(name, [...(seen.get(name) ?? []), { scene, requests: requests.length }]);
  }
  for (const [operation, scenes] of seen) {
    const [shortest, ...others] = scenes.toSorted((a, b) => a.requests - b.requests);
    if (shortest === undefined) continue;
    sceneOf.set(operation, shortest.scene);
    for (const { scene } of details.includes(operation) ? [] : [shortest, ...others]) {
      const { stdout } = await withError(scene, operation, { code: 'ValidationError', status: 400 });
      if (!stdout.includes('ValidationError')) continue;
      sceneOf.set(operation, scene);
      break;
    }
  }
}, 300_000);

const withError = async (scene: Scene, operation: string, { code, status, reason }: Answer) => {
  const fields = reason === undefined ? {} : { fields: { Reason: reason } };
  const shell = await openScene(scene, { faults: [{ operation, what: { kind: 'error', code, status, ...fields } }] });
  const ran = await shell.start();
  return {
    ...ran,
    world: shell.world(),
    met: shell.sandbox.calls.some((call) => call.error === code),
    report: JSON.parse(ran.stdout) as Shown,
  };
};
interface Shown {
  readonly error?: ErrorInfo;
  readonly steps?: readonly { readonly id: string; readonly error: ErrorInfo | null }[];
  readonly roots?: readonly { readonly error: ErrorInfo | null }[];
  readonly results?: readonly {
    readonly status: string;
    readonly reason: string;
    readonly evidence: readonly { readonly requestId?: string }[];
  }[];
  readonly accounts?: readonly { readonly role?: { readonly reason: string | null } }[];
}

const stack = /\n\s+at .+:\d+:\d+\)?/;
const secretsOf = ({ accounts, sessions }: World): readonly string[] => [
  ...Object.values(sessions).flatMap(({ secret, token }) => [secret, token]),
  ...Object.values(accounts)
    .flatMap(({ users, mfaDevices, root }) => [
      ...users.flatMap(({ password, accessKeys }) => [password?.value, ...accessKeys.map((key) => key.secret)]),
      ...mfaDevices.map(({ seed }) => seed),
      ...root.accessKeys.map((key) => key.secret),
    ])
    .filter((secret) => secret !== undefined && secret !== null),
];

/** What is wrong with the end of a run, in words. */
const wrongWith = (operation: Operation, answer: Answer, ran: Awaited<ReturnType<typeof withError>>): readonly string[] => {
  const { code, stdout, stderr, report, met, world } = ran;
  const text = stdout + stderr;
  const errors = [report.error, ...[...(report.steps ?? []), ...(report.roots ?? [])].map(({ error }) => error)].filter(
    (error) => error !== undefined && error !== null,
  );
  const always = [
    ...(met ? [] : ['the error was never met']),
    ...(stack.test(text) ? ['a stack is printed'] : []),
    ...secretsOf(world)
      .filter((secret) => text.includes(secret))
      .map(() => 'a secret is printed'),
    ...errors.flatMap((error) => wrongIn(error)),
  ];
  if (details.includes(operation) || isAnswer(operation, answer.code))
    return [...always, ...([1, 4].includes(code) ? [`exit ${code}`] : [])];
  // The SDK and IAM disagree about the suffix.
  const name = answer.code.replace(/Exception$/, '');
  const ofThis = errors.filter(({ message, aws }) =>
    [name, operation].some((word) => `${message} ${aws?.operation} ${aws?.error}`.includes(word)),
  );
  const unknown = (report.results ?? []).filter(({ status, reason }) => status === 'unknown' && reason.includes(operation));
  const role = (report.accounts ?? []).some(({ role: of }) => operation === 'sts:AssumeRole' && (of?.reason?.length ?? 0) > 20);
  // A finding that fails wins over one that is not known.
  const differs = code === 3 && unknown.length > 0 && (report.results ?? []).some(({ status }) => status === 'fail');
  const explained = ofThis.length > 0 || unknown.length > 0 || role || hasOwnCode(errors);
  const requestId = [
    ...ofThis.map(({ aws }) => aws?.requestId),
    ...unknown.flatMap(({ evidence }) => evidence.map((one) => one.requestId)),
  ];
  return [
    ...always,
    ...(explained ? [] : [`${operation} ${answer.code} is not reported`]),
    ...(ofThis.length === 0 || operations[operation].kind === 'read' || requestId.some((id) => id !== undefined)
      ? []
      : ['there is no request id']),
    ...(role || differs || expectedExits(operation, answer).includes(code)
      ? []
      : [`exit ${code} instead of ${expectedExits(operation, answer).join(' or ')}`]),
  ];
};

const wrongIn = ({ code, message, next }: ErrorInfo): readonly string[] => [
  ...(code in errorCodes && code !== 'E-UNEXPECTED' ? [] : [`the code is ${code}`]),
  ...(message.trim().length > 20 && next.trim().length > 10 ? [] : [`no message or no next action: ${message} ${next}`]),
];

/** The change does not show, which is read from the account, or the invitation cannot be used: that is what the error is about. */
const hasOwnCode = (errors: readonly ErrorInfo[]): boolean =>
  errors.some(({ code }) =>
    ['E-NOT-CONFIRMED', 'E-AMBIGUOUS', 'E-KEY-UNCERTAIN', 'E-ACCOUNT-PENDING', 'E-INVITATION-ENDED', 'E-INVITATION-OPEN'].includes(code),
  );

describe.skipIf(python === '')('an error of AWS', { timeout: 1_800_000 }, () => {
  it('is tried on every operation that this tool sends', () => {
    expect(sent.filter((operation) => !sceneOf.has(operation))).toEqual([]);
  });

  it('that ends the creation of an account is explained, for every reason', async () => {
    expect(listed.failureReasons.length).toBeGreaterThanOrEqual(15);
    for (const reason of listed.failureReasons) {
      const email = `fail+${reason.toLowerCase()}@a.b`;
      const scene = scenesOf(pieces).find(({ name }) => name === 'init --only organization, new account');
      const shell = await openScene({
        ...scene,
        name: reason,
        argv: scene?.argv ?? [],
        config: config({ accounts: `{ name: lab, email: ${email} }` }),
      });
      const { code, stdout, stderr } = await shell.start();
      const error = (JSON.parse(stdout) as Shown).steps?.find(({ id }) => id === 'organization')?.error;
      expect([reason, error?.code]).toEqual([reason, 'E-ACCOUNT-FAILED']);
      expect(error?.message).toContain(failureReasons[reason as keyof typeof failureReasons].why);
      expect(error?.next.length).toBeGreaterThan(20);
      expect(stdout + stderr).not.toMatch(stack);
      expect(code).toBe(7);
    }
  });

  it('is explained, and ends with its exit code', async () => {
    const wrong: string[] = [];
    let ran = 0;
    for (const operation of sent) {
      const scene = sceneOf.get(operation);
      for (const answer of [...(listed.errors[operation] ?? []), ...common]) {
        if (scene === undefined) continue;
        const ended = await withError(scene, operation, answer);
        wrong.push(
          ...wrongWith(operation, answer, ended).map(
            (what) => `${operation} ${answer.code} ${answer.reason ?? ''}, ${scene.name}: ${what}`,
          ),
        );
        ran += 1;
      }
    }
    expect(wrong).toEqual([]);
    recordTotal({ suite: 'R5', ran, floor: sent.length * common.length + 589, sampled: null, all: 'npm run proof' });
  });
});
