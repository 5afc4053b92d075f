import * as z from 'zod';
import { savedReport } from './saved.js';

type Schema = { [key: string]: unknown; properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[] };

/** The JSON Schema (2020-12) of the document that `--output json` of init and check writes; later versions may add keys. */
export const resultJsonSchema = (): object => {
  const schema = z.toJSONSchema(savedReport, { io: 'input' }) as Schema;
  for (const [path, description] of Object.entries(meanings)) at(schema, path.split('.')).description = description;
  return {
    ...schema,
    title: 'Result of aws-account-bootstrap',
    description: 'What a run of init or check has to say. Keys may be added; none changes its meaning.',
  };
};

const at = (schema: Schema, path: readonly string[]): Schema =>
  path.reduce((around, part) => {
    const inner = (around.anyOf ?? [around]).map((form) => (form.items ?? form).properties?.[part]).find((found) => found !== undefined);
    if (inner === undefined) throw new Error(`the result has no ${path.join('.')}`);
    return inner;
  }, schema);

/** What a name does not say by itself. */
const meanings: Readonly<Record<string, string>> = {
  schemaVersion: 'Version of this format.',
  command: 'The command that was run.',
  target: '`aws`, `sandbox` (the practice account), or the URL of another endpoint.',
  account: 'null when the run failed before the account was known.',
  'account.alias': 'null when the account has none, or it could not be read.',
  'account.role': "The account's place among organizations; null when it could not be read.",
  'account.identity': 'Who called, as GetCallerIdentity says.',
  accounts: 'With --org: every account of the organization, the management account first.',
  'accounts.state': 'As AWS Organizations says.',
  'accounts.identity': 'Who looked into the account; null when nobody could.',
  'accounts.unseen': 'Why the account was not looked at; null when it was.',
  summary: 'How many results have each status.',
  plan: 'init: the changes that were approved, or that would have to be.',
  'plan.calls': 'The operations of AWS that the change may call, in order.',
  'plan.secretPlace': 'Where the secret goes that the change yields, and the flag or the line of a file that chose it.',
  results: 'One for each finding and resource, those that pass included.',
  'results.id': '`bootstrap explain ID` has a page for it.',
  'results.kind':
    '`wanted`: part of what init brings about. `audit`: only check speaks of it. What the config names is wanted whatever its check.',
  'results.status': '`unknown`: it could not be read. `manual`: only a person can tell or do.',
  'results.missingPermission': 'The IAM action that would have let the run see.',
  'results.fingerprint': 'The same in every run for the same account, finding and resource.',
  'results.cause': 'For `unknown`: what became of the read.',
  'results.remediation': 'How the gap is closed; `by: init` is done by the tool.',
  'results.waiver':
    'What bootstrap.yaml says of why, by whom and until when (the last day) the finding is accepted. `ending`: within its last 14 days. `expired`: the finding counts again.',
  'results.evidence': 'The requests that the statement rests on.',
  steps: 'init: what became of each step.',
  'steps.verified': 'Every change of the step was read back.',
  apiCalls: 'Requests sent to AWS, and how many of them were writes.',
  recap: 'init: facts to keep, such as the sign-in URL and where each secret is.',
  warnings: 'What decides nothing but should be known, such as waivers that end soon.',
  error: 'What ended the run, when something did. `bootstrap explain CODE` has a page for the code.',
  exit: 'How the process ended.',
  'exit.retryAfterSeconds': 'After this time the same command is worth running again.',
};
