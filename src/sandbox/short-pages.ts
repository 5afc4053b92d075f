import type { PageToken } from './codec.js';

const mark = 'short.';
const sizeFields: Readonly<Record<PageToken, string>> = { Marker: 'MaxItems', NextToken: 'MaxResults' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A list in the shortest pages that AWS may answer with: an empty one, then one item a page, whatever number was asked for.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html (IsTruncated)
 */
export const inShortPages = (token: PageToken, input: Fields, answer: (input: Fields) => Fields): Fields => {
  const asked = input[token];
  const begun = typeof asked === 'string' && asked.startsWith(mark);
  const inner = begun ? asked.slice(mark.length) : asked;
  const { [token]: _, ...rest } = input;
  const output = answer({ ...rest, ...(inner === undefined || inner === '' ? {} : { [token]: inner }), [sizeFields[token]]: 1 });
  const next = output[token];
  if (begun || asked !== undefined) return typeof next === 'string' ? { ...output, [token]: `${mark}${next}` } : output;
  const emptied = Object.fromEntries(Object.entries(output).map(([name, value]) => [name, Array.isArray(value) ? [] : value]));
  return { ...emptied, [token]: mark, ...(token === 'Marker' ? { IsTruncated: true } : {}) };
};
