import type { RunReport } from '../core/report.js';
import { plainJson } from '../core/text.js';

/**
 * One JSON value a line, each with a `type`: first `run`, then (of an organization) an `account` each, then a `change` for each planned one and a `result` for each check (and, of
 * `init`, a `step` for each step), last `summary`. A file without its `summary` is cut off.
 */
export const renderJsonl = (report: RunReport): string => {
  const { results, accounts = [], plan = [], steps = [], summary, apiCalls, recap, error, exit, ...run } = report;
  return [
    { type: 'run', ...run },
    ...accounts.map((account) => ({ type: 'account', ...account })),
    ...plan.map((change) => ({ type: 'change', ...change })),
    ...results.map((result) => ({ type: 'result', ...result })),
    ...steps.map((step) => ({ type: 'step', ...step })),
    {
      type: 'summary',
      summary,
      apiCalls,
      ...(recap === undefined ? {} : { recap }),
      ...(error === undefined ? {} : { error }),
      exit,
    },
  ]
    .map((line) => `${plainJson(JSON.stringify(line))}\n`)
    .join('');
};
