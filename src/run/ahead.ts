import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defaultConfigFile } from '../config/file.js';
import { connect } from './connect.js';
import type { Connection, Globals, Host } from './host.js';

/** A connection that was opened before the command was loaded. */
export interface Ahead {
  readonly mode: 'read' | 'write';
  readonly attended: boolean;
  readonly connection: Promise<Connection>;
  /** Receives the messages of the connection from now on. */
  readonly notifies: (notify: (text: string) => void) => void;
}

/**
 * Connects and sends GetCallerIdentity before the steps, the config and the reports are loaded. Only if nothing that they check can still
 * be wrong: with a config file, or with flags of the steps, AWS is called after those are checked.
 */
export const connectAhead = async (
  host: Host,
  globals: Globals,
  { mode, attended }: Pick<Ahead, 'mode' | 'attended'>,
): Promise<Ahead | undefined> => {
  const { accountId, config, debug, outputFile, sandbox, sandboxFile, sandboxAs } = globals;
  if (sandbox === true || sandboxFile !== undefined || sandboxAs !== undefined) return undefined;
  if (config !== undefined || outputFile !== undefined || debug === true) return undefined;
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) return undefined;
  const configured = await access(join(host.cwd, defaultConfigFile)).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
  if (configured) return undefined;
  let notify = (_text: string): void => {};
  const unused = { stderr: () => {} };
  const { promise: sent, resolve } = promised();
  const connection = connect({ host, globals, sandbox: undefined, terminal: unused }, mode, (text) => notify(text), attended, resolve);
  connection.catch(resolve);
  await sent;
  // Loading the command blocks the process: a connection on this machine must be ready before, and its request written.
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  return {
    mode,
    attended,
    connection,
    notifies: (receiver) => {
      notify = receiver;
    },
  };
};

const promised = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};
