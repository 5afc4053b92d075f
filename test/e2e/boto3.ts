import path from 'node:path';
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
  readonly contacts: Readonly<Record<'BILLING' | 'SECURITY', Readonly<Record<string, string>> | null>>;
  readonly organization: {
    readonly id: string;
    readonly management: string;
    readonly features: string;
    /** By e-mail address: `ID NAME STATUS`. */
    readonly members: Readonly<Record<string, string>>;
  } | null;
}

type Call = readonly [service: string, method: string, parameters: Readonly<Record<string, unknown>>];

/** The account as boto3 sees it. */
export const accountState = async (door: Door): Promise<AccountState> => (await ask(door)) as AccountState;

/** Calls of boto3, in order, each sent once; throws at the first that AWS refuses. */
export const boto3 = async (door: Door, calls: readonly Call[]): Promise<readonly Readonly<Record<string, any>>[]> => {
  const answers = (await ask({ ...door, calls })) as readonly Readonly<Record<string, any>>[];
  answers.forEach((answer, index) => {
    if ('error' in answer) throw new Error(`boto3 ${calls[index]?.slice(0, 2).join(' ')}: ${String(answer['error'])}`);
  });
  return answers;
};

const ask = async (question: Door & { readonly calls?: readonly Call[] }): Promise<unknown> => {
  const script = path.join(import.meta.dirname, 'boto3_account.py');
  const ended = await run(inject('pythonBin'), ['-B', script, JSON.stringify(question)], { env: { HOME: '/nonexistent' } });
  if (ended.code !== 0) throw new Error(`${script} ended with code ${ended.code}: ${ended.stderr.trim()}`);
  return JSON.parse(ended.stdout);
};
