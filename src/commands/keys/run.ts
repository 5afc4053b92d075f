import { defaultConfigFile } from '../../config/file.js';
import type { KeyAction, KeysReport, KeyVerb } from '../../core/keys.js';
import { renderKeysTable } from '../../report/keys-table.js';
import type { App } from '../../run/app.js';
import { makeApproval } from '../../run/approval.js';
import { printHeader, resolverOf, type Run, runActions } from '../../run/run.js';
import { destinationWords, guardTrust } from '../../run/secrets-trust.js';
import { guardFlags, type KeysFlags, type KeysOutcome, type KeysRun } from './types.js';

/** `bootstrap keys list | rotate | disable | enable | delete`: manages access keys after `init`. */
export const runKeys = (flags: KeysFlags, app: App): Promise<number> => {
  const actions: KeyAction[] = [];
  /** Lines printed above the approval. The table does not repeat them. */
  const printed: string[] = [];
  return runActions<KeysReport>(app, {
    name: `keys ${flags.verb}`,
    checkFlags: () => guardFlags(flags),
    blank: { keys: [], rootKeys: null, unread: [], actions, notes: [], next: null },
    work: (run) => work(run, flags, actions, printed),
    render: (report, look) => renderKeysTable({ ...report, notes: report.notes.filter((note) => !printed.includes(note)) }, look),
  });
};

const work = async (run: Run, flags: KeysFlags, actions: KeyAction[], printed: string[]): Promise<KeysOutcome> => {
  const { app } = run;
  const { host } = app;
  const { config, note, found } = await app.config();
  const resolved = (await resolverOf(app, config, 'check'))({ secretsFile: flags.secretsFile });
  const reads = flags.verb === 'list';
  const { attended, guard, approve } = makeApproval(app, { yes: flags.yes, list: 'bootstrap keys list' });
  if (!reads) guard(resolved.accountId);

  const connection = await run.connect(reads ? 'read' : 'write', attended);
  const { caller, account } = await run.identify(connection, resolved);
  printHeader(app, account, connection, note, [], attended && !reads);
  return (await subcommand(flags.verb))({
    app,
    flags,
    connection,
    caller,
    inUse: await connection.accessKeyId(),
    journal: await app.journal(),
    secretsFile: resolved.secretsFile,
    guardSecretsFile: async () => {
      const { destination, destinationFrom: from = '' } = resolved;
      if (destination === undefined) return;
      const by = found && flags.secretsFile === undefined ? 'folder' : 'user';
      const words = await destinationWords(destination, host.cwd);
      await guardTrust(app, { destination, words, from, by, confirmBy: `--config ./${defaultConfigFile}` }, attended);
    },
    port: {
      clock: connection.clock,
      signal: host.signal,
      notify: app.progress.notify,
      onAction: (action, { id, user }) => actions.push({ action, user, accessKeyId: id }),
    },
    signerOf: (key) => {
      const boundary = connection.signer(key);
      run.include(boundary);
      return boundary;
    },
    approve: (question, lines = []) => {
      if (attended || !app.terminal.quiet) printed.push(...lines);
      return approve({ question }, lines);
    },
  });
};

const subcommand = async (verb: KeyVerb): Promise<(run: KeysRun) => Promise<KeysOutcome>> => {
  if (verb === 'list') return (await import('./list.js')).listKeys;
  if (verb === 'rotate') return (await import('./rotate.js')).rotateKeys;
  return (await import('./change.js')).changeKeys;
};
