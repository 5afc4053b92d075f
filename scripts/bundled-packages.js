// The packages that the bundle holds, by the bundler's own list of modules: what is shaken out is not part of it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { storedSchemas } from './stored-schemas.js';

export const root = join(import.meta.dirname, '..');

/** By name and version, sorted. @returns {Promise<Map<string, { folder: string, name: string, version: string, license?: string }>>} */
export async function bundledPackages() {
  const packages = new Map();
  for (const module of await bundledModules()) {
    if (!module.includes('node_modules')) continue;
    const found = packageOf(module);
    packages.set(`${found.name} ${found.version}`, found);
  }
  return new Map([...packages].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Paths of the modules in the bundle; nothing is written. The config's own plugins would empty dist. */
async function bundledModules() {
  process.chdir(root);
  const { output, ...input } = await loadConfig(join(root, 'rolldown.config.ts'));
  const bundle = await rolldown({ ...input, plugins: [storedSchemas()], logLevel: 'warn' });
  try {
    const generated = await bundle.generate({ ...output, minify: false });
    return generated.output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
  } finally {
    await bundle.close();
  }
}

/** The package a module belongs to. Packages keep further package.json files, without a name, in their folders. */
function packageOf(module) {
  for (let folder = dirname(module); folder.includes('node_modules'); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name !== undefined && manifest.version !== undefined) return { folder, ...manifest };
  }
  throw new Error(`${module} belongs to no package.`);
}

function readManifest(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
