import { basename, dirname, join } from 'node:path';

/** The process of the program. */
type Runtime = Pick<NodeJS.Process, 'env' | 'version' | 'arch' | 'execPath' | 'pid' | 'getBuiltinModule' | 'getuid' | 'once'>;

/**
 * Stores compiled code between runs, which saves a fifth of the time of a `check`. It is stored beside the program itself: who can change it
 * there can change the program. The package of another user, such as one that root installed, has none.
 * NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE work as for every program.
 */
export const cacheCompiledCode = (program: string, runtime: Runtime): void => {
  const { env, version, arch, execPath } = runtime;
  if (env['NODE_COMPILE_CACHE'] || env['NODE_DISABLE_COMPILE_CACHE'] || env['NODE_V8_COVERAGE']) return;
  // An executable has its compiled code inside.
  if (program === execPath) return;
  const folder = join(dirname(dirname(program)), '.cache', 'code');
  ignoringErrors(() => {
    // Loaded here, so that `--version` does not load it.
    const { lstatSync, mkdirSync, statSync } = runtime.getBuiltinModule('node:fs');
    // Windows has no user ids.
    const user = runtime.getuid?.();
    const isOwn = (path: string, others: number): boolean => {
      const { uid, mode } = lstatSync(path);
      return user === undefined || (uid === user && (mode & others) === 0);
    };
    // With sudo, the owner of the package could not remove what is stored.
    if (user !== undefined && statSync(program).uid !== user) return;
    // Node creates a folder in it that anyone can write to, if the umask allows that.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwn(dirname(folder), 0o022) || !isOwn(folder, 0o077)) return;
    const { enableCompileCache } = moduleOf(runtime);
    if (enableCompileCache !== undefined) enableCompileCache(folder);
    else cacheChunks(join(folder, `${version}-${arch}`), runtime);
  });
};

interface LoadedModule {
  readonly exports: object;
  require(id: string): unknown;
}
interface NodeModule {
  /** Since Node 22. */
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly createRequire: (file: string) => { extensions: Record<string, (module: LoadedModule, file: string) => void> };
  readonly wrap: (source: string) => string;
}
const moduleOf = (runtime: Runtime): NodeModule => runtime.getBuiltinModule('node:module' as string) as NodeModule;

const ignoringErrors = (work: () => void): void => {
  try {
    work();
  } catch {
    // Without stored code, a run is only slower.
  }
};

/** For Node 20: from now on, chunks are loaded with their compiled code. What was compiled in this run is stored at its end. */
const cacheChunks = (folder: string, runtime: Runtime): void => {
  const { createRequire, wrap } = moduleOf(runtime);
  const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = runtime.getBuiltinModule('node:fs');
  const { Script } = runtime.getBuiltinModule('node:vm');
  const { createHash } = runtime.getBuiltinModule('node:crypto');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  /** V8 compares nothing but the length of the source, and does not notice damage. */
  const digest = (source: Uint8Array, code: Uint8Array): Buffer => createHash('sha256').update(source).update(code).digest();
  const stored = (file: string, source: Uint8Array): Buffer | undefined => {
    try {
      const content = readFileSync(file);
      const code = content.subarray(32);
      return digest(source, code).equals(content.subarray(0, 32)) ? code : undefined;
    } catch {
      return undefined;
    }
  };

  const compiled: { readonly file: string; readonly source: Uint8Array; readonly script: import('node:vm').Script }[] = [];
  createRequire(folder).extensions['.cjs'] = (module, filename) => {
    const source = readFileSync(filename);
    const file = join(folder, basename(filename));
    const cachedData = stored(file, source);
    const script = new Script(wrap(source.toString()), { filename, ...(cachedData === undefined ? {} : { cachedData }) });
    if (cachedData === undefined || script.cachedDataRejected === true) compiled.push({ file, source, script });
    const run = script.runInThisContext() as (...parts: readonly unknown[]) => void;
    run.call(module.exports, module.exports, (id: string) => module.require(id), module, filename, dirname(filename));
  };
  runtime.once('exit', () => {
    for (const { file, source, script } of compiled) {
      const temporary = `${file}.${runtime.pid}`;
      // On a full disk, a part of it may be there.
      ignoringErrors(() => {
        const code = script.createCachedData();
        writeFileSync(temporary, Buffer.concat([digest(source, code), code]), { mode: 0o600 });
        renameSync(temporary, file);
      });
      ignoringErrors(() => rmSync(temporary, { force: true }));
    }
  });
};
