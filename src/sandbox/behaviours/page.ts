import type { Fault } from '../fault.js';

export interface PageRules {
  readonly size: number;
  /** What the service answers to a token that it never gave out. */
  readonly badToken: () => Fault;
  /** Begin with an empty page: legal, and a client that stops there loses everything. */
  readonly emptyFirst?: boolean;
}

export interface Page<T> {
  readonly items: T[];
  /** To be spread into an answer: absent on the last page. */
  readonly next: { readonly NextToken?: string };
}

/** One page of `items`. A token is the place where the next page begins. */
export function page<T>(items: readonly T[], token: string | undefined, rules: PageRules): Page<T> {
  if (token === undefined && rules.emptyFirst === true) return { items: [], next: { NextToken: tokenAt(0) } };
  const start = token === undefined ? 0 : placeOf(token);
  if (start === undefined || start > items.length) throw rules.badToken();
  const end = start + rules.size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: tokenAt(end) } : {} };
}

function tokenAt(place: number): string {
  return Buffer.from(`from:${place}`).toString('base64url');
}

function placeOf(token: string): number | undefined {
  const place = /^from:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return place === undefined || tokenAt(Number(place)) !== token ? undefined : Number(place);
}
