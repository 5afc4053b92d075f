import { isDeepStrictEqual } from 'node:util';
import { isScalar, parseDocument, type Scalar, stringify, YAMLMap } from 'yaml';
import type { Destination } from '../core/secret.js';
import type { AnyStep } from '../core/step.js';
import { secretsSection } from './destination.js';
import { applyOverrides, type Override, overridesOf, withValue } from './override.js';
import type { Path } from './problem.js';
import { yamlForm } from './source.js';
import { schemaComment } from './template.js';

export interface Answered {
  readonly accountId: string;
  /** From flags and answers. */
  readonly overrides: readonly Override[];
  readonly destination: Destination | undefined;
  /** Date of the file: `2026-11-23`. */
  readonly day: string;
  /** URL of the JSON Schema for editors, if there is one. */
  readonly schema?: string | undefined;
}

/** The answers as a first bootstrap.yaml: with it, the same run asks no questions. Postponed steps are not in it. */
export const answersYaml = (steps: readonly AnyStep[], { accountId, overrides, destination, day, schema }: Answered): string => {
  const sections = steps.flatMap((step) => {
    const own = overridesOf(step.id, overrides);
    return own.length === 0 ? [] : [[step.id, applyOverrides(step, undefined, own)] as const];
  });
  const secrets = destination === undefined ? undefined : secretsSection(destination);
  return [
    ...(schema === undefined ? [] : [schemaComment(schema)]),
    `# Answers of \`bootstrap init\` on ${day}. Keys that are not here have their defaults: \`bootstrap config show\` prints all of them.`,
    'version: 1',
    ...[['account', { id: accountId }] as const, ...sections, ...(secrets === undefined ? [] : [['secrets', secrets] as const])].map(
      ([key, value]) => `\n${stringify({ [key]: value }, { lineWidth: 0 }).trimEnd()}`,
    ),
    '',
  ].join('\n');
};

/**
 * The text of a config with one value set. Comments, the order of keys and blank lines stay; the layout within a line may be normalised.
 * undefined when the value cannot be set without changing something else (an anchor, a text where a mapping is needed): the result is
 * read again, and must equal the old data plus the value.
 */
export const setConfigValue = (text: string, path: Path, value: unknown): string | undefined => {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const before = dataIn(text);
  if (before === undefined) return undefined;
  const document = parseDocument(text, { ...yamlForm, logLevel: 'silent' });
  try {
    for (const depth of path.keys()) {
      const above = path.slice(0, depth);
      const node = document.getIn(above, true);
      // `budget:` alone is null, which cannot take a key.
      if (isScalar(node) && node.value === null) document.setIn(above, emptyMap(node));
    }
    document.setIn(path, value);
  } catch {
    return undefined;
  }
  const edited = document.toString({ lineWidth: 0 });
  if (!isDeepStrictEqual(dataIn(edited), withValue(before ?? {}, path, value))) return undefined;
  return mark + (text.includes('\r\n') ? edited.replaceAll('\n', '\r\n') : edited);
};

const emptyMap = ({ comment }: Scalar): YAMLMap => {
  const map = new YAMLMap();
  map.commentBefore = comment ?? null;
  return map;
};

/** undefined for a text that is not YAML. */
const dataIn = (text: string): unknown => {
  const document = parseDocument(text, { ...yamlForm, logLevel: 'silent' });
  return document.errors.length > 0 ? undefined : document.toJS();
};
