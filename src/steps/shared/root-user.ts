import type { ReadCloud } from '../../core/cloud.js';
import type { Reading } from '../../core/reading.js';

/** What the account summary reports about root. */
export interface RootUser {
  readonly mfa: boolean;
  /** False in member accounts whose root credentials the organization removed. */
  readonly password: boolean;
  readonly accessKey: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const readRootUser = async (cloud: ReadCloud): Promise<Reading<RootUser>> => {
  const reading = await cloud.read('iam:GetAccountSummary', {});
  if (!reading.ok) return reading;
  // The SDK types the keys as an enum that lacks newer ones.
  const summary: Readonly<Record<string, number | undefined>> = reading.value.SummaryMap ?? {};
  const { AccountMFAEnabled: mfa, AccountAccessKeysPresent: keys, AccountPasswordPresent: password } = summary;
  if (mfa === undefined || keys === undefined) {
    return { ok: false, cause: 'failed', message: 'iam:GetAccountSummary returned nothing about root', evidence: reading.evidence };
  }
  // AWS added this key later: if it is missing, root has a password.
  return { ...reading, value: { mfa: mfa > 0, password: password !== 0, accessKey: keys > 0 } };
};

/** The page on which root manages its own password, MFA devices and access keys. No API can do it for root. */
export const rootCredentialsPage = (consoleHost: string): string => `https://${consoleHost}/iam/home#/security_credentials`;
