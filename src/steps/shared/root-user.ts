import type { ReadCloud } from '../../core/cloud.js';
import type { Reading } from '../../core/reading.js';

/** What IAM tells of root to everybody who may read the account's summary. */
export interface RootUser {
  readonly mfa: boolean;
  /** False in members whose root credentials the organization took away. */
  readonly password: boolean;
  readonly accessKey: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const readRootUser = async (cloud: ReadCloud): Promise<Reading<RootUser>> => {
  const reading = await cloud.read('iam:GetAccountSummary', {});
  if (!reading.ok) return reading;
  // The SDK's type knows its keys as an enum that lags behind.
  const summary: Readonly<Record<string, number | undefined>> = reading.value.SummaryMap ?? {};
  const { AccountMFAEnabled: mfa, AccountAccessKeysPresent: keys, AccountPasswordPresent: password } = summary;
  if (mfa === undefined || keys === undefined) {
    return { ok: false, cause: 'failed', message: 'iam:GetAccountSummary says nothing about root', evidence: reading.evidence };
  }
  // Younger than the others: where it is missing, root has its password.
  return { ...reading, value: { mfa: mfa > 0, password: password !== 0, accessKey: keys > 0 } };
};

/** Where root manages its own password, devices and keys. IAM offers no way to do it for root. */
export const rootCredentialsPage = (consoleHost: string): string => `https://${consoleHost}/iam/home#/security_credentials`;
