import type { Waiver } from '../core/finding.js';
import type { Destination } from '../core/secret.js';
import type { AnyStep } from '../core/step.js';
import { sectionJsonSchema } from './json-schema.js';
import type { JsonSchema } from './schema.js';
import { destinationFlags, secretsSection } from './destination.js';
import { hasValue, overridesOf, pathOf, valueAt } from './override.js';
import type { Path } from './problem.js';
import { rawSection, resolveConfig, type Resolved, type ResolveInput } from './resolve.js';
import { flowYaml } from './source.js';

/** One value, as in the config file. */
export interface EffectiveValue {
  /** Inside the section: `name`, `password-policy.minimum-length`. */
  readonly path: string;
  readonly value: unknown;
  /** `default`, the name of the file, a flag, or `practice value`. */
  readonly from: string;
}

export interface EffectiveStep {
  readonly id: string;
  readonly wanted: boolean;
  /** Assessed by `check`; true for some steps that are not wanted. */
  readonly judged: boolean;
  readonly why: string;
  readonly values: readonly EffectiveValue[];
  /** Values that `init` asks for, or needs to run unattended. */
  readonly missing: readonly { readonly path: string; readonly flag: string }[];
}

export interface Effective {
  readonly file: string | null;
  readonly account: { readonly id: string; readonly from: string } | null;
  readonly secrets: { readonly destination: Destination; readonly from: string } | null;
  readonly steps: readonly EffectiveStep[];
  readonly waivers: readonly Waiver[];
  readonly warnings: readonly string[];
}

/** The values from file, flags and defaults, as for `init`, with the source of each. Throws like `resolveConfig`. */
export const effectiveConfig = (input: ResolveInput): Effective => {
  const resolved = resolveConfig(input);
  const { config, flags } = input;
  const { accountId: id, accountIdFrom: from = '', destination } = resolved;
  return {
    file: config?.file ?? null,
    account: id === undefined ? null : { id, from },
    secrets: destination === undefined ? null : { destination, from: destinationFlags(flags)[0] ?? config?.file ?? '' },
    steps: input.steps.map((step) => effectiveStep(step, input, resolved)),
    waivers: resolved.waivers,
    warnings: resolved.warnings,
  };
};

const effectiveStep = (step: AnyStep, input: ResolveInput, resolved: Resolved): EffectiveStep => {
  const { wanted = false, judged = false, section = 'absent' } = resolved.steps[step.id] ?? {};
  const over = overridesOf(step.id, input.flags.overrides ?? []);
  const raw = rawSection(input, step, section, over);
  const written = input.config?.sections[step.id];
  const values = valuesAt(sectionJsonSchema(step), raw, []).map(({ path, value, given }): EffectiveValue => {
    const flag = over.find((one) => overlap(pathOf(one.path), path));
    const from = !given ? 'default' : flag ? flag.flag : hasValue(written, path) ? (input.config?.file ?? '') : 'practice value';
    return { path: path.join('.'), value, from };
  });
  return {
    id: step.id,
    wanted,
    judged,
    why: why(step, input, resolved),
    values: section === 'false' ? [] : values,
    missing: resolved.missing.filter(({ stepId }) => stepId === step.id).map(({ path, flag }) => ({ path, flag })),
  };
};

const overlap = (a: Path, b: Path): boolean => a.slice(0, b.length).every((part, index) => b[index] === part);

const why = (step: AnyStep, { config, sandbox }: ResolveInput, resolved: Resolved): string => {
  const { section, intended, excluded } = resolved.steps[step.id] ?? {};
  const file = config?.file ?? 'bootstrap.yaml';
  if (section === 'false') return `not wanted: ${file} has false`;
  if (excluded) return `${intended ? 'wanted' : 'not wanted'}, and not in this run because of --only or --skip`;
  if (section === 'given') return config?.sections[step.id] === undefined ? 'wanted: a flag sets it' : `wanted: ${file} has this section`;
  if (sandbox) return 'wanted: the practice account wants every step';
  if (step.whenAbsent === 'wanted') return 'wanted by default';
  return step.whenAbsent === 'audit' ? `not wanted, but checked: ${file} has no such section` : `not wanted: ${file} has no such section`;
};

interface Leaf {
  readonly path: Path;
  readonly value: unknown;
  /** Set somewhere, so not a default. */
  readonly given: boolean;
}

/** The values of a section, including defaults. A list is one value. */
const valuesAt = (schema: JsonSchema, raw: unknown, above: Path): readonly Leaf[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, inner]): readonly Leaf[] => {
    const path = [...above, key];
    const given = hasValue(raw, path);
    const value = given ? valueAt(raw, path) : inner.default;
    if (value === undefined) return [];
    const mapping = (inner.anyOf ?? [inner]).find((form) => form.properties !== undefined);
    return mapping !== undefined && typeof value === 'object' ? valuesAt(mapping, raw, path) : [{ path, value, given }];
  });

/** As YAML that has the same meaning when it is read again. */
export const effectiveYaml = ({ file, account, secrets, steps, waivers }: Effective): string =>
  [
    `# The configuration in effect: ${file === null ? '' : `${file}, `}flags and defaults. AWS was not called.`,
    'version: 1',
    ...(account === null ? ['# account: not set'] : ['account:', `  id: ${flowYaml(account.id)} # ${account.from}`]),
    ...steps.flatMap((step) => ['', ...sectionLines(step)]),
    ...(secrets === null ? [] : ['', ...secretsLines(secrets)]),
    ...(waivers.length === 0 ? [] : ['', 'waivers:', ...waivers.map((waiver) => `  - ${flowYaml(waiver)} # ${file}`)]),
    '',
  ].join('\n');

const secretsLines = ({ destination, from }: NonNullable<Effective['secrets']>): readonly string[] => {
  const section = secretsSection(destination);
  if (section === undefined) return [`# secrets: shown once at the terminal (${from})`];
  return ['secrets:', ...Object.entries(section).map(([key, value]) => `  ${key}: ${flowYaml(value)} # ${from}`)];
};

const sectionLines = ({ id, wanted, why: reason, values, missing }: EffectiveStep): readonly string[] => {
  const asked = missing.map(({ path, flag }) => `  # ${path.replace(/\.\d+$/, '')}: missing; init asks for it (${flag})`);
  const left = missing.map(({ path }) => path.replace(/\.\d+$/, ''));
  const lines = nested(values.filter(({ path }) => !left.includes(path)));
  if (wanted || reason.startsWith('wanted')) return [`# ${reason}`, lines.length === 0 ? `${id}: {}` : `${id}:`, ...lines, ...asked];
  if (values.length === 0) return [`# ${reason}`, `${id}: false`];
  return [`# ${reason}`, `# ${id}:`, ...lines.map((line) => `# ${line}`)];
};

/** The values as lines, with a line for each mapping above them. */
const nested = (values: readonly EffectiveValue[]): readonly string[] =>
  values.flatMap(({ path, value, from }, index) => {
    const parts = path.split('.');
    const before = values[index - 1]?.path.split('.') ?? [];
    const shared = parts.findIndex((part, at) => before[at] !== part);
    const parents = parts.slice(shared, -1).map((part, at) => `${'  '.repeat(shared + at + 1)}${part}:`);
    return [...parents, `${'  '.repeat(parts.length)}${parts.at(-1)}: ${flowYaml(value)} # ${from}`];
  });
