// What the bundle holds: the licences as THIRD-PARTY-LICENSES, the packages as sbom.cdx.json. `node scripts/licences.js [--check]`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, root } from './bundled-packages.js';
import { sbom } from './sbom.js';

/** Licences that ask for no more than a notice. Any other needs a decision first. */
const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);
const copyrightLine = /^[ \t]*Copyright\b.*\n?/gm;
const rule = '='.repeat(80);

/** The licence as the package gives it, its NOTICE after it. Some packages of the SDK name Apache-2.0 and carry no text. */
function noticeOf({ folder, name, license }) {
  const files = readdirSync(folder);
  const licence = files.find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  if (licence === undefined && license !== 'Apache-2.0') throw new Error(`${name} carries no licence file: add its text manually.`);
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

/** The text without its copyright lines, and what identifies it: licences differ in white space, and Apache-2.0 in the brackets of its appendix. */
function licenceOf(notice) {
  const text = tidy(notice.replaceAll(copyrightLine, '').replaceAll(/\n{3,}/g, '\n\n'));
  return { text, key: text.replaceAll(/\s+/g, ' ').replaceAll('{}', '[]').trim() };
}

function thirdPartyLicences(packages) {
  const refused = [...packages].filter(([, { license }]) => !permissive.has(license)).map(([title, { license }]) => `${title}: ${license}`);
  if (refused.length > 0) throw new Error(`Not on the list of permissive licences:\n${refused.join('\n')}`);

  // One text for packages with the same licence, and none for that of this package, which is beside it.
  const own = licenceOf(readFileSync(join(root, 'LICENSE'), 'utf8')).key;
  const byText = new Map();
  for (const [title, found] of packages) {
    const notice = noticeOf(found);
    const { text, key } = licenceOf(notice);
    const copyrights = [...notice.matchAll(copyrightLine)].map(([line]) => `  ${line.trim()}`).filter((line) => !line.includes('[yyyy]'));
    const group = byText.get(key) ?? {
      text: key === own ? 'The text of the Apache License, Version 2.0, is in the file LICENSE.' : text,
      titles: [],
    };
    byText.set(key, { ...group, titles: [...group.titles, `${title} (${found.license})`, ...copyrights] });
  }
  const sections = [...byText.values()].map(({ text, titles }) => `${rule}\n${titles.join('\n')}\n${rule}\n\n${text}\n`);
  const head =
    'aws-account-bootstrap is published as a bundle. These packages are part of it, under these licences.\nThe copyright lines of a package are below its name.\nWritten by `npm run licences`.\n';
  return [head, ...sections].join('\n');
}

const packages = await bundledPackages();
const wanted = { 'THIRD-PARTY-LICENSES': thirdPartyLicences(packages), 'sbom.cdx.json': sbom(packages) };
for (const [file, text] of Object.entries(wanted)) {
  const target = join(root, file);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8').replaceAll('\r\n', '\n') !== text) {
    process.stderr.write(`${file} is not what the bundle holds: run \`npm run licences\`.\n`);
    process.exitCode = 1;
  }
}
