import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const shared = '/dev/shm';
const roomy = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 30;
};

/** For folders of tests: in memory where there is room (a container may have 64 MB), since thousands of synced writes are slow on a disk. */
export const memory = existsSync(shared) && roomy(shared) ? shared : tmpdir();
