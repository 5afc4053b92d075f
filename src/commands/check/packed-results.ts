import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Result } from '../../core/report.js';

/** The results of one account as compressed JSON: about a tenth of their size as objects, and outside of the garbage-collected heap. */
export interface PackedResults {
  readonly unpack: () => readonly Result[];
}

/**
 * Packs the results of many accounts. While the other accounts are read, the garbage collector lets the heap grow to several times the size
 * of what is kept in it, so what is kept must be small. Titles and references are the same in all accounts, and are stored once.
 */
export const makePacker = (): ((results: readonly Result[]) => PackedResults) => {
  const facts = new Map<string, Pick<Result, 'title' | 'references'>>();
  return (results) => {
    for (const { id, title, references } of results) if (!facts.has(id)) facts.set(id, { title, references });
    const packed = deflateRawSync(JSON.stringify(results.map((result) => ({ ...result, title: '', references: [] }))), { level: 1 });
    return {
      unpack: () => (JSON.parse(inflateRawSync(packed).toString()) as Result[]).map((result) => ({ ...result, ...facts.get(result.id) })),
    };
  };
};
