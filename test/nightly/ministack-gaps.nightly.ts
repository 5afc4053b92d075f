import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { sampleInputs } from '../emulator/sample-inputs.js';
import { createSender, failureOf } from '../emulator/sdk-sender.js';
import { type Emulator, ministackLacks, startMinistack } from './ministack.js';

describe('the pinned ministack', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startMinistack();
  });
  afterAll(() => emulator?.stop());

  it('has all operations of the tool but those of the table', async () => {
    const send = createSender({ endpoint: emulator.url, credentials: { accessKeyId: '123456789012', secretAccessKey: 'unused' } });
    const unknown: string[] = [];
    for (const operation of Object.keys(operations)) {
      const error = await failureOf(send(operation, sampleInputs[operation]));
      if (error !== undefined && ['InvalidAction', 'Unknown'].includes(error.name)) unknown.push(operation);
    }
    console.info(`ministack lacks ${unknown.length} of ${Object.keys(operations).length} operations: ${unknown.toSorted().join(', ')}`);
    expect(unknown.toSorted()).toEqual(ministackLacks.toSorted());
  });

  it('still creates MFA devices with a seed that is hexadecimal, not base32', async () => {
    const send = createSender({ endpoint: emulator.url, credentials: { accessKeyId: '210987654321', secretAccessKey: 'unused' } });
    const { VirtualMFADevice } = await send('iam:CreateVirtualMFADevice', { VirtualMFADeviceName: 'probe' });
    expect(Buffer.from(VirtualMFADevice.Base32StringSeed).toString()).toMatch(/[0189]/);
  });

  it('still answers account:GetAccountInformation with a time that is not a text', async () => {
    const send = createSender({ endpoint: emulator.url });
    expect(String(await failureOf(send('account:GetAccountInformation')))).toContain('RFC-3339');
  });
});
