import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoleState } from '../core/accounts.js';
import { replaceFile } from '../secrets/durable-file.js';
import { makeFolders } from '../secrets/journal.js';

type Check = Pick<RoleState, 'reachable' | 'reason' | 'checkedAt'>;

/** When roles of members were last tried from here, by their ARN: what root, who cannot try them, is shown. Nothing depends on it. */
export interface RoleChecks {
  readonly of: (roleArn: string) => Promise<Check | undefined>;
  /** What cannot be kept is simply tried again. */
  readonly note: (checks: Readonly<Record<string, Check>>) => Promise<void>;
}

export const makeRoleChecks = (file: string): RoleChecks => {
  const read = async (): Promise<Readonly<Record<string, Check>>> => {
    try {
      const { version, checks } = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown; checks?: Record<string, Check> };
      return version === 1 && typeof checks === 'object' ? checks : {};
    } catch {
      return {};
    }
  };
  return {
    of: async (roleArn) => {
      const found = (await read())[roleArn];
      return found !== undefined && typeof found.checkedAt === 'string' ? found : undefined;
    },
    note: async (checks) => {
      if (Object.keys(checks).length === 0) return;
      try {
        await makeFolders(dirname(file));
        const data = Buffer.from(`${JSON.stringify({ version: 1, checks: { ...(await read()), ...checks } }, undefined, 2)}\n`);
        await replaceFile({ path: file, data, mode: 0o600 });
      } catch {
        // As above.
      }
    },
  };
};
