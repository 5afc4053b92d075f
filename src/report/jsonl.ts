import type { RunReport } from '../core/report.js';
import { plainJson } from '../core/text.js';

/**
 * One JSON value per line, each with a `type`: first `run`; for an organization one `account` per account; one `change` per planned
 * change; one `result` per check; for `init` one `step` per step; last `summary`. A file without `summary` is truncated.
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
