import { expect, it } from 'vitest';
import { allEnded } from '../../src/core/all-ended.js';
import { grouped } from '../../src/core/grouped.js';

it('work that runs at the same time has its results in order', async () => {
  expect(await allEnded([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
  expect(await allEnded([])).toEqual([]);
});

it('work that fails ends with its first error, when nothing is under way any more', async () => {
  let ended = false;
  const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    ended = true;
  });
  await expect(allEnded([Promise.reject(new Error('first')), slow, Promise.reject(new Error('second'))])).rejects.toThrow('first');
  expect(ended).toBe(true);
});

it('items are grouped by key, in the order of the keys', () => {
  expect([...grouped(['b1', 'a1', 'b2', 'c1', 'a2', 'b3'], (item) => item[0])]).toEqual([
    ['b', ['b1', 'b2', 'b3']],
    ['a', ['a1', 'a2']],
    ['c', ['c1']],
  ]);
});
