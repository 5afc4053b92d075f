import type { ZodType } from 'zod';
import type { Caller } from './account.js';
import type { Clock, Random } from './clock.js';
import type { Cloud, ReadCloud } from './cloud.js';
import type { Enrol } from './enrol.js';
import type { Change, Finding, FindingSpec } from './finding.js';
import type { Journal } from './journal.js';
import type { SecretSink } from './secret.js';

/** What other steps may rely on, known before anything is read. */
export interface Intents {
  readonly admin?: {
    readonly name: string;
    readonly group: string;
    /** Whether a console password is wanted. */
    readonly console: boolean;
  };
  /** Administrators sign in through IAM Identity Center; there is no IAM user to rely on. */
  readonly identityCenter?: true;
  /** How the administrator gets MFA; absent when the config does not want it. */
  readonly mfa?: { readonly adminRequired: boolean; readonly assign: 'in-person' | 'unattended' };
  /** Whether this run wants an organization, for steps that report differently in one. */
  readonly organization?: { readonly accounts: readonly { readonly name: string; readonly email: string }[] };
}

/** What a step knows besides its section of the config when it computes its desired state. */
export interface DesireContext {
  readonly intents: Intents;
  /** Whether the step runs in this invocation (wanted, not skipped). */
  readonly running: (stepId: string) => boolean;
  readonly command: 'init' | 'check';
  /** No one answers questions in this run. */
  readonly unattended: boolean;
  readonly secrets: 'none' | 'chosen';
  /** Choices that only a flag can make: replacing something that exists. */
  readonly replaceAlias: boolean;
  readonly replaceProfile: boolean;
}

/** For `observe`: reads only. */
export interface ObserveContext {
  readonly cloud: ReadCloud;
  /** The caller. Waits for GetCallerIdentity, so call it late. */
  readonly caller: () => Promise<Caller>;
  /** The account id: immediately when the config names it, else from GetCallerIdentity. */
  readonly accountId: () => Promise<string>;
  readonly clock: Clock;
  /** The stored secrets: which profiles and entries exist (names and key ids only). */
  readonly secrets: Pick<SecretSink, 'holds' | 'place'>;
  /** What earlier runs on this computer had in flight when they ended, and where their secrets are stored. */
  readonly journal: Pick<Journal, 'entries'>;
  /** Aborted when the run is stopped. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** Prints why it takes long. */
  readonly notify?: (text: string) => void;
}

/** For `apply`: one change. */
export interface ApplyContext extends Omit<ObserveContext, 'cloud' | 'secrets' | 'journal'> {
  readonly cloud: Cloud;
  readonly secrets: SecretSink;
  readonly journal: Journal;
  readonly enrol: Enrol;
  readonly random: Random;
  /** Clears what was read so far, so that the next read shows the current state. */
  readonly forget: () => void;
  /** Prints on stderr what happens, and why it takes long. */
  readonly notify: (text: string) => void;
}

/** A suggested answer. */
export interface Offer {
  readonly value: string;
  /** Why it is suggested, in one line: "an administrator already". */
  readonly reason: string;
  /** The account has exactly this one: used without a question if nothing has to change for it. */
  readonly sure?: boolean;
  /** Sets another value of the section that makes this one unnecessary. Then used without a question. */
  readonly instead?: { readonly path: string; readonly flag: string; readonly name: string };
}

/** What is known when a question is asked. */
export interface QuestionContext {
  readonly caller: Caller;
  /** Answers of this run so far, by step and path: `budget.name`. */
  readonly answers: Readonly<Record<string, string>>;
  /** The login name of the user on this computer; undefined for a system account. */
  readonly person: string | undefined;
}

/** A question that `init` asks when the config has no value. */
export interface StepQuestion<Observed = unknown> {
  /** Path inside the step's section, e.g. `name`; `subscribers.0` for the first of a list. */
  readonly path: string;
  readonly flag: string;
  readonly question: string;
  readonly hint?: string;
  /** An error message, or undefined when the text is valid; `observed` as in `offers`, if the account was read. */
  readonly validate: (text: string, observed?: Observed) => string | undefined;
  /** Answers to choose from, the best first (Enter selects it). Pure; `observed` was read with the config so far. */
  readonly offers?: (observed: Observed, around: QuestionContext) => readonly Offer[];
  /** Not asked, and not missing, if the section has this value at this path. */
  readonly unless?: { readonly path: string; readonly is: string };
  /** Asked only when the account has offers; otherwise the default is used. */
  readonly onlyWithOffers?: true;
}

/**
 * One step. Verbs are property functions, not methods: methods are compared bivariantly, and `assess` could then plan a change
 * that `apply` does not know.
 */
export interface Step<Slice, Desired, Observed, C extends Change> {
  readonly id: string;
  /** Shown in headings: "Account alias". */
  readonly title: string;
  /** One sentence on what the step is for. */
  readonly about: string;
  /** Steps that must not have failed before this step is applied. */
  readonly needs: readonly string[];
  readonly findings: readonly FindingSpec[];
  /** The step's section of bootstrap.yaml; parsing `{}` gives the defaults. */
  readonly schema: ZodType<Slice>;
  /** What an absent section means: wanted with its defaults; not wanted, but `check` assesses what exists; not wanted. */
  readonly whenAbsent: 'wanted' | 'audit' | 'skip';
  /** Values for the practice account, as in the section. */
  readonly practice: (random: Random) => unknown;
  readonly questions: readonly StepQuestion<Observed>[];
  readonly desire: (slice: Slice, context: DesireContext) => Desired;
  readonly intent: (desired: Desired, observed?: Observed) => Intents;
  readonly observe: (context: ObserveContext, desired: Desired) => Promise<Observed>;
  /** Pure. Every finding that applies, including passes; gaps in the order in which their changes must be applied. */
  readonly assess: (desired: Desired, observed: Observed) => readonly Finding<C>[];
  readonly apply: (context: ApplyContext, change: C) => Promise<void>;
  /** Facts for the end of a run, such as the sign-in URL. */
  readonly recap?: (desired: Desired, observed: Observed) => readonly { readonly label: string; readonly value: string }[];
}

/** A step without its own types, for the registry and the engine. */
export type AnyStep = Step<unknown, unknown, unknown, Change>;

/** The only place that removes a step's types. Safe, because the engine passes a step only what the same step returned. */
export const defineStep = <Slice, Desired, Observed, C extends Change>(step: Step<Slice, Desired, Observed, C>): AnyStep =>
  step as unknown as AnyStep;
