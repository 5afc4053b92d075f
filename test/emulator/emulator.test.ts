import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { run } from '../support/child-process.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { EnvironmentUnavailable, ensureEnvironment } from './environment.js';
import { startMoto } from './moto.js';
import { createSender } from './sdk-sender.js';

const python = inject('pythonBin');

describe('the environment', () => {
  it('names what to install when there is no Python', async () => {
    const failure = ensureEnvironment({ python: '/nonexistent/python3' });
    await expect(failure).rejects.toThrow(EnvironmentUnavailable);
    await expect(failure).rejects.toThrow(/cannot be started.*apt-get install python3 python3-venv/);
  });

  it.skipIf(process.platform === 'win32')('says what to install when Python is too old', async () => {
    const failure = ensureEnvironment({ python: await fakePython('echo "AssertionError: 3.9.2" >&2; exit 1') });
    await expect(failure).rejects.toThrow(/is not Python 3.10 or later \(AssertionError: 3.9.2\).*Install Python/);
  });

  it.skipIf(process.platform === 'win32')('says what to install when Python comes without venv', async () => {
    const failure = ensureEnvironment({ python: await fakePython('[ "$1" = -c ] && echo 3.12.1 && exit 0; exit 3') });
    await expect(failure).rejects.toThrow(/has no venv or ensurepip module.*python3-venv/);
  });

  it.skipIf(process.platform === 'win32')('passes on why the packages could not be installed', async () => {
    const failure = ensureEnvironment({
      python: await fakePython('[ "$1" = -c ] && echo 3.12.1 && exit 0; echo "No matching distribution" >&2; exit 1'),
    });
    await expect(failure).rejects.toThrow('could not be installed: No matching distribution');
  });
});

/** A `python3` that is a shell script. */
async function fakePython(script: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'python-'));
  const file = path.join(folder, 'python3');
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  onTestFinished(async () => rm(folder, { recursive: true }));
  return file;
}

describe.skipIf(python === '')('moto', () => {
  it('ends when the test run does, however that ends', async () => {
    const server = spawn(python, ['-B', '-u', path.join(import.meta.dirname, 'serve_moto.py')], { stdio: ['pipe', 'ignore', 'pipe'] });
    await once(server.stderr, 'data');
    server.stdin.destroy();
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  it('forgets everything on reset, and is gone after stop', async () => {
    const moto = await startMoto(python, { managedPolicies: false });
    const send = createSender({ endpoint: moto.url });
    await send('iam:CreateAccountAlias', { AccountAlias: 'acme-prod' });
    await moto.reset();
    expect((await send('iam:ListAccountAliases')).AccountAliases).toEqual([]);
    await moto.stop();
    await expect(fetch(moto.url)).rejects.toThrow();
    expect(() => process.kill(moto.pid, 0)).toThrow('ESRCH');
  });

  it('keeps the accounts of several suites apart', async () => {
    const [first, second] = await Promise.all(
      ['111111111111', '222222222222'].map(async (motoAccount) => startRecordingProxy({ target: inject('motoUrl'), motoAccount })),
    );
    await createSender({ endpoint: first?.url ?? '' })('iam:CreateAccountAlias', { AccountAlias: 'first' });
    const seen = createSender({ endpoint: second?.url ?? '' });
    expect((await seen('iam:ListAccountAliases')).AccountAliases).toEqual([]);
    expect((await seen('sts:GetCallerIdentity')).Account).toBe('222222222222');
    await Promise.all([first?.close(), second?.close()]);
  });

  it('is seen alike by the AWS CLI and the SDK, through the recording proxy', async () => {
    const moto = await startMoto(python, { managedPolicies: false });
    const proxy = await startRecordingProxy({ target: moto.url, file: path.join(inject('recordDir'), 'aws-cli.jsonl') });
    const environment = {
      PATH: process.env['PATH'],
      HOME: inject('recordDir'),
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'unused',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: proxy.url,
    };
    const created = await run(inject('awsBin'), ['iam', 'create-user', '--user-name', 'alex', '--tags', 'Key=Größe,Value=1'], {
      env: environment,
    });
    expect([created.stderr, created.code]).toEqual(['', 0]);
    expect((await createSender({ endpoint: proxy.url })('iam:GetUser', { UserName: 'alex' })).User.Tags).toEqual([
      { Key: 'Größe', Value: '1' },
    ]);
    expect(proxy.requests).toEqual([
      { service: 'iam', operation: 'CreateUser' },
      { service: 'iam', operation: 'GetUser' },
    ]);
    await proxy.close();
    await moto.stop();
  }, 30_000);
});
