import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Random } from '../../src/core/clock.js';
import { BootstrapError } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { testFolder } from '../support/test-folder.js';

/** On a disk, where files are synced and locked as a user's are. */
export const folder = (): string => testFolder(tmpdir());

/** Real time: other processes are waited for. */
export const realClock: Clock = { now: () => new Date(), sleep: (ms) => wait(ms) };

/** The same characters in every run. */
export const random: Random = (length, alphabet) =>
  Array.from({ length }, (_, index) => alphabet.charAt((index * 7 + length) % alphabet.length)).join('');

export const account = '111122223333';
export const canary = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const key = (id = 'AKIAIOSFODNN7EXAMPLE', profile = 'practice') =>
  ({ kind: 'access-key', user: 'ci', accessKeyId: id, secretAccessKey: new Secret(canary), profile }) as const;
export const password = (text = 'Abc-def-123', user = 'alex') =>
  ({
    kind: 'console-password',
    user,
    password: new Secret(text),
    signInUrl: 'https://111122223333.signin.aws.amazon.com/console/',
  }) as const;

/** The error that a promise ends in; one that is kept fails the test. */
export const refusal = async (promise: Promise<unknown>): Promise<BootstrapError> => {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof BootstrapError) return outcome;
  throw new Error(`no refusal: ${String(outcome)}`);
};

export const text = (path: string): string => readFileSync(path, 'utf8');

/** Runs a program to its end and fails when it fails. */
export const shell = (command: string, cwd: string): void => {
  const ran = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${command}: ${ran.stderr}`);
};
