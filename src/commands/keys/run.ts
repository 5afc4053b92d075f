import type { Boundary } from '../../aws/boundary.js';
import { guardAccount } from '../../aws/identity.js';
import { defaultConfigFile } from '../../config/file.js';
import { resolveConfig } from '../../config/resolve.js';
import { exitNames } from '../../core/errors.js';
import type { KeyAction, KeysReport, KeyVerb } from '../../core/keys.js';
import { renderKeysTable } from '../../report/keys-table.js';
import type { App } from '../../run/app.js';
import { approve, describeFailure, guardUnattended, totalCalls } from '../../run/approval.js';
import { printResult } from '../../run/deliver.js';
import { describeAccount } from '../../run/end.js';
import { printHeader } from '../../run/header.js';
import { reserveOutput } from '../../run/output.js';
import { destinationWords, guardTrust } from '../../run/secrets-trust.js';
import { steps } from '../../steps/index.js';
import { version } from '../../version.js';
import { guardFlags, type KeysFlags, type KeysOutcome, type KeysRun } from './types.js';

const look = 'bootstrap keys list';

/** `bootstrap keys list | rotate | disable | enable | delete`: manages access keys after `init`. */
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
    apiCalls: totalCalls(boundaries),
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

    const connection = await app.connect(flags.verb === 'list' ? 'read' : 'write', app.progress.notify, attended);
    boundaries.push(connection.boundary);
    known = { ...known, target: connection.target };
    const caller = await connection.identify();
    guardAccount(caller, resolved.accountId, resolved.accountIdFrom);
    const account = await describeAccount(connection.boundary.cloud, caller);
    known = { ...known, account };
    printHeader(app, account, connection, said);

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
        notify: app.progress.notify,
        onAction: (action, { id, user }) => actions.push({ action, user, accessKeyId: id }),
      },
      signerOf: (key) => {
        const boundary = connection.signer(key);
        boundaries.push(boundary);
        return boundary;
      },
      approve: (question, lines) => approve(app, { attended, look }, question, lines),
    };
    const { exit = 0, ...outcome } = await (await subcommand(flags.verb))(run);
    return await printResult(app, report({ ...outcome, exit: { code: exit, name: exitNames[exit] } }), renderKeysTable);
  } catch (error) {
    return await printResult(app, report(describeFailure(app, error, effects() > 0)), renderKeysTable);
  }
};

const subcommand = async (verb: KeyVerb): Promise<(run: KeysRun) => Promise<KeysOutcome>> => {
  if (verb === 'list') return (await import('./list.js')).listKeys;
  if (verb === 'rotate') return (await import('./rotate.js')).rotateKeys;
  return (await import('./change.js')).changeKeys;
};
