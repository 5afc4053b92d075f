// Puts every page of help into the bundle, so that help starts without the parser.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '..');

/** A plugin of the bundler. The pages come from the declarations that the parser uses. */
export async function storedHelp() {
  const folder = mkdtempSync(join(tmpdir(), 'bootstrap-help-'));
  try {
    const code = `export const helpPages = ${JSON.stringify(await pages(folder))};`;
    return { name: 'stored help', load: { filter: { id: /\/src\/help\/stored-pages\.ts$/ }, handler: () => code } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pages(folder) {
  await build({
    cwd: root,
    input: { cli: 'src/cli.ts', help: 'src/help/layout.ts' },
    platform: 'node',
    logLevel: 'warn',
    // What a command loads when it runs.
    plugins: [{ name: 'loaded later', resolveDynamicImport: () => ({ id: 'node:none', external: true }) }],
    output: { dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
  });
  const load = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)));
  const [{ makeProgram }, { helpPagesOf }] = await Promise.all([load('cli'), load('help')]);
  return helpPagesOf(makeProgram({}, () => {}));
}
