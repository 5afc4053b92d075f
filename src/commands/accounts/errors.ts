import { partitionOf } from '../../core/account.js';
import { AwsError, translateAwsError } from '../../core/aws-error.js';
import { BootstrapError, type ErrorCode, type ErrorParts } from '../../core/errors.js';
import { refusal } from '../../steps/organization/refusals.js';

export const accountError = (code: Exclude<ErrorCode, 'E-STOPPED'>, parts: ErrorParts): BootstrapError =>
  new BootstrapError({ ...parts, code });

/** A failed write as an error of this command. Translated errors are returned unchanged. */
export const writeError = (thrown: unknown, partition: string): unknown => {
  const error = refusal(thrown, partitionOf(partition).consoleHost);
  return error instanceof AwsError ? translateAwsError(error) : error;
};
