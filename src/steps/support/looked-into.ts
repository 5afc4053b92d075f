import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';

/**
 * "Already exists" is an answer to look into, not a failure: it becomes one of the answers that leave open what the account looks
 * like now, upon which the engine looks again and goes on from what it sees.
 */
export const lookedInto = async <T>(write: Promise<T>): Promise<T> => {
  try {
    return await write;
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || error instanceof AmbiguousWriteError) throw error;
    const { operation, code, message, status, requestId } = error;
    throw new AmbiguousWriteError({ operation, code, message, status, requestId, cause: error });
  }
};
