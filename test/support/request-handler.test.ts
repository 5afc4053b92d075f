import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { checkModel } from '../emulator/model-check.js';
import { sampleInputs } from '../emulator/sample-inputs.js';
import { createSender } from '../emulator/sdk-sender.js';
import { recordRequests } from './request-handler.js';
import type { RequestedOperation } from './wire-record.js';

/** Accepts every request and never responds. */
const silentHandler = {
  handle: async () => Promise.reject(new Error('no answer')),
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
};

async function recordEverySample(): Promise<{ file: string; requests: readonly RequestedOperation[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'request-handler-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const file = path.join(folder, 'requests.jsonl');
  const requests: RequestedOperation[] = [];
  const send = createSender({ endpoint: 'https://nowhere.example', requestHandler: recordRequests(silentHandler, file, requests) });
  for (const [operation, input] of Object.entries(sampleInputs)) await expect(send(operation, input)).rejects.toThrow('no answer');
  return { file, requests };
}

const operationNames = Object.keys(sampleInputs);

it('determines service and operation of every request from its bytes', async () => {
  const { requests } = await recordEverySample();
  expect(requests.map(({ service, operation }) => `${service}:${operation}`)).toEqual(operationNames);
});

it('writes a line for each request, with the headers a check of it needs', async () => {
  const { file } = await recordEverySample();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(operationNames.length);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      method: 'POST',
      headers: { authorization: expect.stringContaining('Signature=-') as unknown },
    });
  }
});

it.skipIf(inject('pythonBin') === '')('writes what the model check reads: the SDK keeps to the models in every operation', async () => {
  const { file } = await recordEverySample();
  const checked = await checkModel(inject('pythonBin'), [file]);
  expect(checked.violations).toEqual([]);
  expect(checked.operations).toEqual([...operationNames].sort());
});
