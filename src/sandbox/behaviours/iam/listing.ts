import { invalid } from './constraints.js';

export interface Paging {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** A page of a list as IAM returns it: always `IsTruncated`, and `Marker` if there is more. */
export function listing<T>(member: string, items: readonly T[], { Marker, MaxItems = 100 }: Paging): Record<string, unknown> {
  const start = Marker === undefined ? 0 : place(Marker);
  const end = start + MaxItems;
  const more = end < items.length;
  return { [member]: items.slice(start, end), IsTruncated: more, Marker: more ? markerAt(end) : undefined };
}

export const markerAt = (index: number): string => Buffer.from(`marker:${index}`).toString('base64');

export function place(marker: string): number {
  const index = /^marker:(\d{1,9})$/.exec(Buffer.from(marker, 'base64').toString())?.[1];
  if (index === undefined) throw invalid('Invalid Marker.');
  return Number(index);
}

/** IAM sorts lists by name. */
export const byName = <T extends { readonly name: string }>(entities: readonly T[]): T[] =>
  [...entities].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));

export const underPath = <T extends { readonly path: string }>(entities: readonly T[], prefix = '/'): T[] =>
  entities.filter((entity) => entity.path.startsWith(prefix));
