import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ConfigFiles, configFileOf, interruptible, readAtMost, readConfigFile } from '../../src/config/file.js';

/** A folder of its own for each test. */
const inFolder =
  (test: (folder: string, write: (name: string, content: string | Uint8Array) => void) => Promise<void>) => async (): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      await test(folder, (name, content) => writeFileSync(join(folder, name), content));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

describe('the file of a config', () => {
  it(
    'is the one named',
    inFolder(async (folder, write) => {
      write('prod.yaml', 'version: 1\n');
      expect(await readConfigFile('prod.yaml', folder, files)).toEqual({
        text: 'version: 1\n',
        file: 'prod.yaml',
        path: join(folder, 'prod.yaml'),
        from: '--config',
      });
      expect(await readConfigFile(join(folder, 'prod.yaml'), '/', files)).toMatchObject({ path: join(folder, 'prod.yaml') });
    }),
  );

  it(
    'is bootstrap.yaml of the folder when none is named',
    inFolder(async (folder, write) => {
      write('bootstrap.yaml', 'version: 1\n');
      expect(await readConfigFile(undefined, folder, files)).toMatchObject({ file: 'bootstrap.yaml', from: 'folder' });
    }),
  );

  it(
    'need not be there when none is named',
    inFolder(async (folder) => {
      expect(await readConfigFile(undefined, folder, files)).toBeUndefined();
    }),
  );

  it(
    'may begin with a byte order mark',
    inFolder(async (folder, write) => {
      write('bootstrap.yaml', '\uFEFFversion: 1\n');
      expect((await readConfigFile(undefined, folder, files))?.text).toBe('version: 1\n');
    }),
  );

  const refused: readonly (readonly [what: string, name: string, prepare: (folder: string) => void, message: string])[] = [
    ['absent', 'none.yaml', () => {}, 'none.yaml does not exist.'],
    ['unnamed', '', () => {}, '--config is empty.'],
    [
      'below a file',
      'a/b.yaml',
      (folder) => writeFileSync(join(folder, 'a'), ''),
      'a/b.yaml does not exist: a part of its path is a file.',
    ],
    ['a folder', 'd', (folder) => mkdirSync(join(folder, 'd')), 'd is a folder.'],
    ['a link to itself', 'l', (folder) => symlinkSync('l', join(folder, 'l')), 'l is a link to itself.'],
    ['a device', '/dev/null', () => {}, '/dev/null is not a file.'],
    [
      'too large',
      'big.yaml',
      (folder) => writeFileSync(join(folder, 'big.yaml'), '#'.repeat(256 * 1024 + 1)),
      'big.yaml is larger than 256 kB, the limit for a config.',
    ],
    ['not UTF-8', 'l.yaml', (folder) => writeFileSync(join(folder, 'l.yaml'), Uint8Array.of(0x61, 0xe4)), 'l.yaml is not UTF-8 text.'],
    ['almost UTF-16', 'l.yaml', (folder) => writeFileSync(join(folder, 'l.yaml'), Uint8Array.of(0xff, 0xff)), 'l.yaml is not UTF-8 text.'],
    [
      'almost the other UTF-16',
      'l.yaml',
      (folder) => writeFileSync(join(folder, 'l.yaml'), Uint8Array.of(0xfe, 0xfe)),
      'l.yaml is not UTF-8 text.',
    ],
    ['without a mark', 'l.yaml', (folder) => writeFileSync(join(folder, 'l.yaml'), Uint8Array.of(0x61, 0xfe)), 'l.yaml is not UTF-8 text.'],
    [
      'without the other mark',
      'l.yaml',
      (folder) => writeFileSync(join(folder, 'l.yaml'), Uint8Array.of(0x61, 0xff)),
      'l.yaml is not UTF-8 text.',
    ],
    [
      'the other UTF-16',
      'w.yaml',
      (folder) => writeFileSync(join(folder, 'w.yaml'), Uint8Array.of(0xfe, 0xff, 0, 0x61)),
      'w.yaml is UTF-16 text.',
    ],
    ['UTF-16', 'w.yaml', (folder) => writeFileSync(join(folder, 'w.yaml'), Uint8Array.of(0xff, 0xfe, 0x61, 0)), 'w.yaml is UTF-16 text.'],
  ];
  for (const [what, name, prepare, message] of refused) {
    it(
      `must not be ${what}`,
      inFolder(async (folder) => {
        prepare(folder);
        await expect(readConfigFile(name, folder, files)).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE', exit: 2, message });
      }),
    );
  }

  const failing = (code: string): ConfigFiles => ({
    stat: files.stat,
    readFile: () => Promise.reject(Object.assign(new Error(code), { code })),
  });

  it(
    'must be readable, also when it was found without a flag',
    inFolder(async (folder, write) => {
      write('bootstrap.yaml', '');
      chmodSync(join(folder, 'bootstrap.yaml'), 0);
      for (const [code, message] of [
        ['EACCES', 'bootstrap.yaml cannot be read: permission denied.'],
        ['EIO', 'bootstrap.yaml cannot be read (EIO).'],
      ] as const)
        await expect(readConfigFile(undefined, folder, failing(code))).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE', message });
    }),
  );

  it(
    'is measured again when it was read, since a pipe has no size',
    inFolder(async (folder) => {
      const pipe: ConfigFiles = {
        stat: async () => ({ size: 0, isFile: () => false, isDirectory: () => false, isFIFO: () => true }),
        readFile: async () => new Uint8Array(256 * 1024 + 1),
      };
      await expect(readConfigFile('/dev/fd/63', folder, pipe)).rejects.toMatchObject({ code: 'E-CONFIG-UNREADABLE' });
    }),
  );

  const limit = 256 * 1024;
  const kinds = {
    file: { isFile: () => true, isDirectory: () => false, isFIFO: () => false },
    folder: { isFile: () => false, isDirectory: () => true, isFIFO: () => false },
    pipe: { isFile: () => false, isDirectory: () => false, isFIFO: () => true },
    device: { isFile: () => false, isDirectory: () => false, isFIFO: () => false },
  };
  it.each<[keyof typeof kinds, boolean, number, number, string | undefined]>([
    ['file', true, limit, limit, undefined],
    ['file', false, limit, limit, undefined],
    ['file', true, limit + 1, 0, 'is larger than 256 kB'],
    ['file', true, 0, limit + 1, 'is larger than 256 kB'],
    ['folder', true, 0, 0, 'is a folder'],
    ['folder', false, 0, 0, 'is a folder'],
    ['pipe', true, 0, limit, undefined],
    ['pipe', true, 0, limit + 1, 'is larger than 256 kB'],
    // It could keep the run waiting, and no one asked for it.
    ['pipe', false, 0, 0, 'is not a file'],
    ['device', true, 0, 0, 'is not a file'],
    ['device', false, 0, 0, 'is not a file'],
  ])('is read or refused: a %s, named: %s, of %i bytes, then %i', async (kind, named, size, read, problem) => {
    const given: ConfigFiles = { stat: async () => ({ size, ...kinds[kind] }), readFile: async () => new Uint8Array(read) };
    const reading = readConfigFile(named ? 'a.yaml' : undefined, '/', given);
    if (problem === undefined) expect((await reading)?.text).toHaveLength(read);
    else await expect(reading).rejects.toMatchObject({ message: expect.stringContaining(problem) });
  });

  it('is refused with the error that made it unreadable', async () => {
    const cause = Object.assign(new Error('no'), { code: 'EACCES' });
    const given: ConfigFiles = { stat: () => Promise.reject(cause), readFile: files.readFile };
    const refusedAs = async (reading: Promise<unknown>): Promise<unknown> => reading.catch((error: unknown) => error);
    expect(await refusedAs(readConfigFile('a.yaml', '/', given))).toHaveProperty('cause', cause);
    expect(Object.hasOwn((await refusedAs(readConfigFile('', '/', given))) as object, 'cause')).toBe(false);
  });

  it(
    'of a run is in its folder',
    inFolder(async (folder, write) => {
      expect(await configFileOf({}, { cwd: folder })).toBeUndefined();
      write('bootstrap.yaml', 'version: 1\n');
      write('b.yaml', 'x'.repeat(limit));
      expect(await configFileOf({}, { cwd: folder })).toMatchObject({ text: 'version: 1\n', from: 'folder' });
      expect((await configFileOf({ config: 'b.yaml' }, { cwd: folder }))?.text).toHaveLength(limit);
    }),
  );

  it.each([
    [0, 10, 0],
    [9, 10, 9],
    [10, 10, 10],
    [11, 10, 11],
    [500, 10, 11],
    [200_000, 300_000, 200_000],
    [200_000, 100_000, 100_001],
  ])('of %i bytes is read up to one byte more than %i: %i', (size, most, read) =>
    inFolder(async (folder, write) => {
      const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
      write('a', bytes);
      expect(Buffer.compare(await readAtMost(most)(join(folder, 'a')), bytes.slice(0, read))).toBe(0);
    })(),
  );
});

describe('work that cannot be interrupted', () => {
  it('ends with its result or its error', async () => {
    const { signal } = new AbortController();
    expect(await interruptible({ signal }, () => 7)).toBe(7);
    const failing = interruptible({ signal }, () => {
      throw new Error('bad');
    });
    await expect(failing).rejects.toThrow('bad');
  });

  it('does not start after a signal, not even one that is still to be delivered', async () => {
    let started = false;
    const work = (): void => void (started = true);
    await expect(interruptible({ signal: AbortSignal.abort(new Error('stopped')) }, work)).rejects.toThrow('stopped');
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('stopped')));
    await expect(interruptible(controller, work)).rejects.toThrow('stopped');
    expect(started).toBe(false);
  });

  it.each([
    ['its result', () => 7],
    [
      'its error',
      () => {
        throw new Error('bad');
      },
    ],
  ])('ends with a signal that came meanwhile, not with %s', async (_, result) => {
    const controller = new AbortController();
    const running = interruptible(controller, () => {
      setImmediate(() => controller.abort(new Error('stopped')));
      return result();
    });
    await expect(running).rejects.toThrow('stopped');
  });
});
