import type { RunReport } from '../core/report.js';
import type { Spend } from '../core/spend.js';

/** The spend to show for the account of the report: of the budget that is used up most. */
export const spendOf = ({ results, account }: Pick<RunReport, 'results' | 'account'>): Spend | undefined =>
  results
    .flatMap(({ accountId, spend }) => (spend === undefined || accountId !== account?.id ? [] : [spend]))
    .toSorted((a, b) => spendShares(b).most - spendShares(a).most)[0];

/** Lengths on a bar that ends at the largest amount, from 0 to 1. `most`: the larger of spend and forecast, as a share of the limit. */
export const spendShares = ({
  actual,
  forecast,
  limit,
}: Spend): { readonly actual: number; readonly forecast: number; readonly limit: number; readonly most: number } => {
  const largest = Math.max(actual, forecast ?? 0, limit);
  const of = (amount: number): number => (largest > 0 ? Math.min(1, Math.max(0, amount / largest)) : 0);
  const spent = Math.max(actual, forecast ?? 0);
  return {
    actual: of(actual),
    forecast: of(spent),
    limit: of(limit),
    most: limit > 0 ? spent / limit : spent > 0 ? Number.MAX_VALUE : 0,
  };
};

/** `43 % of the limit, forecast 121 %`, for a limit above 0. */
export const spendShareWords = ({ actual, forecast, limit }: Spend): string => {
  const percent = (amount: number): string => `${Math.round((100 * amount) / limit)} %`;
  return `${percent(actual)} of the limit${forecast === null ? '' : `, forecast ${percent(forecast)}`}`;
};
