import * as z from 'zod/mini';
import { savedReport } from './saved.js';

type Schema = { [key: string]: unknown; properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[] };

/** The JSON Schema (2020-12) of the document that `--output json` of init, check and undo writes; later versions may add keys. */
export const resultJsonSchema = (): object => {
  const schema = z.toJSONSchema(savedReport, { io: 'input' }) as Schema;
  for (const [path, description] of Object.entries(meanings)) at(schema, path.split('.')).description = description;
  return {
    ...schema,
    title: 'Result of aws-account-bootstrap',
    description: 'The result of a run of init, check or undo. Keys may be added; no key changes its meaning.',
  };
};

const at = (schema: Schema, path: readonly string[]): Schema =>
  path.reduce((around, part) => {
    const inner = (around.anyOf ?? [around]).map((form) => (form.items ?? form).properties?.[part]).find((found) => found !== undefined);
    if (inner === undefined) throw new Error(`the result has no ${path.join('.')}`);
    return inner;
  }, schema);

/** Descriptions of keys whose name does not explain them. */
const meanings: Readonly<Record<string, string>> = {
  schemaVersion: 'Version of this format.',
  command: 'The command that was run.',
  target:
    '`aws`, `sandbox` (the practice account), or the URL of another endpoint; `several` if `report` joined results of different ones.',
  account: 'null if the run failed before the account was known, and if `report` joined several results.',
  'account.alias': 'null if the account has none, or it could not be read.',
  'account.role': "The account's role in an organization; null if it could not be read.",
  'account.plan': 'The Free or Paid plan of AWS, with the credits that are left and the end of a Free plan; null if it could not be read.',
  'account.identity': 'The caller, as returned by GetCallerIdentity.',
  accounts:
    'With --org: every account of the organization, the management account first. From `report` with several files: the accounts of all of them.',
  'accounts.state': 'As returned by AWS Organizations.',
  'accounts.identity': 'The identity that checked the account; null if none could.',
  'accounts.unseen': 'Why the account was not checked; null if it was.',
  summary: 'How many results have each status.',
  kept: 'undo: what stays in the account, and why.',
  'kept.manual': 'What you have to do about it; null if nothing.',
  plan: 'init and undo: the changes that were approved, or that need approval.',
  'plan.calls': 'The AWS operations that the change may call, in order.',
  'plan.secretPlace': 'Where the secret goes that the change yields, and the flag or the line of a file that chose it.',
  results: 'One per finding and resource, including those that pass.',
  'results.id': '`bootstrap explain ID` prints a page about it.',
  'results.kind':
    '`wanted`: part of what init sets up. `audit`: reported only by check. What the config names is `wanted`, whatever the check.',
  'results.status': '`unknown`: it could not be read. `manual`: must be confirmed or done manually.',
  'results.missingPermission': 'The IAM action that the run lacked to read it.',
  'results.fingerprint': 'The same in every run for the same account, finding and resource.',
  'results.cause': 'For `unknown`: why the read failed.',
  'results.spend': 'For a result about costs: the costs of this month, the forecast of AWS, and the limit of the budget, in one currency.',
  'results.spend.forecast': 'null if AWS has no forecast yet.',
  'results.remediation': 'How to fix it; with `by: init`, the tool does it.',
  'results.waiver':
    'From bootstrap.yaml: why, by whom and until when (last day) the finding is accepted. `ending`: within its last 14 days. `expired`: the finding counts again.',
  'results.evidence': 'The requests that the result is based on.',
  steps: 'init and undo: the outcome of each step.',
  'steps.verified': 'Every change of the step was verified by reading it back.',
  apiCalls: 'Requests sent to AWS, and how many of them were writes.',
  recap: 'init: account details, such as the sign-in URL and where each secret is stored.',
  warnings: 'Notices that do not affect the exit code, such as waivers that end soon.',
  error: 'The error that ended the run, if any. `bootstrap explain CODE` prints a page about the code.',
  exit: 'How the process ended.',
  'exit.retryAfterSeconds': 'Run the same command again after this time.',
};
