import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answersYaml } from '../../src/config/answers.js';
import { loadConfig } from '../../src/config/load.js';
import { configTemplate } from '../../src/config/template.js';
import { steps } from '../../src/steps/index.js';
import { schemaUrl } from '../../src/version.js';

const root = join(import.meta.dirname, '../..');
const written = (schema?: string) => [
  configTemplate(steps, { schema }),
  answersYaml(steps, { accountId: '111122223333', overrides: [], destination: undefined, day: '2026-11-23', schema }),
];

describe('the JSON Schema that a new config names', () => {
  it('is the file in the package, of this version, once npm has the package', () => {
    const url = schemaUrl(true) ?? '';
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string; files: string[] };
    const { name, version, files } = manifest;
    const file = url.replace(`https://unpkg.com/${name}@${version}/`, '');
    expect(file).toMatch(/^schemas\//);
    expect(files).toContain('schemas');
    expect(JSON.parse(readFileSync(join(root, file), 'utf8'))).toMatchObject({ title: 'bootstrap.yaml' });
    for (const text of written(url)) {
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${url}`);
      expect(() => loadConfig({ text, file: 'bootstrap.yaml', steps })).not.toThrow();
    }
  });

  it('is none before: anyone could publish a package of this name', () => {
    for (const text of written()) expect(text).not.toMatch(/^# yaml-language-server/m);
    if (schemaUrl() === undefined) expect(written()[0]).toContain('bootstrap config schema --output-file bootstrap.schema.json');
  });
});
