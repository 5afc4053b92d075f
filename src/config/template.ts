import type { AnyStep } from '../core/step.js';
import { configJsonSchema, type JsonSchema } from './schema.js';
import { flowYaml } from './source.js';

/**
 * A first bootstrap.yaml: every key with its meaning, defaults as they are, and what has no default as an example behind a `#`. It
 * means the same as no file at all. With `live` the examples stand in it as well, for a test to hold them against the schema.
 */
export const configTemplate = (steps: readonly AnyStep[], { live = false }: { readonly live?: boolean } = {}): string => {
  const sections = Object.entries(configJsonSchema(steps).properties ?? {}).map(([key, schema]) => {
    const step = steps.find(({ id }) => id === key);
    const asked = (step?.questions ?? []).map(({ path }) => `${key}.${path}`.replace(/\.\d+$/, ''));
    // A section alone can mean "wanted": what is not wanted by default must not stand there.
    const optional = step !== undefined && step.whenAbsent !== 'wanted';
    const entry = entryOf(key, schema, { path: key, required: false, asked });
    return print(optional ? { ...entry, kind: 'example' } : entry, live);
  });
  return [...head, ...sections.flatMap((lines) => ['', ...lines]), ''].join('\n');
};

const head = [
  '# Configuration of aws-account-bootstrap. Everything here has a default or is asked for; examples stand behind a #.',
  '# `false` in place of a section leaves that step out. `bootstrap config validate` checks this file without calling AWS.',
  '# For help in an editor: `bootstrap config schema --output-file bootstrap.schema.json`, then write into the first line',
  '# `yaml-language-server: $schema=bootstrap.schema.json`, as a comment.',
];

interface Place {
  /** `budget.alerts` */
  readonly path: string;
  readonly required: boolean;
  /** Paths that are asked for: a default that answers nothing (an empty list) is none. */
  readonly asked: readonly string[];
}
interface Entry {
  readonly doc: readonly string[];
  /**
   * `default`: means what it means when it is absent. `required`: without it the mapping around it is wrong. `other`: wrong beside
   * another key that is shown.
   */
  readonly kind: 'default' | 'required' | 'example' | 'other';
  readonly lines: readonly string[];
  /** Of a mapping; `lines` is its key then. */
  readonly children: readonly Entry[];
}

const entryOf = (key: string, schema: JsonSchema, place: Place): Entry => {
  const mapping = (schema.anyOf ?? [schema]).find((form) => form.properties !== undefined);
  const doc = comment(`${schema.description ?? ''}${wordsOf(schema)}`);
  if (mapping === undefined) return leafOf(key, schema, place, doc);
  const children = Object.entries(mapping.properties ?? {}).map(([name, inner]) =>
    entryOf(name, inner, { ...place, path: `${place.path}.${name}`, required: mapping.required?.includes(name) === true }),
  );
  const byDefault = children.some(({ kind }) => kind === 'default') && children.every(({ kind }) => kind !== 'required');
  return { doc, kind: byDefault ? 'default' : place.required ? 'required' : 'example', lines: [`${key}:`], children };
};

const leafOf = (key: string, schema: JsonSchema, { path, required, asked }: Place, prose: readonly string[]): Entry => {
  const value = schema.default ?? schema.const;
  const doc = [...prose, ...itemDocs(schema.items)];
  const hollow = Array.isArray(value) && value.length === 0 && (asked.includes(path) || isMapping(schema.items));
  if (value !== undefined && !hollow) return { doc, kind: 'default', lines: written(key, value), children: [] };
  const choice = choices.find((paths) => paths.includes(path));
  const kind = choice ? (choice[0] === path ? 'required' : 'other') : required ? 'required' : 'example';
  const example = exampleOf(path, schema);
  return { doc, kind, lines: example === undefined ? [`${key}:`] : written(key, example), children: [] };
};

const print = ({ doc, kind, lines, children }: Entry, live: boolean): readonly string[] => {
  // A mapping behind a # needs something in it that is not behind a second one.
  const hollow = children.every((child) => child.kind === 'example');
  const body = [...lines, ...children.flatMap((child) => print(child, live || hollow)).map((line) => `  ${line}`)];
  const shown = kind === 'default' || kind === 'required' || (live && kind === 'example');
  return [...doc, ...(shown ? body : body.map((line) => `# ${line}`))];
};

/** A list of mappings has a line for each; everything else stands on one line. */
const written = (key: string, value: unknown): readonly string[] =>
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

/** The words a value can be, where it is one of a few. */
const wordsOf = (schema: JsonSchema): string => {
  const forms = schema.anyOf ?? [schema];
  const words = forms.flatMap((form) => form.enum ?? (form.const === undefined ? [] : [form.const]));
  return words.length > 1 ? ` (${words.join(' | ')})` : '';
};

const width = 110;

const comment = (text: string, lead = '# '): readonly string[] => {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width)
      lines.push(`${lines.length === 0 ? lead : '#'.padEnd(lead.length)}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};

/** A value that may stand at a key of bootstrap.yaml; lists get an entry that is complete. A test sees to it that there is one. */
const exampleOf = (path: string, { enum: words, title }: JsonSchema): unknown =>
  byPath[path] ?? byPath[path.slice(path.lastIndexOf('.') + 1)] ?? (title === undefined ? undefined : byTitle[title]) ?? words?.[0];

/** Keys of which only one may stand; the first is the one to show. */
const choices: readonly (readonly string[])[] = [['secrets.file', 'secrets.command', 'secrets.age']];

/** By whole path, or by the last key of it. */
const byPath: Readonly<Record<string, unknown>> = {
  'account.id': '123456789012',
  'secrets.file': '../acme-secrets.json',
  'secrets.command': ['./store-secret.sh', 'acme'],
  'secrets.age': 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  'budget.subscribers': ['ops@example.com'],
  'access-keys.user': 'ci',
  'access-keys.group': 'ci-readers',
  'access-keys.profile': 'acme-prod',
  'organization.accounts': [{ name: 'sandbox', email: 'aws+sandbox@example.com' }],
  name: 'Operations',
  title: 'On call',
  email: 'ops@example.com',
  phone: '+1 555 0100',
  waivers: [{ check: 'mfa.root-hardware', reason: 'keys arrive in December', owner: 'alex', expires: '2027-01-15' }],
  'admin-user.name': 'alex',
  'alias.name': 'acme-prod',
};

const byTitle: Readonly<Record<string, unknown>> = {
  'account id': '123456789012',
  'IAM name': 'alex',
  'account alias': 'acme-prod',
  'e-mail address': 'ops@example.com',
  date: '2026-11-23',
};
