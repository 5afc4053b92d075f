import type { Evidence } from '../core/finding.js';
import type { Reading } from '../core/reading.js';
import { maxPages, type PageRow } from './operations.js';

/** After this many empty pages in a row, a list counts as endless. */
const maxEmptyPages = 100;

/**
 * Reads a list to its end. `fetchPage` receives the field that names the page, and no field for the first page. A list without an end is a
 * failed read, because its content cannot be known.
 */
export const readPages = async (
  operation: string,
  row: PageRow,
  fetchPage: (page: object) => Promise<Reading<unknown>>,
  onPage: (page: object) => void = () => {},
): Promise<Reading<readonly object[]>> => {
  const pages: object[] = [];
  const evidence: Evidence[] = [];
  const seen = new Set<string>();
  let empty = 0;
  let next: object = {};
  for (;;) {
    const page = (await fetchPage(next)) as Reading<object>;
    if (!page.ok) return page;
    const missing = row.required === undefined ? undefined : row.items.find((list) => !Array.isArray(field(page.value, list)));
    if (missing !== undefined) {
      const message = `The answer to ${operation} has no ${missing}`;
      return { ok: false, cause: 'failed', code: 'IncompleteAnswer', message, evidence: page.evidence };
    }
    pages.push(page.value);
    onPage(page.value);
    evidence.push(...page.evidence);
    if (!hasMore(page.value, row)) return { ok: true, value: pages, evidence };
    const token = tokenOf(page.value, row);
    empty = row.items.some((list) => countIn(page.value, list) > 0) ? 0 : empty + 1;
    const endless = ((): string | undefined => {
      if (token === undefined) return `has no token for page ${pages.length + 1}`;
      if (seen.has(token)) return `repeats a token after ${pages.length} pages`;
      if (pages.length >= maxPages(row))
        return `has no end: more follows after ${pages.length} pages, and AWS allows ${row.most.toLocaleString('en-US')} items`;
      if (empty >= maxEmptyPages) return `has no end: ${empty} pages in a row are empty, and more follow`;
      return undefined;
    })();
    if (token === undefined || endless !== undefined) {
      return {
        ok: false,
        cause: 'failed',
        code: 'EndlessList',
        message: `The answer to ${operation} ${endless}`,
        evidence: evidence.slice(0, 1),
      };
    }
    seen.add(token);
    next = { [row.token]: token };
  }
};

const field = (page: object, name: string): unknown => (page as Readonly<Record<string, unknown>>)[name];

const tokenOf = (page: object, { token }: PageRow): string | undefined => (field(page, token) as string | undefined) || undefined;

/** A page with a token and nothing that says that it is the last is not the last. */
const hasMore = (page: object, row: PageRow): boolean =>
  (row.more === undefined ? undefined : (field(page, row.more) as boolean | undefined)) ?? tokenOf(page, row) !== undefined;

const countIn = (page: object, list: string): number => {
  const items = field(page, list);
  return Array.isArray(items) ? items.length : 0;
};
