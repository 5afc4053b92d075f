import { open } from 'node:fs/promises';

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
