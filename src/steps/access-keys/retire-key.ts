import { isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';

/** The calls that delete an access key. It is deactivated first, so that it cannot be used any more if the second call fails. */
export const retireKeyCalls = ['iam:UpdateAccessKey', 'iam:DeleteAccessKey'] as const;

/** Deletes an access key. If it no longer exists, there is nothing to do. */
export const retireKey = async ({ cloud }: Pick<ApplyContext, 'cloud'>, user: string, id: string): Promise<void> => {
  const ignoreMissing = (error: unknown): void => {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  };
  await cloud.write('iam:UpdateAccessKey', { UserName: user, AccessKeyId: id, Status: 'Inactive' }).catch(ignoreMissing);
  await cloud.write('iam:DeleteAccessKey', { UserName: user, AccessKeyId: id }).catch(ignoreMissing);
};
