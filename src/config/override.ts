import type { AnyStep } from '../core/step.js';
import { sectionJsonSchema } from './json-schema.js';
import { formsAt } from './schema.js';
import type { Path } from './problem.js';

/** A value given by a flag, as raw text, for one place of a step's section. */
export interface Override {
  readonly step: string;
  /** Path inside the section: `name`, `subscribers.0`. Empty: the section as such is wanted. */
  readonly path: string;
  readonly value: string;
  /** As typed, for messages: `--alias`. */
  readonly flag: string;
}

export const pathOf = (path: string): Path =>
  path === '' ? [] : path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** Whether a path has a value; an empty text and null do not count. */
export const hasValue = (root: unknown, path: Path): boolean => {
  const value = valueAt(root, path);
  return value !== undefined && value !== null && value !== '';
};

export const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined),
    root,
  );

/** A copy with one value set. A text where a mapping is needed is replaced. */
export const withValue = (root: unknown, path: Path, value: unknown): unknown => {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (typeof part === 'number') {
    const list: readonly unknown[] = Array.isArray(root) ? root : [];
    return part < list.length ? list.with(part, withValue(list[part], rest, value)) : [...list, withValue(undefined, rest, value)];
  }
  const mapping = typeof root === 'object' && !Array.isArray(root) ? (root as Readonly<Record<PropertyKey, unknown>> | null) : null;
  return { ...mapping, [part]: withValue(mapping?.[part], rest, value) };
};

/** The overrides of one step, with list entries numbered in the order of the command line. */
export const overridesOf = (stepId: string, overrides: readonly Override[]): readonly Override[] => {
  const counts = new Map<string, number>();
  return overrides
    .filter(({ step }) => step === stepId)
    .map((override) => {
      const list = listOf(override);
      if (list === undefined) return override;
      const index = counts.get(list) ?? 0;
      counts.set(list, index + 1);
      return { ...override, path: `${list}.${index}` };
    });
};

const listOf = ({ path }: Override): string | undefined => /(.+)\.\d+$/.exec(path)?.[1];

/**
 * The section with the flags applied. A flag for a list entry replaces the whole list: a user who passes an address does not expect that
 * only the first address of the file is replaced.
 */
export const applyOverrides = (step: AnyStep, section: unknown, overrides: readonly Override[]): unknown => {
  const schema = sectionJsonSchema(step);
  const lists = new Set(overrides.map(listOf).filter((list) => list !== undefined));
  const cleared = [...lists].reduce<unknown>((root, list) => withValue(root, pathOf(list), []), section ?? {});
  return overrides.reduce((root, { path, value }) => {
    const keys = pathOf(path);
    return keys.length === 0 ? root : withValue(root, keys, parseFlagValue(value, formsAt(schema, keys)));
  }, cleared);
};

/** The text of a flag as the type that the schema has there; stays text if the schema accepts text. */
const parseFlagValue = (text: string, forms: ReturnType<typeof formsAt>): unknown => {
  const takes = (type: string): boolean => forms.some((form) => form.type === type);
  if (takes('string')) return text;
  if (takes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if ((takes('number') || takes('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (takes('array')) return text.split(',').map((entry) => entry.trim());
  return text;
};
