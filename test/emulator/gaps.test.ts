import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { isOffered, missingOperations } from './gaps.js';
import { type Moto, startMoto } from './moto.js';
import { sampleInputs } from './sample-inputs.js';
import { createSender } from './sdk-sender.js';
import { wrongAnswers } from './wrong-answers.js';

const python = inject('pythonBin');

/** What the SDK throws for any failed request; `$response` is there but hidden from enumeration. */
interface SdkError {
  readonly name: string;
  /** Only on errors that AWS, or an emulator of it, has answered as such. */
  readonly $fault?: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers: Readonly<Record<string, string>> };
}

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
    createSender({ endpoint: proxy.url })(operation, sampleInputs[operation]).then(
      () => undefined,
      (error: SdkError) => error,
    );

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

  it.each(wrongAnswers.map((wrong) => [wrong.operation, wrong.moto, wrong] as const))('still answers %s wrongly: %s', async (_operation, _moto, wrong) => {
    // Not through the proxy: some of these requests break the model on purpose.
    const endpoint = moto.url;
    await moto.reset();
    expect(await wrong.persists(createSender({ endpoint }), (credentials) => createSender({ endpoint, credentials }))).toBe(true);
  });
});

describe('the table of gaps', () => {
  it('names only operations that are in use', () => {
    const named = [...missingOperations.map((missing) => missing.operation), ...wrongAnswers.map((wrong) => wrong.operation)];
    expect(named.filter((operation) => !(operation in sampleInputs))).toEqual([]);
  });
});
