import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { isOffered, missingOperations } from './gaps.js';
import { type Moto, startMoto } from './moto.js';
import { sampleInputs } from './sample-inputs.js';
import { createSender, failureOf, type SdkError } from './sdk-sender.js';
import { wrongAnswers } from './wrong-answers.js';

const python = inject('pythonBin');

describe.skipIf(python === '')('the pinned moto', () => {
  // A server of its own: these tests empty it between calls.
  let moto: Moto;
  let proxy: RecordingProxy;
  beforeAll(async () => {
    moto = await startMoto(python, { managedPolicies: false });
    proxy = await startRecordingProxy({ target: moto.url, file: path.join(inject('recordDir'), 'gaps.jsonl') });
    // Two operations end in an HTML page, not in an error, when there is nothing they could be about.
    await failure('budgets:CreateBudget');
    await failure('organizations:CreateOrganization');
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await moto?.stop();
  });

  const failure = async (operation: string): Promise<SdkError | undefined> =>
    failureOf(createSender({ endpoint: proxy.url })(operation, sampleInputs[operation]));

  it.each(missingOperations.map((missing) => [missing.operation, missing] as const))('has no %s', async (operation, missing) => {
    const error = await failure(operation);
    expect(error?.$fault).toBeUndefined();
    expect([error?.name, error?.$metadata.httpStatusCode, error?.$response?.headers['content-type']]).toEqual([
      missing.errorName,
      missing.status,
      'text/html; charset=utf-8',
    ]);
  });

  it.each(Object.keys(sampleInputs).filter(isOffered))('has %s', async (operation) => {
    const error = await failure(operation);
    if (error !== undefined) expect([error.name, error.$fault]).toEqual([expect.stringMatching(/^\w+Exception$/), 'client']);
  });

  it.each(wrongAnswers.map((wrong) => [wrong.operation, wrong.moto, wrong] as const))(
    'still answers %s wrongly: %s',
    async (_operation, _moto, wrong) => {
      // Not through the proxy: some of these requests break the model on purpose.
      const endpoint = moto.url;
      await moto.reset();
      expect(await wrong.persists(createSender({ endpoint }), (credentials) => createSender({ endpoint, credentials }))).toBe(true);
    },
  );
});

describe('the table of gaps', () => {
  it('is checked for every operation that the tool calls', () => {
    expect(Object.keys(operations).filter((operation) => !(operation in sampleInputs))).toEqual([]);
  });

  it('names only operations that are checked', () => {
    const named = [...missingOperations, ...wrongAnswers].map((gap) => gap.operation);
    expect(named.filter((operation) => !(operation in sampleInputs))).toEqual([]);
  });
});
