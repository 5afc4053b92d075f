/** The results, when all have ended. Then throws the first error, if there is one: nothing is under way any more. */
export const allEnded = async <T>(work: readonly Promise<T>[]): Promise<readonly T[]> => {
  const ended = await Promise.allSettled(work);
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
};
