import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../support/child-process.js';

const root = join(import.meta.dirname, '../..');

it('THIRD-PARTY-LICENSES names what the bundle holds, all of it under permissive licences', async () => {
  const mode = process.env['UPDATE_DOCS'] ? [] : ['--check'];
  expect(await run(process.execPath, ['scripts/licences.js', ...mode], { cwd: root })).toEqual({ code: 0, stdout: '', stderr: '' });
  const text = readFileSync(join(root, 'THIRD-PARTY-LICENSES'), 'utf8');
  expect(text).toMatch(/^@aws-sdk\/client-iam \d+\.\d+\.\d+ \(Apache-2\.0\)$/m);
  // Used by the tests only.
  expect(text).not.toMatch(/^(vitest|fast-check) /m);
});
