import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { type Ended, run } from '../support/child-process.js';

const repository = path.resolve(import.meta.dirname, '../..');

/** A whole run of vitest with one passing test, which records a request with the given form. */
async function runRecording(form: string): Promise<Ended> {
  // Inside the repository, where `vitest` resolves.
  await mkdir(path.join(repository, '.cache'), { recursive: true });
  const folder = await mkdtemp(path.join(repository, '.cache/recording-run-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const line = {
    method: 'POST',
    path: '/',
    headers: {
      authorization: 'Credential=AKIAEXAMPLE/20261124/us-east-1/iam/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form,
  };
  const globalSetup = path.join(import.meta.dirname, 'global-setup.ts');
  await writeFile(path.join(folder, 'vitest.config.mjs'), `export default { test: { globalSetup: ${JSON.stringify(globalSetup)} } }`);
  await writeFile(
    path.join(folder, 'recording.test.mjs'),
    `import { appendFileSync } from 'node:fs';
     import { inject, it } from 'vitest';
     it('passes', () => appendFileSync(inject('recordDir') + '/one.jsonl', ${JSON.stringify(`${JSON.stringify(line)}\n`)}));`,
  );
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const vitest = path.join(repository, 'node_modules/vitest/vitest.mjs');
  return run(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, env: { ...environment, NO_COLOR: '1', TMPDIR: folder } });
}

it.skipIf(inject('pythonBin') === '')(
  'fails a run whose tests pass but whose requests break the model',
  async () => {
    const ended = await runRecording('Action=CreateUser&Version=2010-05-08');
    expect(ended.stdout).toContain('1 passed');
    expect(ended.stdout).toContain('Requests against the AWS service models: 1 requests, 1 operations, 1 violations');
    expect(ended.stderr).toContain('one.jsonl:1 iam CreateUser UserName [required] is missing');
    expect(ended.code).toBe(1);
  },
  60_000,
);

it.skipIf(inject('pythonBin') === '')(
  'lets a run pass whose requests keep to the model',
  async () => {
    const ended = await runRecording('Action=CreateUser&Version=2010-05-08&UserName=alex');
    expect(ended.stdout).toContain('Requests against the AWS service models: 1 requests, 1 operations, 0 violations');
    expect(ended.code).toBe(0);
  },
  60_000,
);
