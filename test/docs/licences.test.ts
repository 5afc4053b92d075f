import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../support/child-process.js';

const root = join(import.meta.dirname, '../..');

it('the files about the bundle are up to date', async () => {
  const mode = process.env['UPDATE_DOCS'] ? [] : ['--check'];
  expect(await run(process.execPath, ['scripts/licences.js', ...mode], { cwd: root })).toEqual({ code: 0, stdout: '', stderr: '' });
});

it('THIRD-PARTY-LICENSES names what the bundle holds, all of it under permissive licences', () => {
  const text = readFileSync(join(root, 'THIRD-PARTY-LICENSES'), 'utf8');
  expect(text).toMatch(/^@aws-sdk\/client-iam \d+\.\d+\.\d+ \(Apache-2\.0\)$/m);
  // Apache-2.0 is the licence of this package too, and so its text is in LICENSE.
  expect(text.match(/is in the file LICENSE\.$/gm)).toHaveLength(1);
  expect(text).not.toContain('TERMS AND CONDITIONS');
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('Apache License');
  // Used by the tests only.
  expect(text).not.toMatch(/^(vitest|fast-check) /m);
});

it('sbom.cdx.json lists the packages that have a licence there, and no others', () => {
  const sbom = JSON.parse(readFileSync(join(root, 'sbom.cdx.json'), 'utf8')) as Sbom;
  const titles = sbom.components.map(({ name, version }) => `${name} ${version}`);
  const licences = readFileSync(join(root, 'THIRD-PARTY-LICENSES'), 'utf8');
  expect(titles).toEqual([...licences.matchAll(/^(\S+ \d\S*) \([\w.-]+\)$/gm)].map(([, title]) => title).toSorted());
  expect(titles.length).toBeGreaterThan(40);
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'aws-account-bootstrap' } } });
  for (const { purl } of sbom.components) expect(purl).toMatch(/^pkg:npm\/.+@\d/);
});

interface Sbom {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
  }[];
}
