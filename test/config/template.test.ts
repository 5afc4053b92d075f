import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configTemplate } from '../../src/config/template.js';
import type { AnyStep } from '../../src/core/step.js';
import { alias, budget, steps } from './three-steps.js';

/** The first bootstrap.yaml that `bootstrap config new` writes. */

describe('a new config', () => {
  it('has every key with its meaning, and its default or an example', () => {
    expect(configTemplate(steps)).toBe(
      `# Configuration of aws-account-bootstrap. Every key has a default or init asks for it; examples are comments.
# \`false\` instead of a section skips that step. \`bootstrap config validate\` checks this file without calling AWS.
# For help in an editor: \`bootstrap config schema --output-file bootstrap.schema.json\`, then add as the first line
# the comment \`yaml-language-server: $schema=bootstrap.schema.json\`.

# Version of the file's format: 1.
version: 1

# The account this file is for.
# account:
#   # Id of the account this file is for, in quotes. A run against another account stops before anything is
#   # changed.
#   id: "123456789012"

# A monthly cost budget. \`false\` leaves it out.
budget:
  # Name of the budget.
  name: Monthly $10 Budget
  # Limit for a month.
  limit: 10 USD
  # Count credits as spending.
  include-credits: false
  # When to write.
  # - at: Share of the limit.
  # - of: What is compared. (actual | forecasted)
  alerts:
    - { at: 80% }
  # Who is written to.
  # subscribers:
  # A user.
  # contact:
  #   # Phone.
  #   phone: +1 555 0100
  #   # Title | role.
  #   # title: On call
  # A policy, or none.
  policy:
    # Length.
    length: 14

# A name for the sign-in page. \`false\` leaves it out.
# alias:
#   # The alias.
#   name: Operations

# Member accounts. \`false\` leaves it out.
# organization:
#   # Central root.
#   central-root: false
#   # Who.
#   # admin: alex
#   # Tags.
#   tags: {}

# Where passwords, MFA seeds and access keys are stored: one of \`file\`, \`command\` and \`age\`.
# secrets:
#   # File that receives the secrets (mode 0600). A relative path starts at the folder of this file.
#   file: ../acme-secrets.json
#   # Program and arguments; it receives each secret as JSON on its standard input. It is started without a shell.
#   # command: [ ./store-secret.sh, acme ]
#   # Names of environment variables that the program of \`command\` needs in addition to PATH, HOME, LANG, LC_*,
#   # TERM and XDG_*, such as the token of a password manager.
#   # command-env: [ OP_SERVICE_ACCOUNT_TOKEN ]
#   # Age recipient (or a list of them) that a new file is encrypted to.
#   # age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p

# Findings that are accepted for a limited time. A finding that could not be read is never waived.
# - check: Id of the check, as \`bootstrap check\` prints it.
# - resource: The resource, exactly as in the JSON result; all resources when absent.
# - reason: Why the finding is accepted.
# - owner: Who is responsible for it.
# - expires: The last day of the waiver (UTC). \`check\` warns 14 days before the end; after it, the finding
#   counts again.
# waivers:
#   - { check: mfa.root-hardware, reason: keys arrive in December, owner: alex, expires: 2027-01-15 }
`,
    );
  });

  it('names the schema for editors if there is one, instead of how to write one', () => {
    const text = configTemplate(steps, { schema: 'https://x.example/s.json' });
    expect(text.split('\n').slice(0, 4)).toEqual([
      '# yaml-language-server: $schema=https://x.example/s.json',
      expect.stringMatching(/^# Configuration/),
      expect.stringMatching(/^# `false` instead/),
      '',
    ]);
  });

  const shape = (schema: AnyStep['schema'], more: Partial<AnyStep> = {}, options: Parameters<typeof configTemplate>[1] = {}) => {
    const text = configTemplate([{ ...budget, id: 'shape', about: 'A shape.', schema, questions: [], ...more }], options);
    return text.slice(text.indexOf('# A shape.'), text.indexOf('\n# Where passwords')).trimEnd().split('\n').slice(1);
  };
  const text = z.string();
  const word = z.enum(['on', 'off']);

  it.each<[string, AnyStep['schema'], Partial<AnyStep>, readonly string[]]>([
    ['no keys', z.strictObject({}), {}, ['# shape:']],
    ['only examples', z.strictObject({ email: z.optional(text) }), {}, ['# shape:', '#   email: ops@example.com']],
    ['a required key', z.strictObject({ email: text }), {}, ['# shape:', '#   email: ops@example.com']],
    [
      'a default and a required key',
      z.strictObject({ a: z._default(text, 'x'), email: text }),
      {},
      ['# shape:', '#   a: x', '#   email: ops@example.com'],
    ],
    [
      'a default and an example',
      z.strictObject({ a: z._default(text, 'x'), email: z.optional(text) }),
      {},
      ['shape:', '  a: x', '  # email: ops@example.com'],
    ],
    [
      'a step that is not wanted by default',
      z.strictObject({ a: z._default(text, 'x') }),
      { whenAbsent: 'skip' },
      ['# shape:', '#   a: x'],
    ],
    ['an example of the step', z.strictObject({ a: z.optional(text) }), { examples: { a: 'mine', b: 'no' } }, ['# shape:', '#   a: mine']],
    [
      'an example of the step before one by name',
      z.strictObject({ email: z.optional(text) }),
      { examples: { email: 'me@example.com' } },
      ['# shape:', '#   email: me@example.com'],
    ],
    ['a key without an example', z.strictObject({ a: z.optional(text) }), {}, ['# shape:', '#   a:']],
    [
      'one of a few words',
      z.strictObject({ a: z.optional(word).check(z.describe('Switch.')) }),
      {},
      ['# shape:', '#   # Switch. (on | off)', '#   a: on'],
    ],
    [
      'words of several forms',
      z.strictObject({ a: z._default(z.union([word, z.literal(false)]), false) }),
      {},
      ['shape:', '  # (on | off | false)', '  a: false'],
    ],
    ['one word', z.strictObject({ a: z.literal('x') }), {}, ['shape:', '  a: x']],
    ['an empty list', z.strictObject({ a: z._default(z.array(text), []) }), {}, ['shape:', '  a: []']],
    [
      'an empty list that init asks for',
      z.strictObject({ a: z._default(z.array(text), []) }),
      { questions: [{ path: 'a.0', flag: '--a', question: 'A?', validate: () => undefined }], examples: { a: ['x'] } },
      ['# shape:', '#   a: [ x ]'],
    ],
    [
      'an empty list whose entries have a key that init asks for',
      z.strictObject({ a: z._default(z.array(text), []) }),
      { questions: [{ path: 'a.0.b', flag: '--a', question: 'A?', validate: () => undefined }], examples: { a: ['x'] } },
      ['shape:', '  a: []'],
    ],
    [
      'a full list that init asks for',
      z.strictObject({ a: z._default(z.array(text), ['y']) }),
      { questions: [{ path: 'a.0', flag: '--a', question: 'A?', validate: () => undefined }], examples: { a: ['x'] } },
      ['shape:', '  a: [ y ]'],
    ],
    [
      'an empty list of mappings',
      z.strictObject({ a: z._default(z.array(z.strictObject({ b: text.check(z.describe('Bee.')) })), []) }),
      { examples: { a: [{ b: 'x' }, { b: 'y' }] } },
      ['# shape:', '#   # - b: Bee.', '#   a:', '#     - { b: x }', '#     - { b: y }'],
    ],
    [
      'a mapping in a mapping',
      z.strictObject({ a: z.optional(z.strictObject({ email: text, title: z.optional(text) })), b: z._default(z.boolean(), true) }),
      {},
      ['shape:', '  # a:', '  #   email: ops@example.com', '  #   # title: On call', '  b: true'],
    ],
    [
      'a mapping that is required',
      z.strictObject({ a: z.strictObject({ email: text }), b: z._default(z.boolean(), true) }),
      {},
      ['# shape:', '#   a:', '#     email: ops@example.com', '#   b: true'],
    ],
  ])('shows %s', (_, schema, more, lines) => {
    expect(shape(schema, more)).toEqual(lines);
  });

  it('has no comments in front of examples when they have to be valid', () => {
    expect(shape(z.strictObject({ email: z.optional(text), b: z._default(z.boolean(), true) }), {}, { live: true })).toEqual([
      'shape:',
      '  email: ops@example.com',
      '  b: true',
    ]);
  });

  it('shows only one of several keys that exclude each other, also when examples have to be valid', () => {
    const secrets = parse(configTemplate(steps, { live: true })).secrets as object;
    expect(Object.keys(secrets)).toEqual(['file']);
  });

  it('breaks a long meaning after at most 110 columns', () => {
    const long = (length: number) => `${'x'.repeat(100)} ${'y'.repeat(length - 101)} end`;
    const linesOf = (length: number) => shape(z.strictObject({ a: z._default(text, 'x').check(z.describe(long(length))) })).slice(1, -1);
    expect(linesOf(108)).toEqual([`  # ${long(108).slice(0, 108)}`, '  # end']);
    expect(linesOf(109)).toEqual([`  # ${'x'.repeat(100)}`, `  # ${'y'.repeat(8)} end`]);
  });

  it('can be read as YAML', () => {
    expect(parse(configTemplate([alias]))).toEqual({ version: 1 });
  });
});
