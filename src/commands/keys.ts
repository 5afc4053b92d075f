import type { App } from '../app.js';
import type { Boundary } from '../aws/boundary.js';
import { guardAccount } from '../aws/identify.js';
import { resolveConfig } from '../config/resolve.js';
import { BootstrapError, exitNames } from '../core/error.js';
import type { KeyAction, KeysReport, KeyVerb } from '../core/keys.js';
import { renderHeader } from '../report/header.js';
import { steps } from '../steps/index.js';
import { version } from '../version.js';
import { stopCode } from './check.js';
import { describeAccount, stoppedError, toldError } from './frame.js';
import { deliverKeys } from './keys-deliver.js';
import { guardFlags } from './keys-guards.js';
import type { KeysFlags, KeysOutcome, KeysRun } from './keys-run.js';
import { reserveOutput } from './present.js';

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
    apiCalls: boundaries
      .map((boundary) => boundary.counts())
      .reduce((sum, one) => ({ total: sum.total + one.total, writes: sum.writes + one.writes }), { total: 0, writes: 0 }),
    ...parts,
  });

  try {
    guardFlags(flags);
    await reserveOutput(app);
    const { config, said } = await app.config();
    const resolved = resolveConfig({
      config,
      flags: { accountId: globals.accountId, secretsFile: flags.secretsFile },
      steps,
      command: 'check',
      sandbox: app.sandboxed,
      random: app.sandboxed ? await app.practiceRandom() : host.random,
    });
    const attended = terminal.interactive && !flags.yes;
    if (flags.verb !== 'list') guardUnattended(flags, app, attended, resolved.accountId);

    const connection = await app.connect(flags.verb === 'list' ? 'read' : 'write', app.progress.say);
    boundaries.push(connection.boundary);
    known = { ...known, target: connection.target };
    const caller = await connection.identify();
    guardAccount(caller, resolved.accountId, resolved.accountIdFrom);
    known = { ...known, account: await describeAccount(connection.boundary.cloud, caller) };
    if (!terminal.quiet && known.account !== null) {
      const more = [
        ...connection.notices().map((value) => ({ label: 'Note', value })),
        ...(said === undefined ? [] : [{ label: 'Config', value: said }]),
      ];
      terminal.stderr(
        `${renderHeader(known.account, connection.target, terminal.messageLook, { signedInBy: connection.signedInBy, more })}\n`,
      );
    }

    const run: KeysRun = {
      app,
      flags,
      connection,
      caller,
      inUse: await connection.accessKeyId(),
      journal: await app.journal(),
      secretsFile: resolved.secretsFile,
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
      approve: (question, lines) => approve(app, attended, question, lines),
    };
    const { exit = 0, ...outcome } = await (await subcommand(flags.verb))(run);
    return await deliverKeys(app, report({ ...outcome, exit: { code: exit, name: exitNames[exit] } }));
  } catch (error) {
    const changed = effects() > 0;
    if (host.signal.aborted || isInterrupted(error)) {
      const code = host.signal.aborted ? stopCode(app) : 130;
      return await deliverKeys(
        app,
        report({ error: stoppedError(changed), exit: { code, name: code === 143 ? 'terminated' : 'interrupted' } }),
      );
    }
    if (globals.debug === true && error instanceof Error) terminal.stderr(`debug: ${error.stack ?? error.message}\n`);
    const plain = toldError(error, changed);
    const told = changed && plain.changed === false ? plain.afterChanges() : plain;
    const retry = told.exit === 6 ? { retryAfterSeconds: 60 } : {};
    return await deliverKeys(app, report({ error: told.info(), exit: { code: told.exit, name: exitNames[told.exit], ...retry } }));
  }
};

const subcommand = async (verb: KeyVerb): Promise<(run: KeysRun) => Promise<KeysOutcome>> => {
  if (verb === 'list') return (await import('./keys-list.js')).listKeys;
  if (verb === 'rotate') return (await import('./keys-rotate.js')).rotateKeys;
  return (await import('./keys-change.js')).changeKeys;
};

/** As in `init`: what an unattended run must say before anything else. */
const guardUnattended = (flags: KeysFlags, app: App, attended: boolean, accountId: string | undefined): void => {
  if (attended) return;
  if (!flags.yes) {
    throw new BootstrapError({
      code: 'E-NO-TERMINAL',
      exit: 2,
      message: 'There is no terminal to approve the change at.',
      next: 'Add --yes to approve it beforehand, or look only: `bootstrap keys list`.',
    });
  }
  if (app.sandboxed || accountId !== undefined) return;
  throw new BootstrapError({
    code: 'E-NO-ACCOUNT-ID',
    exit: 4,
    message: 'An unattended run that may change an account has to name it.',
    next: 'Add --account-id 123456789012, or account.id to bootstrap.yaml.',
  });
};

const approve = async (app: App, attended: boolean, question: string, lines: readonly string[] = []): Promise<void> => {
  for (const line of lines) if (!app.terminal.quiet || attended) app.terminal.stderr(`${line}\n`);
  if (!attended) return;
  const prompter = await app.prompter();
  if (await prompter.confirm({ question, default: false })) return;
  throw new BootstrapError({
    code: 'E-DECLINED',
    exit: 3,
    message: 'You declined; nothing was changed.',
    next: 'Run the command again when you want it, or look only: `bootstrap keys list`.',
  });
};

const isInterrupted = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PromptAborted' && (error as { reason?: string }).reason !== 'end';
