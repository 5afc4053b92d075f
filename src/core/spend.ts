/** The costs of this month in one currency, as AWS last calculated them: up to about a day late. */
export interface Spend {
  readonly actual: number;
  /** null: AWS has no forecast yet. */
  readonly forecast: number | null;
  readonly limit: number;
  /** `USD` */
  readonly unit: string;
}

/** `4.28 of 10 USD (43 %), forecast 9.10 USD`. */
export const spendWords = ({ actual, forecast, limit, unit }: Spend): string => {
  const share = limit > 0 ? ` (${Math.round((100 * actual) / limit)} %)` : '';
  return `${actual.toFixed(2)} of ${limit} ${unit}${share}, ${forecast === null ? 'no forecast yet' : `forecast ${forecast.toFixed(2)} ${unit}`}`;
};

/** Which amount is above the limit. */
export const overBudget = ({ actual, forecast, limit }: Spend): 'spend' | 'forecast' | undefined =>
  actual > limit ? 'spend' : (forecast ?? 0) > limit ? 'forecast' : undefined;
