// Writes the version of package.json to src/version.ts: `npm run release:version` calls it after changesets chose the version.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = join(root, 'src/version.ts');
const text = readFileSync(file, 'utf8');
const written = text.replace(/^export const version = '.*';$/m, `export const version = '${version}';`);
if (!written.includes(`'${version}'`)) throw new Error('src/version.ts has no line `export const version = …`.');
writeFileSync(file, written);
