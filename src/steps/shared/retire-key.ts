import { isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';

/** The calls that take a key away: switched off first, so that between the two nobody can use it. */
export const retiring = ['iam:UpdateAccessKey', 'iam:DeleteAccessKey'] as const;

/** Takes an access key away for good. One that is gone already is what was wanted. */
export const retireKey = async ({ cloud }: Pick<ApplyContext, 'cloud'>, user: string, id: string): Promise<void> => {
  const gone = (error: unknown): void => {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  };
  await cloud.write('iam:UpdateAccessKey', { UserName: user, AccessKeyId: id, Status: 'Inactive' }).catch(gone);
  await cloud.write('iam:DeleteAccessKey', { UserName: user, AccessKeyId: id }).catch(gone);
};
