import { open, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type ConfigFile, maxConfigBytes, readConfigFile } from './file.js';

/** The config file of a run; undefined when none was named and none is in the working folder. */
export const configFileOf = (
  named: { readonly config?: string | undefined },
  host: { readonly cwd: string },
): Promise<ConfigFile | undefined> => readConfigFile(named.config, host.cwd, { stat, readFile: readAtMost(maxConfigBytes) });

/** The bytes of a file, or one more than `most` where it has more: a pipe or a growing file has no size to ask for beforehand. */
export const readAtMost =
  (most: number) =>
  async (path: string): Promise<Uint8Array> => {
    const file = await open(path, 'r');
    try {
      const parts: Uint8Array[] = [];
      let left = most + 1;
      while (left > 0) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(Math.min(left, 65_536)));
        if (bytesRead === 0) break;
        parts.push(buffer.subarray(0, bytesRead));
        left -= bytesRead;
      }
      return Buffer.concat(parts);
    } finally {
      await file.close();
    }
  };

/**
 * Work without pauses on a file of someone else. It cannot be interrupted, only bounded; a signal that came meanwhile counts for more than
 * how the work ended.
 */
export const interruptible = async <T>({ signal }: { readonly signal: AbortSignal }, work: () => T): Promise<T> => {
  const letIn = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  await letIn();
  try {
    return work();
  } finally {
    await letIn();
  }
};
