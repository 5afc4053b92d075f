import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../../src/commands/check/garbage.js';

describe('collectGarbage', () => {
  it('collects what nothing uses, and nothing else', async () => {
    const kept = { name: 'kept' };
    const references = [new WeakRef(kept), new WeakRef({ name: 'unused' })];
    // A WeakRef holds its target until the end of the turn.
    await setImmediate();
    collectGarbage();
    expect(references.map((one) => one.deref()?.name)).toEqual(['kept', undefined]);
    expect(kept.name).toBe('kept');
  });
});
