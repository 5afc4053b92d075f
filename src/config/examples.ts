import type { JsonSchema } from './json-schema.js';

/** A value that may stand at a key of bootstrap.yaml; lists get an entry that is complete. A test sees to it that there is one. */
export const exampleOf = (path: string, { enum: words, title }: JsonSchema): unknown =>
  byPath[path] ?? byPath[path.slice(path.lastIndexOf('.') + 1)] ?? (title === undefined ? undefined : byTitle[title]) ?? words?.[0];

/** Keys of which only one may stand; the first is the one to show. */
export const choices: readonly (readonly string[])[] = [['secrets.file', 'secrets.command', 'secrets.age']];

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
