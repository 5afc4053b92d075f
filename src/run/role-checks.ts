import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoleCheck } from '../core/accounts.js';
import { replaceFile } from '../secrets/durable-file.js';
import { makeFolders } from '../secrets/journal.js';

/** The last check of each member role from this computer, by ARN. `accounts list` shows it to root, which cannot assume roles. */
export interface RoleChecks {
  readonly of: (roleArn: string) => Promise<RoleCheck | undefined>;
  /** Never fails: a check that is not recorded is repeated. */
  readonly note: (checks: Readonly<Record<string, RoleCheck>>) => Promise<void>;
}

export const makeRoleChecks = (file: string): RoleChecks => {
  const read = async (): Promise<Readonly<Record<string, RoleCheck>>> => {
    try {
      const { version, checks } = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown; checks?: Record<string, RoleCheck> };
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
        // See above.
      }
    },
  };
};
