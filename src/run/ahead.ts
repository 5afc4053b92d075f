import { readConfig, type RunConfig } from './config.js';
import { connect, type ConnectParts } from './connect.js';
import { type Connection, type Globals, type Host, turns } from './host.js';

/** What was done before the command was loaded. */
export interface Ahead {
  /** Rejects as reading it does. A config can be a pipe, so it is read once. */
  readonly config: Promise<RunConfig>;
  /** undefined if something may still be wrong that a command checks before it calls AWS. */
  readonly opened?: OpenedConnection;
}

export interface OpenedConnection {
  readonly mode: 'read' | 'write';
  readonly attended: boolean;
  readonly connection: Promise<Connection>;
  /** Receives the messages of the connection from now on. */
  readonly notifies: (notify: (text: string) => void) => void;
}

/**
 * For `check`: connects and sends GetCallerIdentity before the command and the reports are loaded, and without a config also before the
 * steps are. Only if nothing that they check can still be wrong: with flags of the steps, AWS is called after those are checked.
 */
export const connectAhead = async (
  host: Host,
  globals: Globals,
  { mode, attended }: Pick<OpenedConnection, 'mode' | 'attended'>,
): Promise<Ahead | undefined> => {
  const { debug, outputFile, sandbox, sandboxFile, sandboxAs } = globals;
  if (sandbox === true || sandboxFile !== undefined || sandboxAs !== undefined) return undefined;
  if (outputFile !== undefined || debug === true) return undefined;
  const config = readConfig(globals, host);
  const ready = await config.then((read) => isResolved(read, globals, host)).catch(() => false);
  if (!ready) return { config };
  let notify = (_text: string): void => {};
  const unused = { stderr: () => {} };
  const { connection } = await connectIdentifying(
    { host, globals, sandbox: undefined, terminal: unused },
    mode,
    (text) => notify(text),
    attended,
  );
  return {
    config,
    opened: {
      mode,
      attended,
      connection,
      notifies: (receiver) => {
        notify = receiver;
      },
    },
  };
};

/** Whether the config and the flag fit each other. If not, the command throws the error. */
const isResolved = async ({ config }: RunConfig, { accountId }: Globals, host: Host): Promise<boolean> => {
  if (config === undefined) return accountId === undefined || /^\d{12}$/.test(accountId);
  const [{ resolveConfig }, { steps }] = await Promise.all([import('../config/resolve.js'), import('../steps/index.js')]);
  resolveConfig({ config, flags: { accountId }, steps, command: 'check', sandbox: false, random: host.random });
  return true;
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
  await turns(5);
  return { connection };
};

const promised = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};
