import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/engine/assess.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { mortal } from '../support/mortal.js';
import { rememberingSink } from '../support/remembering-sink.js';
import { stepRun } from '../support/step-run.js';
import { section, soleKeyIsStored } from './stored-key.js';

describe('a run that is killed at any boundary', () => {
  it('is fixed by one more run', async () => {
    let kills = 0;
    for (let n = 1; ; n += 1) {
      const sink = rememberingSink();
      const run = await stepRun(sink);
      const { port, killed } = mortal(run.port, n);
      await run.apply(await run.look(accessKeys, section), port);
      if (!killed()) break;
      kills += 1;
      const applied = await run.apply(await run.look(accessKeys, section));
      expect([n, applied.report.error]).toEqual([n, null]);
      soleKeyIsStored(run, sink);
      expect(changesOf(await run.look(accessKeys, section))).toEqual([]);
    }
    expect(kills).toBeGreaterThan(15);
  });

  it('is fixed by one more run, even if the second run is killed too', async () => {
    let kills = 0;
    for (let n = 1; n < 30; n += 1) {
      for (let m = 1; ; m += 1) {
        const sink = rememberingSink();
        const run = await stepRun(sink);
        const first = mortal(run.port, n);
        await run.apply(await run.look(accessKeys, section), first.port);
        const second = mortal(run.port, m);
        if (changesOf(await run.look(accessKeys, section)).length > 0) await run.apply(await run.look(accessKeys, section), second.port);
        if (!second.killed()) break;
        kills += 1;
        const applied = await run.apply(await run.look(accessKeys, section));
        expect([n, m, applied.report.error]).toEqual([n, m, null]);
        soleKeyIsStored(run, sink);
      }
    }
    expect(kills).toBeGreaterThan(100);
  }, 180_000);
});
