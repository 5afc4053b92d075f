import { rm } from 'node:fs/promises';
import { usage } from '../../core/errors.js';
import { plain } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import type { RootCredentials } from '../../sandbox/sandbox.js';

type Action = 'serve' | 'show' | 'sign-up' | 'reset';
export interface SandboxFlags {
  readonly port: number;
  /** sign-up */
  readonly name?: string;
  readonly email?: string;
}

/** `bootstrap sandbox serve | show | sign-up | reset`: serves the practice account to other clients, prints it, adds a second account, or empties it. */
export const runSandbox = (action: Action, flags: SandboxFlags, app: App): Promise<number> =>
  offline(app, `sandbox ${action}`, () => runAction(action, flags, app));

const runAction = async (action: Action, flags: SandboxFlags, app: App): Promise<number> => {
  const { terminal, globals, host } = app;
  if (action === 'reset') {
    const { guardReset } = await import('../../sandbox/world-file.js');
    guardReset(app.sandboxFile);
    await rm(app.sandboxFile, { force: true });
    await rm(`${app.sandboxFile}.secrets`, { recursive: true, force: true });
    await rm(`${app.sandboxFile}.journal`, { recursive: true, force: true });
    terminal.stdout(
      globals.output === 'json'
        ? `${JSON.stringify({ file: app.sandboxFile, reset: true })}\n`
        : `The practice account is now empty: ${app.sandboxFile}\n`,
    );
    return 0;
  }
  const sandbox = await app.openSandbox();
  if (action === 'show') {
    const { describeWorld } = await import('../../sandbox/describe.js');
    const shown = describeWorld(sandbox.world);
    terminal.stdout(globals.output === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : worldText(shown));
    return 0;
  }
  if (action === 'sign-up') {
    const { name = 'Other', email = 'other@example.com' } = flags;
    if (!/^[^@\s]+@[^@\s]+$/.test(email))
      throw usage(`--email ${JSON.stringify(email)} is not an email address.`, 'Write it like other@example.com.');
    const { accountId, ...credentials } = sandbox.signUp({ name, email });
    terminal.stdout(
      globals.output === 'json' ? `${JSON.stringify({ accountId, name, email, ...credentials }, null, 2)}\n` : exportsOf(credentials),
    );
    if (!terminal.quiet && globals.output !== 'json')
      terminal.stderr(
        `Account ${accountId} (${plain(name)}, ${plain(email)}) was created, in no organization. Paste the lines above into a shell to sign in as its root, for use with \`bootstrap sandbox serve\`.\n`,
      );
    return 0;
  }
  const { serveSandbox } = await import('../../sandbox/serve.js');
  const server = await serveSandbox(sandbox, { port: flags.port, host: '127.0.0.1' }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    const why = code === 'EACCES' ? 'cannot be used (permission denied)' : 'is in use';
    throw usage(`Port ${flags.port} of this machine ${why}.`, 'Pass another port with --port, or leave the flag out to use a free one.');
  });
  // A shell can read stdout. The credentials are only valid for the practice account.
  terminal.stdout(
    [
      `export AWS_ENDPOINT_URL=${server.url}`,
      ...exportLines(sandbox.credentials),
      'export AWS_REGION=us-east-1',
      // boto3 and version 1 of the AWS CLI only read this name.
      'export AWS_DEFAULT_REGION=us-east-1',
      '',
    ].join('\n'),
  );
  if (!terminal.quiet)
    terminal.stderr(
      `The practice account is served at ${server.url} until Ctrl-C. The credentials are those of its root user.\nPaste the lines above into another shell, then run for example: aws iam list-users\n`,
    );
  await new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    else host.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
  return 0;
};

const exportLines = ({ accessKeyId, secretAccessKey, sessionToken }: RootCredentials): readonly string[] => [
  `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
  `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
  `export AWS_SESSION_TOKEN=${sessionToken}`,
];

const exportsOf = (credentials: RootCredentials): string => `${exportLines(credentials).join('\n')}\n`;

/** One line per value, with nested values indented. */
const worldText = (of: unknown, indent = ''): string => {
  if (typeof of !== 'object' || of === null) return `${indent}${plain(String(of))}\n`;
  return Object.entries(of)
    .map(([name, value]) => {
      if (Array.isArray(value) && value.length === 0) return `${indent}${plain(name)}: none\n`;
      if (typeof value === 'object' && value !== null) return `${indent}${plain(name)}:\n${worldText(value, `${indent}  `)}`;
      return `${indent}${plain(name)}: ${value === null ? 'none' : plain(String(value))}\n`;
    })
    .join('');
};
