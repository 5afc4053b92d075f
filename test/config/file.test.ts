import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigFiles, readConfigFile } from '../../src/config/file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);

describe('the file of a config', () => {
  it('is the one named', async () => {
    write('prod.yaml', 'version: 1\n');
    expect(await readConfigFile('prod.yaml', folder, files)).toEqual({
      text: 'version: 1\n',
      file: 'prod.yaml',
      path: join(folder, 'prod.yaml'),
      from: '--config',
    });
    expect(await readConfigFile(join(folder, 'prod.yaml'), '/', files)).toMatchObject({ path: join(folder, 'prod.yaml') });
  });

  it('is bootstrap.yaml of the folder when none is named', async () => {
    write('bootstrap.yaml', 'version: 1\n');
    expect(await readConfigFile(undefined, folder, files)).toMatchObject({ file: 'bootstrap.yaml', from: 'folder' });
  });

  it('need not be there when none is named', async () => {
    expect(await readConfigFile(undefined, folder, files)).toBeUndefined();
  });

  it('may begin with a byte order mark', async () => {
    write('bootstrap.yaml', '\uFEFFversion: 1\n');
    expect((await readConfigFile(undefined, folder, files))?.text).toBe('version: 1\n');
  });

  const refused: readonly (readonly [what: string, name: string, prepare: () => void, message: string])[] = [
    ['absent', 'none.yaml', () => {}, 'none.yaml does not exist.'],
    ['unnamed', '', () => {}, '--config is empty.'],
    ['below a file', 'a/b.yaml', () => write('a', ''), 'a/b.yaml does not exist: a part of its path is a file.'],
    ['a folder', 'd', () => mkdirSync(join(folder, 'd')), 'd is a folder.'],
    ['a link to itself', 'l', () => symlinkSync('l', join(folder, 'l')), 'l is a link to itself.'],
    ['a device', '/dev/null', () => {}, '/dev/null is not a file.'],
    [
      'too large',
      'big.yaml',
      () => write('big.yaml', '#'.repeat(256 * 1024 + 1)),
      'big.yaml is larger than 256 kB, the limit for a config.',
    ],
    ['not UTF-8', 'l.yaml', () => write('l.yaml', Uint8Array.of(0x61, 0xe4)), 'l.yaml is not UTF-8 text.'],
    ['UTF-16', 'w.yaml', () => write('w.yaml', Uint8Array.of(0xff, 0xfe, 0x61, 0)), 'w.yaml is UTF-16 text.'],
  ];
  for (const [what, name, prepare, message] of refused) {
    it(`must not be ${what}`, async () => {
      prepare();
      await expect(readConfigFile(name, folder, files)).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE', exit: 2, message });
    });
  }

  const failing = (code: string): ConfigFiles => ({
    stat: files.stat,
    readFile: () => Promise.reject(Object.assign(new Error(code), { code })),
  });

  it('must be readable, also when it was found without a flag', async () => {
    write('bootstrap.yaml', '');
    chmodSync(join(folder, 'bootstrap.yaml'), 0);
    for (const [code, message] of [
      ['EACCES', 'bootstrap.yaml cannot be read: permission denied.'],
      ['EIO', 'bootstrap.yaml cannot be read (EIO).'],
    ] as const)
      await expect(readConfigFile(undefined, folder, failing(code))).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE', message });
  });

  it('is measured again when it was read, since a pipe has no size', async () => {
    const pipe: ConfigFiles = {
      stat: async () => ({ size: 0, isFile: () => false, isDirectory: () => false, isFIFO: () => true }),
      readFile: async () => new Uint8Array(256 * 1024 + 1),
    };
    await expect(readConfigFile('/dev/fd/63', folder, pipe)).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE' });
  });
});
