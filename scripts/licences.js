// The licences of what the bundle carries, as THIRD-PARTY-LICENSES: `node scripts/licences.js [--check]`.
// The list comes from the bundler's own modules, not from package.json: what is shaken out needs no notice.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';

const root = join(import.meta.dirname, '..');
const target = join(root, 'THIRD-PARTY-LICENSES');
/** Licences that ask for no more than a notice. Any other needs a decision first. */
const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);
const rule = '='.repeat(80);

/** Paths of the modules in the bundle; nothing is written. The config's own plugins would empty dist. */
async function bundledModules() {
  process.chdir(root);
  const { output, ...input } = await loadConfig(join(root, 'rolldown.config.ts'));
  const bundle = await rolldown({ ...input, plugins: [], logLevel: 'warn' });
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

/** The licence as the package gives it, its NOTICE after it. Some packages of the SDK name Apache-2.0 and carry no text. */
function noticeOf({ folder, name, license }) {
  const files = readdirSync(folder);
  const licence = files.find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  if (licence === undefined && license !== 'Apache-2.0') throw new Error(`${name} carries no licence file: add its text by hand.`);
  const notice = files.find((file) => /^notice(\.(md|txt))?$/i.test(file));
  const texts = [
    licence === undefined ? join(root, 'LICENSE') : join(folder, licence),
    ...(notice === undefined ? [] : [join(folder, notice)]),
  ];
  return texts.map((file) => tidy(readFileSync(file, 'utf8'))).join('\n\n');
}

const tidy = (text) =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();

async function thirdPartyLicences() {
  const packages = new Map();
  for (const module of await bundledModules()) {
    if (!module.includes('node_modules')) continue;
    const found = packageOf(module);
    packages.set(`${found.name} ${found.version}`, found);
  }
  const refused = [...packages].filter(([, { license }]) => !permissive.has(license)).map(([title, { license }]) => `${title}: ${license}`);
  if (refused.length > 0) throw new Error(`Not on the list of permissive licences:\n${refused.join('\n')}`);

  const byText = new Map();
  for (const title of [...packages.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const found = packages.get(title);
    const text = noticeOf(found);
    byText.set(text, [...(byText.get(text) ?? []), `${title} (${found.license})`]);
  }
  const sections = [...byText].map(([text, titles]) => `${rule}\n${titles.join('\n')}\n${rule}\n\n${text}\n`);
  const head =
    'aws-account-bootstrap is published as a bundle. These packages are part of it, under these licences.\nWritten by `npm run licences`.\n';
  return [head, ...sections].join('\n');
}

const wanted = await thirdPartyLicences();
if (process.argv.includes('--check')) {
  let kept = '';
  try {
    kept = readFileSync(target, 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (kept !== wanted) {
    process.stderr.write('THIRD-PARTY-LICENSES is not what the bundle holds: run `npm run licences`.\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, wanted);
}
