import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Result } from '../../core/report.js';

/** The results of one account as compressed JSON: a tenth of their size as objects, and outside of the heap. */
export interface PackedResults {
  readonly unpack: () => readonly Result[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Packs the results of many accounts. While the other accounts are read, the garbage collector lets the heap grow to several times the size
 * of what is kept in it, so what is kept must be small.
 */
export const makePacker = (): ((results: readonly Result[]) => PackedResults) => {
  const facts = new Map<string, Pick<Result, 'title' | 'references'>>();
  const texts = new Map<string, string>();
  /** Most texts are the same in all accounts: one copy is enough. */
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  const unpack = (packed: Buffer): readonly Result[] => {
    const results = JSON.parse(inflateRawSync(packed).toString()) as Mutable<Result>[];
    for (const result of results) {
      Object.assign(result, facts.get(result.id));
      result.accountId = shared(result.accountId);
      result.resource = shared(result.resource);
      result.reason = shared(result.reason);
      for (const one of result.evidence as Mutable<Result['evidence'][number]>[]) one.operation = shared(one.operation);
    }
    return results;
  };
  return (results) => {
    for (const { id, title, references } of results) if (!facts.has(id)) facts.set(id, { title, references });
    const bare = results.map((result) => ({ ...result, title: '', references: [] }));
    // A copy, because what zlib returns keeps a buffer of 16 KB.
    const packed = Buffer.from(deflateRawSync(JSON.stringify(bare), { level: 1 }));
    return { unpack: () => unpack(packed) };
  };
};
