import type { App } from '../app.js';
import type { Boundary } from '../aws/boundary.js';
import { guardAccount } from '../aws/identify.js';
import { defaultConfigFile } from '../config/file.js';
import { resolveConfig } from '../config/resolve.js';
import { exitNames } from '../core/error.js';
import type { KeyAction, KeysReport, KeyVerb } from '../core/keys.js';
import { steps } from '../steps/index.js';
import { version } from '../version.js';
import { approve, countsOf, endOf, guardUnattended } from './acting.js';
import { describeAccount } from './frame.js';
import { deliver } from './deliver.js';
import { renderKeysTable } from '../report/keys-table.js';
import { guardFlags } from './keys-guards.js';
import type { KeysFlags, KeysOutcome, KeysRun } from './keys-run.js';
import { reserveOutput } from './present.js';
import { sayHeader } from './run-header.js';
import { destinationWords, guardTrust } from './secrets-trust.js';

const look = 'bootstrap keys list';

/** `bootstrap keys list | rotate | disable | enable | delete`: the life of access keys after `init`. */
export const runKeys = async (flags: KeysFlags, app: App): Promise<number> => {
  const { host, globals, terminal } = app;
  const startedAt = host.clock.now();
  const actions: KeyAction[] = [];
  const boundaries: Boundary[] = [];
  let known: Pick<KeysReport, 'target' | 'account'> = { target: app.sandboxed ? 'sandbox' : 'aws', account: null };
  const effects = (): number => boundaries.reduce((sum, boundary) => sum + boundary.effects(), 0);
  const report = (parts: Omit<KeysOutcome, 'exit'> & Pick<KeysReport, 'exit'> & Partial<Pick<KeysReport, 'error'>>): KeysReport => ({
    schemaVersion: '1.0',
    tool: { name: 'aws-account-bootstrap', version },
    command: `keys ${flags.verb}`,
    startedAt: startedAt.toISOString(),
    durationMs: host.clock.now().getTime() - startedAt.getTime(),
    ...known,
    keys: [],
    rootKeys: null,
    unread: [],
    actions,
    notes: [],
    next: null,
    apiCalls: countsOf(boundaries),
    ...parts,
  });

  try {
    guardFlags(flags);
    await reserveOutput(app);
    const { config, said, found } = await app.config();
    const resolved = resolveConfig({
      config,
      flags: { accountId: globals.accountId, secretsFile: flags.secretsFile },
      steps,
      command: 'check',
      sandbox: app.sandboxed,
      random: app.sandboxed ? await app.practiceRandom() : host.random,
    });
    const attended = terminal.interactive && !flags.yes;
    if (flags.verb !== 'list') guardUnattended({ yes: flags.yes, look }, app, attended, resolved.accountId);

    const connection = await app.connect(flags.verb === 'list' ? 'read' : 'write', app.progress.say, attended);
    boundaries.push(connection.boundary);
    known = { ...known, target: connection.target };
    const caller = await connection.identify();
    guardAccount(caller, resolved.accountId, resolved.accountIdFrom);
    const account = await describeAccount(connection.boundary.cloud, caller);
    known = { ...known, account };
    sayHeader(app, account, connection, said);

    const run: KeysRun = {
      app,
      flags,
      connection,
      caller,
      inUse: await connection.accessKeyId(),
      journal: await app.journal(),
      secretsFile: resolved.secretsFile,
      guardSecretsFile: async () => {
        const { destination, destinationFrom: from = '' } = resolved;
        const by = found && flags.secretsFile === undefined ? 'folder' : 'user';
        const confirmBy = `--config ./${defaultConfigFile}`;
        if (destination === undefined) return;
        const words = await destinationWords(destination, host.cwd);
        await guardTrust(app, { destination, words, from, by, confirmBy }, attended);
      },
      port: {
        clock: host.clock,
        signal: host.signal,
        say: app.progress.say,
        did: (action, { id, user }) => actions.push({ action, user, accessKeyId: id }),
      },
      signerOf: (key) => {
        const boundary = connection.signer(key);
        boundaries.push(boundary);
        return boundary;
      },
      approve: (question, lines) => approve(app, { attended, look }, question, lines),
    };
    const { exit = 0, ...outcome } = await (await subcommand(flags.verb))(run);
    return await deliver(app, report({ ...outcome, exit: { code: exit, name: exitNames[exit] } }), renderKeysTable);
  } catch (error) {
    return await deliver(app, report(endOf(app, error, effects() > 0)), renderKeysTable);
  }
};

const subcommand = async (verb: KeyVerb): Promise<(run: KeysRun) => Promise<KeysOutcome>> => {
  if (verb === 'list') return (await import('./keys-list.js')).listKeys;
  if (verb === 'rotate') return (await import('./keys-rotate.js')).rotateKeys;
  return (await import('./keys-change.js')).changeKeys;
};
