import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { makeJournal } from '../../src/secrets/journal.js';
import { run } from '../support/child-process.js';
import { account, folder, random, realClock, text } from './scene.js';

const key = { accountId: account, kind: 'access-key', user: 'ci', before: ['AKIA0'], replaces: null } as const;
const journalIn = (where: string, warn: (text: string) => void = () => {}) =>
  makeJournal({ folder: where, clock: realClock, random, warn });
const stored = (where: string) => JSON.parse(text(join(where, `${account}.json`))) as { entries: Record<string, unknown>[] };

describe('many journals at once', () => {
  const programIn = async (where: string): Promise<string> => {
    const program = join(where, 'writer.mjs');
    await build({
      input: fileURLToPath(new URL('./journal-writer.ts', import.meta.url)),
      platform: 'node',
      output: { file: program, format: 'esm' },
      logLevel: 'silent',
    });
    return program;
  };

  it('lose no entry: eight processes, twenty entries each', async () => {
    const where = folder();
    const program = await programIn(where);
    const ended = await Promise.all(
      Array.from({ length: 8 }, () => run(process.execPath, [program, join(where, 'journal'), account, '20'])),
    );
    expect(ended.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
    expect(stored(join(where, 'journal')).entries).toHaveLength(160);
    // All of them are gone, and what they had in flight shows.
    expect(await journalIn(join(where, 'journal')).entries(account)).toHaveLength(160);
  }, 60_000);

  it('leave the file whole when one is killed in the middle', async () => {
    const where = folder();
    const program = await programIn(where);
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, [program, join(where, 'journal'), account, '1000000'], { stdio: 'ignore' });
      while (!existsSync(join(where, 'journal', `${account}.json`))) await realClock.sleep(5);
      await realClock.sleep(20 + round * 7);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const warnings: string[] = [];
      const journal = journalIn(join(where, 'journal'), (warning) => void warnings.push(warning));
      expect((await journal.entries(account)).length).toBeGreaterThan(0);
      await journal.open(key);
      expect(warnings).toEqual([]);
    }
  }, 60_000);
});
