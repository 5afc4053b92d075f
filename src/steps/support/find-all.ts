import type { ReadCloud, ReadOperation, Reads } from '../../core/cloud.js';
import type { Reading } from '../../core/reading.js';

/**
 * All pages of a list whose owner may not exist; undefined for "there is none". The first page is sent once: reading all pages
 * begins with the same input, and equal reads of a round are one.
 */
export const findAll = async <K extends ReadOperation>(
  cloud: ReadCloud,
  operation: K,
  input: Reads[K]['input'],
  absent: readonly string[],
): Promise<Reading<readonly Reads[K]['output'][] | undefined>> => {
  const first = await cloud.find(operation, input, absent);
  if (!first.ok) return first;
  if (first.value === undefined) return { ...first, value: undefined };
  const more = (first.value as { readonly NextToken?: string }).NextToken !== undefined;
  return more ? cloud.readAll(operation, input) : { ...first, value: [first.value] };
};
