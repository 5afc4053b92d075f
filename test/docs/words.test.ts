import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { testShell } from '../support/host.js';
import { root } from './pages.js';

const lint = (text?: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/words.js', ...(text === undefined ? [] : ['-'])], {
    cwd: root,
    encoding: 'utf8',
    ...(text === undefined ? {} : { input: text }),
  });
  return {
    status,
    stdout,
    found: stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line !== ''),
  };
};

describe('plain English', () => {
  it('in the sources, in README and in the manual', () => {
    const { status, stdout, found } = lint();
    expect(found).toEqual([]);
    const texts = Number(/^(\d+) texts, 0 words to replace\n$/.exec(stdout)?.[1]);
    // A list of files that is empty by mistake has no words either.
    expect(texts).toBeGreaterThan(250);
    expect(status).toBe(0);
  });

  it('in the help of every command and in every page of explain', async () => {
    const shell = testShell();
    const print = async (...argv: readonly string[]): Promise<string> => {
      const { code, stdout } = await shell.run(argv);
      expect([argv, code]).toEqual([argv, 0]);
      return stdout;
    };
    const { stdout: rootHelp } = await shell.run(['--help']);
    const commands = [...rootHelp.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, word = '']) => word);
    const list = await print('explain');
    const ids = [...list.matchAll(/^ {2}([A-Za-z][\w.-]+|\d+) {2,}\S/gm)].map(([, id = '']) => id);
    expect([commands.length, ids.length]).toEqual([11, expect.any(Number)]);
    expect(ids.length).toBeGreaterThan(100);
    const texts = [rootHelp, list];
    for (const command of commands) texts.push(await print(command, '--help'));
    for (const id of ids) texts.push(await print('explain', id));
    // Wrapped text may separate the words of a phrase.
    expect(lint(texts.map((text) => text.replaceAll(/\s+/g, ' ')).join('\n')).found).toEqual([]);
  });

  it('is what the lint knows: each word, in any case, with what to write instead', () => {
    const { status, stdout, found } = lint('Nobody told you.\nA person came to be homeless.\nIt is told again, plainly.\n');
    expect(status).toBe(1);
    expect(stdout).toBe('1 text, 6 words to replace\n');
    expect(found.slice(0, 2)).toEqual([
      'stdin:1: "Nobody" (write: no one, or name the role)',
      'stdin:1: "told" (write: reported, printed, shown)',
    ]);
  });
});
