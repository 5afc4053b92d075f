import type { Random } from '../core/clock.js';
import { usage } from '../core/errors.js';
import type { Waiver } from '../core/finding.js';
import type { Destination } from '../core/secret.js';
import type { AnyStep, StepQuestion } from '../core/step.js';
import { plain } from '../core/text.js';
import { destinationFlags, type DestinationFlags, resolveDestination } from './destination.js';
import { hasValue, applyOverrides, type Override, overridesOf, pathOf, valueAt, withValue } from './override.js';
import { sectionJsonSchema } from './json-schema.js';
import { parseWith, pathText, type Problem } from './problem.js';
import { accountIdProblem, type Config } from './schema.js';
import { didYouMean } from './suggest.js';

/** The flags that override the config, as raw text. */
export interface Flags extends SelectionFlags, DestinationFlags {
  readonly accountId?: string | undefined;
  readonly overrides?: readonly Override[] | undefined;
}

export interface ResolvedStep {
  /** Applied by `init` in this run: wanted by the config and not excluded by `--only` or `--skip`. */
  readonly wanted: boolean;
  /** Assessed in this run. A step with `audit` and without a section is judged, but not wanted. */
  readonly judged: boolean;
  /** Wanted by the config, whether or not it runs: other steps rely on its intent. */
  readonly intended: boolean;
  /** The parsed section, also when the step does not run: other steps rely on it. */
  readonly slice: unknown;
  readonly section: 'absent' | 'false' | 'given';
  /** Excluded by `--only` or `--skip`. */
  readonly excluded: boolean;
}

export interface Resolved {
  readonly accountId?: string;
  /** `--account-id`, or the name of the file. */
  readonly accountIdFrom?: string;
  /** The secrets destination; in the practice account only from a flag. */
  readonly destination?: Destination;
  /** The flag that sets it, or the file and its line: `bootstrap.yaml:12`. */
  readonly destinationFrom?: string;
  /** Its file, if the destination is a file. */
  readonly secretsFile?: string;
  readonly steps: Readonly<Record<string, ResolvedStep>>;
  /** Values that `init` needs, in the order of the steps. */
  readonly missing: readonly StepAsk[];
  /** The questions for the user: about missing values, and about defaults in steps without a section. */
  readonly open: readonly StepAsk[];
  /** Ids of the findings to show, if `--only` or `--skip` of `check` names findings. */
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
  /** Whether practice values fill in missing values. Default: in the practice account; false if a user is asked, as on AWS. */
  readonly practice?: boolean;
  /** For practice values. Must return the same values for the same sandbox, or every run would find differences. */
  readonly random: Random;
}

/** The config from file, flags, defaults and practice values. Throws E-USAGE with every invalid flag. */
export const resolveConfig = (input: ResolveInput): Resolved => {
  const { config, flags, steps, command } = input;
  const selection = select(flags, steps, command);
  const resolved = resolveSteps(input, selection.includes);
  const idle = command === 'check' ? [] : resolved.filter((step) => selection.named.includes(step.id) && !step.wanted);
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
      ...idle.map(({ id }) => `--only ${id}: the config does not want this step; add \`${id}: {}\` to bootstrap.yaml`),
    ],
  };
};

/** Each step with its part in the run. */
export const selectionsOf = (
  steps: readonly AnyStep[],
  { steps: resolved }: Pick<Resolved, 'steps'>,
): readonly (Pick<ResolvedStep, 'slice' | 'wanted' | 'judged' | 'intended'> & { readonly step: AnyStep })[] =>
  steps.map((step) => ({ step, ...(resolved[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }) }));

/** Whether `--only` and `--skip` include a check, by its id. */
export const isShown = ({ onlyFindings, steps }: Pick<Resolved, 'onlyFindings' | 'steps'>, check: string): boolean =>
  onlyFindings?.includes(check) ?? steps[check.split('.')[0] ?? '']?.excluded !== true;

/** A parsed section. `{}` gives the defaults. */
export const parseSection = (step: AnyStep, raw: unknown): ReturnType<typeof parseWith<unknown>> =>
  parseWith<unknown>(step.schema, raw, () => sectionJsonSchema(step));

/** A step with the questions for values that its section does not have. */
type OpenStep = ResolvedStep & { readonly id: string; readonly missing: readonly StepQuestion[]; readonly open: readonly StepQuestion[] };

const asksOf = (steps: readonly OpenStep[], which: (step: OpenStep) => readonly StepQuestion[]): readonly StepAsk[] =>
  steps.flatMap((step) => (step.wanted ? which(step).map((ask) => ({ ...ask, stepId: step.id })) : []));

const resolveSteps = (input: ResolveInput, includes: (id: string) => boolean): readonly OpenStep[] => {
  const problems: string[] = [];
  const overrides = input.flags.overrides ?? [];
  const resolved = input.steps.map((step): OpenStep => {
    const over = overridesOf(step.id, overrides);
    const written = input.config?.sections[step.id];
    const file = input.config?.file ?? 'bootstrap.yaml';
    if (written === false && over.length > 0)
      problems.push(`${flagList(over)} and \`${step.id}: false\` in ${file} contradict each other; remove one`);
    const section = written === false ? 'false' : written === undefined && over.length === 0 ? 'absent' : 'given';
    const raw = rawSection(input, step, section, over);
    const parsed = parseSection(step, raw);
    if (!parsed.ok && section !== 'given')
      throw new Error(`${step.id}: its own ${input.sandbox ? 'practice values' : 'defaults'} do not parse`);
    if (!parsed.ok) problems.push(...parsed.problems.map((problem) => describeProblem(step, problem, over)));
    const wanted = section === 'given' || (section === 'absent' && (practicesSections(input) || step.whenAbsent === 'wanted'));
    const judged = wanted || (section === 'absent' && step.whenAbsent === 'audit');
    const included = includes(step.id);
    const slice = parsed.ok ? parsed.value : undefined;
    const open = step.questions.filter((ask) => !hasValue(raw, pathOf(ask.path)) && isNeeded(ask, raw));
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
  if (problems.length > 0) throw usage(plainLines(problems), 'Correct the command line and run it again.');
  return resolved;
};

const givenSection = (input: ResolveInput, step: AnyStep, section: ResolvedStep['section'], over: readonly Override[]): unknown => {
  const written = input.config?.sections[step.id];
  if (section === 'absent') return {};
  return over.length > 0 ? applyOverrides(step, written, over) : written;
};

/** Whether the rest of the section still needs the answer. */
const isNeeded = ({ unless }: StepQuestion, raw: unknown): boolean =>
  unless === undefined || valueAt(raw, pathOf(unless.path)) !== unless.is;

/** The input of the step's schema: the file, then flags, then (in the sandbox) practice values for missing values. */
export const rawSection = (input: ResolveInput, step: AnyStep, section: ResolvedStep['section'], over: readonly Override[]): unknown => {
  if (section === 'false') return {};
  if (section === 'absent' && practicesSections(input)) return step.practice(input.random);
  const given = givenSection(input, step, section, over);
  if (!practices(input)) return given;
  const practice = step.practice(input.random);
  return step.questions
    .filter((ask) => isNeeded(ask, given))
    .map(({ path }) => pathOf(path))
    .filter((path) => !hasValue(given, path) && hasValue(practice, path))
    .reduce((raw, path) => withValue(raw, path, valueAt(practice, path)), given);
};

const practices = ({ sandbox, practice = sandbox }: ResolveInput): boolean => practice;

/** Without a config, the practice account has every section. A config is followed exactly, as on AWS. */
const practicesSections = (input: ResolveInput): boolean => practices(input) && input.config === undefined;

/** Names the flag if it set the invalid value, else the path in the section. */
const describeProblem = (step: AnyStep, problem: Problem, over: readonly Override[]): string => {
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
  (lines.length === 1 ? lines : [`${lines.length} values are invalid`, ...lines]).map(plain).join('\n');

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
      `--account-id is ${accountId}, but ${config?.file} is for account ${written}.`,
      'Pass the config of that account with --config, or omit --account-id.',
    );
  return { accountId, accountIdFrom: '--account-id' };
};

export interface Selection {
  readonly includes: (stepId: string) => boolean;
  /** The findings to show, if findings were named; undefined: all findings of the included steps. */
  readonly findings: readonly string[] | undefined;
  /** What `--only` names. */
  readonly named: readonly string[];
}

export interface SelectionFlags {
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/**
 * `--only` and `--skip`: lists of step ids, repeated or with commas; for `check` also ids of findings. An id in both is skipped.
 */
export const select = ({ only, skip }: SelectionFlags, steps: readonly AnyStep[], command: 'init' | 'check'): Selection => {
  const wanted = only && idsOf('--only', only, steps, command);
  const unwanted = idsOf('--skip', skip ?? [], steps, command);
  const shows = (step: string, finding: string): boolean =>
    (wanted === undefined || wanted.includes(step) || wanted.includes(finding)) && !unwanted.includes(step) && !unwanted.includes(finding);
  const shown = steps.flatMap((step) =>
    step.findings.filter(({ id }) => shows(step.id, id)).map(({ id }) => ({ step: step.id, finding: id })),
  );
  const includes = (step: string): boolean => shown.some((entry) => entry.step === step);
  if (!steps.some((step) => includes(step.id))) throw usage('--only and --skip together exclude every step.', 'Include at least one step.');
  const single = [...(wanted ?? []), ...unwanted].some((id) => !steps.some((step) => step.id === id));
  return {
    includes,
    findings: single ? shown.map(({ finding }) => finding) : undefined,
    named: wanted ?? [],
  };
};

const idsOf = (flag: string, values: readonly string[], steps: readonly AnyStep[], command: 'init' | 'check'): readonly string[] => {
  const stepIds = steps.map((step) => step.id);
  const ids = values
    .flatMap((value) => value.split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (values.length > 0 && ids.length === 0) throw usage(`${flag} is empty.`, `The steps are ${stepIds.join(', ')}.`);
  for (const id of ids) {
    if (stepIds.includes(id)) continue;
    const owner = steps.find((step) => step.findings.some((finding) => finding.id === id));
    if (owner && command === 'check') continue;
    if (owner) throw usage(`${flag}: "${id}" is a check, and init runs whole steps.`, `Write ${flag} ${owner.id}.`);
    const known = command === 'check' && id.includes('.') ? steps.flatMap((step) => step.findings.map((finding) => finding.id)) : stepIds;
    // The next line lists the steps.
    const match = didYouMean(id, known);
    throw usage(
      `${flag}: there is no ${id.includes('.') ? 'check' : 'step'} ${JSON.stringify(id)}${match.startsWith('; did') ? match : '.'}`,
      `The steps are ${stepIds.join(', ')}.${command === 'check' ? ' To list the checks, run `bootstrap check --list-checks`.' : ''}`,
    );
  }
  return ids;
};
