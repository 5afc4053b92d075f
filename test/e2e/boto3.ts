import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { run } from '../support/child-process.js';

/** How boto3 gets to an account. */
export interface Door {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface UserState {
  readonly groups: readonly string[];
  readonly attached: readonly string[];
  readonly inline: readonly string[];
  readonly password: boolean;
  /** Serial numbers. */
  readonly mfa: readonly string[];
  /** `AKIA… Active` */
  readonly keys: readonly string[];
}

export interface AccountState {
  readonly aliases: readonly string[];
  readonly passwordPolicy: Readonly<Record<string, unknown>> | null;
  readonly users: Readonly<Record<string, UserState>>;
  readonly groups: Readonly<Record<string, { readonly attached: readonly string[]; readonly inline: readonly string[] }>>;
  readonly mfaDevices: readonly string[];
  readonly budgets: Readonly<
    Record<
      string,
      {
        readonly amount: number;
        readonly unit: string;
        readonly period: string;
        readonly type: string;
        readonly credits: boolean | null;
        /** `ACTUAL GREATER_THAN 50 PERCENTAGE`, sorted. */
        readonly alerts: readonly string[];
      }
    >
  >;
  readonly contacts: Readonly<Record<'BILLING' | 'SECURITY' | 'OPERATIONS', Readonly<Record<string, string>> | null>>;
  readonly organization: {
    readonly id: string;
    readonly management: string;
    readonly features: string;
    /** By email address: `ID NAME STATUS`. */
    readonly members: Readonly<Record<string, string>>;
  } | null;
}

export type Call = readonly [service: string, method: string, parameters: Readonly<Record<string, unknown>>];

/** The account as boto3 sees it. */
export const accountState = async (door: Door): Promise<AccountState> => (await ask(door)) as AccountState;

/** Calls of boto3, in order, each sent once; throws at the first that AWS refuses. */
export const boto3 = async (door: Door, calls: readonly Call[]): Promise<readonly Answer[]> =>
  withoutErrors(calls, (await ask({ ...door, calls })) as readonly Answer[]);

type Answer = Readonly<Record<string, any>>;

const withoutErrors = (calls: readonly Call[], answers: readonly Answer[]): readonly Answer[] => {
  answers.forEach((answer, index) => {
    if ('error' in answer) throw new Error(`boto3 ${calls[index]?.slice(0, 2).join(' ')}: ${String(answer['error'])}`);
  });
  return answers;
};

export interface Boto3 {
  readonly call: (calls: readonly Call[]) => Promise<readonly Answer[]>;
  readonly state: () => Promise<AccountState>;
  readonly stop: () => Promise<void>;
}

/** The same in one process, for many calls. */
export const startBoto3 = (door: Door): Boto3 => {
  const child = spawn(inject('pythonBin'), ['-B', script, '--serve', JSON.stringify(door)], { env: { HOME: '/nonexistent' } });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const answerTo = async (question: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await lines.next();
    if (line.done) throw new Error(`${script} ended: ${stderr.trim()}`);
    return JSON.parse(line.value);
  };
  return {
    call: async (calls) => withoutErrors(calls, (await answerTo({ calls })) as readonly Answer[]),
    state: async () => (await answerTo({})) as AccountState,
    stop: async () => {
      child.stdin.end();
      await closed;
    },
  };
};

const script = path.join(import.meta.dirname, 'boto3_account.py');

const ask = async (question: Door & { readonly calls?: readonly Call[] }): Promise<unknown> => {
  const ended = await run(inject('pythonBin'), ['-B', script, JSON.stringify(question)], { env: { HOME: '/nonexistent' } });
  if (ended.code !== 0) throw new Error(`${script} ended with code ${ended.code}: ${ended.stderr.trim()}`);
  return JSON.parse(ended.stdout);
};
