import type { Fault } from '../behaviour.js';

export interface PageRules {
  readonly size: number;
  /** The error of the service for a token that it did not issue. */
  readonly badToken: () => Fault;
  /** Start with an empty page. This is valid, and a client that stops there misses all items. */
  readonly emptyFirst?: boolean;
}

export interface Page<T> {
  readonly items: T[];
  /** To spread into the output. Absent on the last page. */
  readonly next: { readonly NextToken?: string };
}

/** One page of `items`. A token encodes the position at which the next page starts. */
export function page<T>(items: readonly T[], token: string | undefined, rules: PageRules): Page<T> {
  if (token === undefined && rules.emptyFirst === true) return { items: [], next: { NextToken: tokenAt(0) } };
  const start = token === undefined ? 0 : positionOf(token);
  if (start === undefined || start > items.length) throw rules.badToken();
  const end = start + rules.size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: tokenAt(end) } : {} };
}

function tokenAt(position: number): string {
  return Buffer.from(`from:${position}`).toString('base64url');
}

function positionOf(token: string): number | undefined {
  const position = /^from:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return position === undefined || tokenAt(Number(position)) !== token ? undefined : Number(position);
}
