import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from './memory.js';

const folders: string[] = [];

/** A folder of this test's own, removed when the test ends. */
export const testFolder = (place = memory): string => {
  const folder = mkdtempSync(join(place, 'bootstrap-test-'));
  folders.push(folder);
  return folder;
};

export const removeTestFolders = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};
