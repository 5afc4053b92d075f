import type { ZodMiniType } from 'zod/mini';
import type { Caller } from './account.js';
import type { Clock, Random } from './clock.js';
import type { Cloud, ReadCloud } from './cloud.js';
import type { Enrol } from './enrol.js';
import type { StepPages } from './explanation.js';
import type { Change, Finding, FindingSpec } from './finding.js';
import type { Grant, PermissionContext } from './permissions.js';
import type { Journal } from './journal.js';
import type { Unread } from './reading.js';
import type { SecretEntry, SecretSink, StoredSecrets } from './secret.js';

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
  /** The user that gets an access key, if that is not the administrator. */
  readonly keyUser?: string;
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
  /** Flags of the steps for choices that the config cannot make, such as replacing something that exists: `--replace-alias`. */
  readonly switches: readonly string[];
  /** For a member account of an organization, of which there may be thousands. */
  readonly ofMember?: boolean;
}

/** `wait`: how long it has waited so far, and the limit. */
export type Notify = (text: string, wait?: { readonly waitedMs: number; readonly limitMs: number }) => void;

/** For `observe`: reads only. */
export interface ObserveContext {
  readonly cloud: ReadCloud;
  /** The caller. Waits for GetCallerIdentity, so call it late. */
  readonly caller: () => Promise<Caller>;
  /** The account id: immediately when the config names it, else from GetCallerIdentity. */
  readonly accountId: () => Promise<string>;
  readonly clock: Clock;
  /** The stored secrets: which profiles and entries exist (names and key ids only). */
  readonly secrets: StoredSecrets;
  /** What earlier runs on this computer had in flight when they ended, and where their secrets are stored. */
  readonly journal: Pick<Journal, 'entries'>;
  /** Aborted when the run is stopped. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** Prints why it takes long. */
  readonly notify?: Notify;
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
  /** Prints on stderr what happens besides the planned changes, and why it takes long. */
  readonly notify: Notify;
}

/** A secret that a step creates. */
export type SecretNeed =
  /** `name`: "a console password". */
  | { readonly kind: SecretEntry['kind']; readonly storedIn: 'destination'; readonly name: string }
  /** In a profile of the AWS files, which needs no destination. `mayReplace`: an existing profile may be overwritten. */
  | { readonly kind: SecretEntry['kind']; readonly storedIn: 'profile'; readonly mayReplace: boolean };

/** What of a step applies to the member accounts of an organization. */
export interface MemberScope {
  /** Keys of the step's section that apply to every account of the organization. */
  readonly shared?: readonly string[];
  /** The step has its own section in an entry of `organization.accounts`, under this key; `about` describes it. */
  readonly entry?: { readonly key: string; readonly about: string };
  /** What `init --org` applies: ids of findings, or all of the step. */
  readonly applies: readonly string[] | 'all';
  /** `init --org` also applies the defaults. Otherwise it applies only what the config contains. `check` always uses the defaults. */
  readonly byDefault?: true;
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
  /** Whether no other step relies on what this step changes, and it relies on none, so that it may be applied while others are. Absent: never. */
  readonly independent?: (desired: Desired) => boolean;
  readonly findings: readonly FindingSpec[];
  /** The texts of `bootstrap explain`: of the step, and of each of its findings. */
  readonly explain: () => Promise<StepPages>;
  /** The step's section of bootstrap.yaml; parsing `{}` gives the defaults. */
  readonly schema: ZodMiniType<Slice>;
  /** What an absent section means: wanted with its defaults; not wanted, but `check` assesses what exists; not wanted. */
  readonly whenAbsent: 'wanted' | 'audit' | 'skip';
  /** Absent: the step is about the management account, and does not apply to members. */
  readonly member?: MemberScope;
  /** Examples for `bootstrap config new`, by path in the section, for values whose type suggests no good example. */
  readonly examples?: Readonly<Record<string, unknown>>;
  /** Values for the practice account, as in the section. */
  readonly practice: (random: Random) => unknown;
  readonly questions: readonly StepQuestion<Observed>[];
  /** Pure. The permissions that a run with this section needs. */
  readonly permissions: (slice: Slice, context: PermissionContext) => readonly Grant[];
  readonly desire: (slice: Slice, context: DesireContext) => Desired;
  readonly intent: (desired: Desired, observed?: Observed) => Intents;
  /**
   * The secrets that this desired state creates if a destination is set. A seed that is stored with a password needs no entry. Absent:
   * the step creates no secrets.
   */
  readonly secrets?: (desired: Desired) => readonly SecretNeed[];
  readonly observe: (context: ObserveContext, desired: Desired) => Promise<Observed>;
  /** Pure. Every finding that applies, including passes; gaps in the order in which their changes must be applied. */
  readonly assess: (desired: Desired, observed: Observed) => readonly Finding<C>[];
  readonly apply: (context: ApplyContext, change: C) => Promise<void>;
  /** What `bootstrap undo` does. Absent: it removes nothing of the step. */
  readonly undo?: StepUndo<Desired, unknown, Change>;
  /** Facts for the end of a run, such as the sign-in URL. */
  readonly recap?: (desired: Desired, observed: Observed) => readonly { readonly label: string; readonly value: string }[];
}

/** What decides, with the config and the account, what an undo removes. */
export interface UndoContext {
  readonly caller: Caller;
  /** The config has the step. False: its section is only defaults, so nothing that has no tag counts as ours. */
  readonly named: boolean;
  /** Also delete access keys that were used within the last hour. */
  readonly evenIfUsed: boolean;
  /** Whether the undo of a step is part of this run. */
  readonly running: (stepId: string) => boolean;
}

/** Something that an undo leaves in the account. */
export interface Kept {
  /** "The group Administrators" */
  readonly what: string;
  /** The reason, as a sentence without a full stop. */
  readonly why: string;
  /** This tool created it, or it has to go before something else can: what you have to do. The run ends with exit code 5. */
  readonly manual?: string;
}

export interface UndoPlan<C extends Change = Change> {
  readonly changes: readonly C[];
  readonly kept: readonly Kept[];
  /** Reads that failed, so that the plan may be incomplete. */
  readonly unread?: readonly Unread[];
}

/** Removes what the step created. Nothing else is removed: what has the tag of this tool, or what the config names and nothing else uses. */
export interface StepUndo<Desired, Observed, C extends Change> {
  readonly observe: (context: ObserveContext, desired: Desired) => Promise<Observed>;
  /** Pure. The changes, in the order in which they must be made, and what stays. */
  readonly plan: (desired: Desired, observed: Observed, context: UndoContext) => UndoPlan<C>;
  readonly apply: (context: ApplyContext, change: C) => Promise<void>;
}

/** The one place where the types of an undo are hidden, except for what the step wants. */
export const defineUndo = <Desired, Observed, C extends Change>(undo: StepUndo<Desired, Observed, C>): StepUndo<Desired, unknown, Change> =>
  undo as unknown as StepUndo<Desired, unknown, Change>;

/** A step without its own types, for the registry and the engine. */
export type AnyStep = Step<unknown, unknown, unknown, Change>;

/** The only place that removes a step's types. Safe, because the engine passes a step only what the same step returned. */
export const defineStep = <Slice, Desired, Observed, C extends Change>(step: Step<Slice, Desired, Observed, C>): AnyStep =>
  step as unknown as AnyStep;
