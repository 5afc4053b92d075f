import type { Random } from '../core/clock.js';
import { usage } from '../core/errors.js';
import type { Waiver } from '../core/finding.js';
import type { Destination } from '../core/secret.js';
import type { AnyStep, StepQuestion } from '../core/step.js';
import { plain } from '../core/text.js';
import { destinationFlags, type DestinationFlags, resolveDestination } from './destination.js';
import { hasValue, overlaid, type Override, overridesOf, pathOf, valueAt, withValue } from './override.js';
import { parseWith, pathText, type Problem } from './problem.js';
import { accountIdProblem, type Config } from './schema.js';
import { select, type SelectionFlags } from './selection.js';

/** What the command line says about the config, as raw text. */
export interface Flags extends SelectionFlags, DestinationFlags {
  readonly accountId?: string | undefined;
  readonly overrides?: readonly Override[] | undefined;
}

export interface ResolvedStep {
  /** `init` brings it about in this run: wanted by the config and not left out by `--only` or `--skip`. */
  readonly wanted: boolean;
  /** Looked at in this run. What `audit` makes of a section that is absent: judged, and not wanted. */
  readonly judged: boolean;
  /** Wanted by the config, whether or not it runs: what it says of itself holds for the other steps. */
  readonly intended: boolean;
  /** The section parsed, also when the step does not run: other steps rely on what it says. */
  readonly slice: unknown;
  readonly section: 'absent' | 'false' | 'given';
  /** Left out by `--only` or `--skip`. */
  readonly excluded: boolean;
}

export interface Resolved {
  readonly accountId?: string;
  /** `--account-id`, or the name of the file. */
  readonly accountIdFrom?: string;
  /** The place for secrets; in the practice account only one that a flag names. */
  readonly destination?: Destination;
  /** The flag that names it, or the file and its line: `bootstrap.yaml:12`. */
  readonly destinationFrom?: string;
  /** Its file, when it is one. */
  readonly secretsFile?: string;
  readonly steps: Readonly<Record<string, ResolvedStep>>;
  /** Values without which `init` cannot run, in the order of the steps. */
  readonly missing: readonly StepAsk[];
  /** What a person is asked: what is missing, and what has a default in steps that nobody has said anything about. */
  readonly open: readonly StepAsk[];
  /** Ids of single findings to show, when `--only` or `--skip` of `check` named some. */
  readonly onlyFindings?: readonly string[];
  readonly waivers: readonly Waiver[];
  readonly warnings: readonly string[];
}

/** A question of a step. */
export type StepAsk = StepQuestion & { readonly stepId: string };

export interface ResolveInput {
  readonly config: Config | undefined;
  readonly flags: Flags;
  readonly steps: readonly AnyStep[];
  readonly command: 'init' | 'check';
  readonly sandbox: boolean;
  /** Whether practice values fill gaps. Default: in the practice account; false if a user is asked, as on AWS. */
  readonly practice?: boolean;
  /** For practice values. Must give the same for the same sandbox, or the practice account would differ at every run. */
  readonly random: Random;
}

/** File, flags, defaults and practice values put together. Throws E-USAGE with every flag that is wrong. */
export const resolveConfig = (input: ResolveInput): Resolved => {
  const { config, flags, steps, command } = input;
  const selection = select(flags, steps, command);
  const resolved = resolveSteps(input, selection.includes);
  const idle = selection.named.filter((id) => command === 'init' && resolved.some((step) => step.id === id && !step.wanted));
  const destination = resolveDestination(flags, input.sandbox ? undefined : config);
  return {
    ...resolveAccount(config, flags),
    ...(destination === undefined ? {} : { destination, destinationFrom: destinationSource(config, flags) }),
    ...(destination?.kind === 'file' ? { secretsFile: destination.file } : {}),
    steps: Object.fromEntries(resolved.map(({ id, missing: _, open: __, ...step }) => [id, step])),
    missing: command === 'check' ? [] : asksOf(resolved, ({ missing }) => missing),
    open: command === 'check' ? [] : asksOf(resolved, ({ open }) => open),
    ...(selection.findings ? { onlyFindings: selection.findings } : {}),
    waivers: config?.waivers ?? [],
    warnings: [
      ...(config?.warnings ?? []),
      ...idle.map((id) => `--only ${id}: the config does not want this step; write \`${id}: {}\` into bootstrap.yaml to want it`),
    ],
  };
};

/** Each step with its part in the run. */
export const selectionsOf = (
  steps: readonly AnyStep[],
  { steps: resolved }: Pick<Resolved, 'steps'>,
): readonly (Pick<ResolvedStep, 'slice' | 'wanted' | 'judged' | 'intended'> & { readonly step: AnyStep })[] =>
  steps.map((step) => ({ step, ...(resolved[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }) }));

/** Whether `--only` and `--skip` leave a check in, by its id. */
export const isShown = ({ onlyFindings, steps }: Pick<Resolved, 'onlyFindings' | 'steps'>, check: string): boolean =>
  onlyFindings?.includes(check) ?? steps[check.split('.')[0] ?? '']?.excluded !== true;

/** A section as the step understands it. `{}` gives the defaults. */
export const parseSection = (step: AnyStep, raw: unknown): ReturnType<typeof parseWith<unknown>> => parseWith<unknown>(step.schema, raw);

/** A step with the questions that its section leaves open. */
type OpenStep = ResolvedStep & { readonly id: string; readonly missing: readonly StepQuestion[]; readonly open: readonly StepQuestion[] };

const asksOf = (steps: readonly OpenStep[], which: (step: OpenStep) => readonly StepQuestion[]): readonly StepAsk[] =>
  steps.flatMap((step) => (step.wanted ? which(step).map((ask) => ({ ...ask, stepId: step.id })) : []));

const resolveSteps = (input: ResolveInput, includes: (id: string) => boolean): readonly OpenStep[] => {
  const wrong: string[] = [];
  const overrides = input.flags.overrides ?? [];
  const resolved = input.steps.map((step): OpenStep => {
    const over = overridesOf(step.id, overrides);
    const written = input.config?.sections[step.id];
    const file = input.config?.file ?? 'bootstrap.yaml';
    if (written === false && over.length > 0)
      wrong.push(`${flagList(over)} and \`${step.id}: false\` in ${file} contradict each other; remove one`);
    const section = written === false ? 'false' : written === undefined && over.length === 0 ? 'absent' : 'given';
    const raw = rawSection(input, step, section, over);
    const parsed = parseSection(step, raw);
    if (!parsed.ok && section !== 'given')
      throw new Error(`${step.id}: its own ${input.sandbox ? 'practice values' : 'defaults'} do not parse`);
    if (!parsed.ok) wrong.push(...parsed.problems.map((problem) => explain(step, problem, over)));
    const wanted = section === 'given' || (section === 'absent' && (practicesSections(input) || step.whenAbsent === 'wanted'));
    const judged = wanted || (section === 'absent' && step.whenAbsent === 'audit');
    const included = includes(step.id);
    const slice = parsed.ok ? parsed.value : undefined;
    const open = step.questions.filter((ask) => !hasValue(raw, pathOf(ask.path)) && isOfUse(ask, raw));
    const missing = open.filter(({ path }) => !hasValue(slice, pathOf(path)));
    return {
      id: step.id,
      intended: wanted,
      wanted: wanted && included,
      judged: judged && included,
      slice,
      section,
      excluded: !included,
      missing,
      open: section === 'absent' ? open : missing,
    };
  });
  const stray = overrides.filter(({ step }) => !input.steps.some(({ id }) => id === step));
  if (stray.length > 0) throw new Error(`No step for ${flagList(stray)}`);
  if (wrong.length > 0) throw usage(plainLines(wrong), 'Correct the command line and run it again.');
  return resolved;
};

const givenSection = (input: ResolveInput, step: AnyStep, section: ResolvedStep['section'], over: readonly Override[]): unknown => {
  const written = input.config?.sections[step.id];
  if (section === 'absent') return {};
  return over.length > 0 ? overlaid(step, written, over) : written;
};

/** Whether the rest of the section leaves a use for the answer. */
const isOfUse = ({ unless }: StepQuestion, raw: unknown): boolean =>
  unless === undefined || valueAt(raw, pathOf(unless.path)) !== unless.is;

/** What the step's schema gets to see: the file, then flags, then (in the sandbox) practice values for what is still open. */
export const rawSection = (input: ResolveInput, step: AnyStep, section: ResolvedStep['section'], over: readonly Override[]): unknown => {
  if (section === 'false') return {};
  if (section === 'absent' && practicesSections(input)) return step.practice(input.random);
  const given = givenSection(input, step, section, over);
  if (!practices(input)) return given;
  const practice = step.practice(input.random);
  return step.questions
    .filter((ask) => isOfUse(ask, given))
    .map(({ path }) => pathOf(path))
    .filter((path) => !hasValue(given, path) && hasValue(practice, path))
    .reduce((raw, path) => withValue(raw, path, valueAt(practice, path)), given);
};

const practices = ({ sandbox, practice = sandbox }: ResolveInput): boolean => practice;

/** Without a config, the practice account has every section. A config is followed exactly, as on AWS. */
const practicesSections = (input: ResolveInput): boolean => practices(input) && input.config === undefined;

/** Names the flag when the problem lies where a flag put its value, else the place in the section. */
const explain = (step: AnyStep, problem: Problem, over: readonly Override[]): string => {
  const startsWith = (whole: readonly PropertyKey[], part: readonly PropertyKey[]): boolean =>
    part.every((key, index) => whole[index] === key);
  const owner = over.find(({ path }) => path !== '' && startsWith(problem.path, pathOf(path)));
  if (owner) return `${owner.flag}: ${problem.message}`;
  const near = over.filter(({ path }) => startsWith(pathOf(path), problem.path));
  const by = near.length > 0 ? ` (with ${flagList(near)})` : '';
  return `${pathText([step.id, ...problem.path])}: ${problem.message}${by}`;
};

const flagList = (overrides: readonly Override[]): string => [...new Set(overrides.map(({ flag }) => flag))].join(', ');

const plainLines = (lines: readonly string[]): string =>
  (lines.length === 1 ? lines : [`${lines.length} values are wrong`, ...lines]).map(plain).join('\n');

const destinationSource = (config: Config | undefined, flags: Flags): string =>
  destinationFlags(flags)[0] ?? [config?.file, config?.secretsLine].filter((part) => part !== undefined).join(':');

const resolveAccount = (config: Config | undefined, flags: Flags): Pick<Resolved, 'accountId' | 'accountIdFrom'> => {
  const { accountId } = flags;
  const written = config?.account?.id;
  if (accountId === undefined) return config && written !== undefined ? { accountId: written, accountIdFrom: config.file } : {};
  const problem = accountIdProblem(accountId);
  if (problem !== undefined) throw usage(`--account-id: ${problem}.`, 'Write the 12 digits of the account, without hyphens.');
  if (written !== undefined && written !== accountId)
    throw usage(
      `--account-id says ${accountId}, and ${config?.file} is for account ${written}.`,
      'Name the config of that account with --config, or leave --account-id out.',
    );
  return { accountId, accountIdFrom: '--account-id' };
};
