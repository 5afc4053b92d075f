import type { AnyStep } from '../core/step.js';
import { configJsonSchema } from './json-schema.js';
import type { JsonSchema } from './schema.js';
import { flowYaml } from './source.js';

/**
 * A first bootstrap.yaml: every key with its meaning and default. Keys without a default are examples in comments, so that the file means
 * the same as no file. With `live`, the examples are not comments, so that a test can check them against the schema. `schema` is the URL of
 * the JSON Schema for editors.
 */
export const configTemplate = (
  steps: readonly AnyStep[],
  { live = false, schema }: { readonly live?: boolean; readonly schema?: string | undefined } = {},
): string => {
  const sections = Object.entries(configJsonSchema(steps).properties ?? {}).map(([key, form]) => {
    const step = steps.find(({ id }) => id === key);
    const asked = (step?.questions ?? []).map(({ path }) => `${key}.${path}`.replace(/\.\d+$/, ''));
    // A section can mean "wanted", so a step that is not wanted by default must be a comment.
    const optional = step !== undefined && step.whenAbsent !== 'wanted';
    const examples = prefixed(key, step?.examples ?? {});
    const entry = entryOf(key, form, { path: key, required: false, asked, examples });
    return print(optional ? { ...entry, kind: 'example' } : entry, live);
  });
  return [...head(schema), ...sections.flatMap((lines) => ['', ...lines]), ''].join('\n');
};

const prefixed = (key: string, examples: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(examples).map(([path, value]) => [`${key}.${path}`, value]));

/** The comment that editors with the YAML language server read. https://github.com/redhat-developer/yaml-language-server#using-inlined-schema */
export const schemaComment = (url: string): string => `# yaml-language-server: $schema=${url}`;

const head = (schema: string | undefined): readonly string[] => [
  ...(schema === undefined ? [] : [schemaComment(schema)]),
  '# Configuration of aws-account-bootstrap. Every key has a default or init asks for it; examples are comments.',
  '# `false` instead of a section skips that step. `bootstrap config validate` checks this file without calling AWS.',
  ...(schema === undefined
    ? [
        '# For help in an editor: `bootstrap config schema --output-file bootstrap.schema.json`, then add as the first line',
        '# the comment `yaml-language-server: $schema=bootstrap.schema.json`.',
      ]
    : []),
];

interface KeyContext {
  /** `budget.alerts` */
  readonly path: string;
  readonly required: boolean;
  /** Paths that init asks for: an empty list is not a default for them. */
  readonly asked: readonly string[];
  /** By whole path. */
  readonly examples: Readonly<Record<string, unknown>>;
}
interface Entry {
  readonly doc: readonly string[];
  /**
   * `default`: means the same as an absent key. `required`: the mapping is invalid without it. `other`: invalid together with another key
   * that is shown.
   */
  readonly kind: 'default' | 'required' | 'example' | 'other';
  readonly lines: readonly string[];
  /** Of a mapping, whose key is `lines`. */
  readonly children: readonly Entry[];
}

const entryOf = (key: string, schema: JsonSchema, context: KeyContext): Entry => {
  const mapping = (schema.anyOf ?? [schema]).find((form) => form.properties !== undefined);
  const doc = comment(`${schema.description ?? ''}${wordsOf(schema)}`);
  if (mapping === undefined) return leafOf(key, schema, context, doc);
  const children = Object.entries(mapping.properties ?? {}).map(([name, inner]) =>
    entryOf(name, inner, { ...context, path: `${context.path}.${name}`, required: mapping.required?.includes(name) === true }),
  );
  const byDefault = children.some(({ kind }) => kind === 'default') && children.every(({ kind }) => kind !== 'required');
  return { doc, kind: byDefault ? 'default' : context.required ? 'required' : 'example', lines: [`${key}:`], children };
};

const leafOf = (key: string, schema: JsonSchema, { path, required, asked, examples }: KeyContext, prose: readonly string[]): Entry => {
  const value = schema.default ?? schema.const;
  const doc = [...prose, ...itemDocs(schema.items)];
  const isEmpty = Array.isArray(value) && value.length === 0 && (asked.includes(path) || isMapping(schema.items));
  if (value !== undefined && !isEmpty) return { doc, kind: 'default', lines: toLines(key, value), children: [] };
  const choice = choices.find((paths) => paths.includes(path));
  const kind = choice ? (choice[0] === path ? 'required' : 'other') : required ? 'required' : 'example';
  const example = examples[path] ?? exampleOf(path, schema);
  return { doc, kind, lines: example === undefined ? [`${key}:`] : toLines(key, example), children: [] };
};

const print = ({ doc, kind, lines, children }: Entry, live: boolean): readonly string[] => {
  // A mapping in a comment needs an entry that is not in a second comment.
  const onlyExamples = children.every((child) => child.kind === 'example');
  const body = [...lines, ...children.flatMap((child) => print(child, live || onlyExamples)).map((line) => `  ${line}`)];
  const shown = kind === 'default' || kind === 'required' || (live && kind === 'example');
  return [...doc, ...(shown ? body : body.map((line) => `# ${line}`))];
};

/** A list of mappings has one line for each entry; everything else is on one line. */
const toLines = (key: string, value: unknown): readonly string[] =>
  Array.isArray(value) && value.some((item) => typeof item === 'object')
    ? [`${key}:`, ...value.map((item) => `  - ${flowYaml(item)}`)]
    : [`${key}: ${flowYaml(value)}`];

const isMapping = (schema: JsonSchema['items']): boolean => typeof schema === 'object' && schema.properties !== undefined;

const itemDocs = (items: JsonSchema['items']): readonly string[] =>
  typeof items === 'object'
    ? Object.entries(items.properties ?? {}).flatMap(([name, inner]) =>
        comment(`${name}: ${inner.description ?? ''}${wordsOf(inner)}`, '# - '),
      )
    : [];

/** The allowed words, if the value is one of a few. */
const wordsOf = (schema: JsonSchema): string => {
  const forms = schema.anyOf ?? [schema];
  const words = forms.flatMap((form) => form.enum ?? (form.const === undefined ? [] : [form.const]));
  return words.length > 1 ? ` (${words.join(' | ')})` : '';
};

const width = 110;

const comment = (text: string, lead = '# '): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.match(/\S+/g) ?? []) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width)
      lines.push(`${lines.length === 0 ? lead : '#'.padEnd(lead.length)}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};

/** An example for a key of bootstrap.yaml; lists have one complete entry. A test checks that every key has one. */
const exampleOf = (path: string, { enum: words, title }: JsonSchema): unknown =>
  byPath[path] ?? byPath[path.slice(path.lastIndexOf('.') + 1)] ?? byTitle[title ?? ''] ?? words?.[0];

/** Keys that exclude each other; the first is shown. */
const choices: readonly (readonly string[])[] = [['secrets.file', 'secrets.command', 'secrets.command-env', 'secrets.age']];

/** By full path, or by the last key. */
const byPath: Readonly<Record<string, unknown>> = {
  'account.id': '123456789012',
  'secrets.file': '../acme-secrets.json',
  'secrets.command': ['./store-secret.sh', 'acme'],
  'secrets.command-env': ['OP_SERVICE_ACCOUNT_TOKEN'],
  'secrets.age': 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  name: 'Operations',
  title: 'On call',
  email: 'ops@example.com',
  phone: '+1 555 0100',
  waivers: [{ check: 'mfa.root-hardware', reason: 'keys arrive in December', owner: 'alex', expires: '2027-01-15' }],
};

const byTitle: Readonly<Record<string, unknown>> = {
  'account id': '123456789012',
  'IAM name': 'alex',
  'account alias': 'acme-prod',
  'email address': 'ops@example.com',
  date: '2026-11-23',
};
