import { afterEach, vi } from 'vitest';
import { removeTestFolders } from './test-folder.js';

// Loaded for each test file. A hook at the top of a shared module would be set for one file only: the files of a worker load it once.

export const cleanUp = (): void => {
  vi.unstubAllEnvs();
  removeTestFolders();
};
afterEach(cleanUp);
