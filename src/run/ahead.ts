import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defaultConfigFile } from '../config/file.js';
import { connect, type ConnectParts } from './connect.js';
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
  const { connection } = await connectIdentifying(
    { host, globals, sandbox: undefined, terminal: unused },
    mode,
    (text) => notify(text),
    attended,
  );
  return {
    mode,
    attended,
    connection,
    notifies: (receiver) => {
      notify = receiver;
    },
  };
};

/** Connects, and waits until GetCallerIdentity is on its way: loading the SDK and the command blocks the process. */
export const connectIdentifying = async (
  parts: ConnectParts,
  mode: 'read' | 'write',
  notify: (text: string) => void,
  attended: boolean,
): Promise<{ readonly connection: Promise<Connection> }> => {
  const { promise: sent, resolve } = promised();
  const connection = connect(parts, mode, notify, attended, resolve);
  connection.catch(resolve);
  await sent;
  // A connection on this machine must be ready, and its request written.
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  return { connection };
};

const promised = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};
