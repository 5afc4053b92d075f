import { rm } from 'node:fs/promises';
import { usage } from '../../core/errors.js';
import { plain } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import type { RootCredentials } from '../../sandbox/sandbox.js';

/** `bootstrap sandbox serve`: serves the practice account to other clients until Ctrl-C. `port`: 0 for a free one. */
export const runSandboxServe = (port: number, app: App): Promise<number> =>
  offline(app, 'sandbox serve', async () => {
    const { terminal, host, globals } = app;
    const sandbox = await app.openSandbox();
    const credentials = (await import('../../run/connect.js')).practiceCredentials(sandbox, globals);
    const { serveSandbox } = await import('../../sandbox/serve.js');
    const server = await serveSandbox(sandbox, { port }).catch((cause: unknown) => {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
      const why = code === 'EACCES' ? 'cannot be used (permission denied)' : 'is in use';
      throw usage(`Port ${port} of this machine ${why}.`, 'Pass another port with --port, or leave the flag out to use a free one.');
    });
    // A shell can read stdout. The credentials are only valid for the practice account.
    terminal.stdout(
      [
        `export AWS_ENDPOINT_URL=${server.url}`,
        ...exportLines(credentials),
        'export AWS_REGION=us-east-1',
        // boto3 and version 1 of the AWS CLI only read this name.
        'export AWS_DEFAULT_REGION=us-east-1',
        '',
      ].join('\n'),
    );
    if (!terminal.quiet) {
      terminal.message(
        `The practice account is served at ${server.url} until Ctrl-C. The credentials are those of its ${globals.sandboxAs === 'admin' ? 'administrator' : 'root user'}.`,
      );
      terminal.message('Paste the lines above into another shell, then run for example: `aws iam list-users`');
    }
    await new Promise<void>((resolve) => {
      if (host.signal.aborted) resolve();
      else host.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
    return 0;
  });

/** `bootstrap sandbox show`: prints the content of the practice account. */
export const runSandboxShow = (app: App): Promise<number> =>
  offline(app, 'sandbox show', async () => {
    const { terminal, globals } = app;
    const sandbox = await app.openSandbox();
    const { describeWorld } = await import('../../sandbox/describe.js');
    const shown = describeWorld(sandbox.world);
    terminal.stdout(globals.output === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : worldText(shown));
    return 0;
  });

/** `bootstrap sandbox sign-up`: adds a second account. */
export const runSandboxSignUp = ({ name, email }: { readonly name: string; readonly email: string }, app: App): Promise<number> =>
  offline(app, 'sandbox sign-up', async () => {
    const { terminal, globals } = app;
    const sandbox = await app.openSandbox();
    if (!/^[^@\s]+@[^@\s]+$/.test(email))
      throw usage(`--email ${JSON.stringify(email)} is not an email address.`, 'Write it like other@example.com.');
    const { accountId, ...credentials } = sandbox.signUp({ name, email });
    if (globals.output === 'json') {
      terminal.stdout(`${JSON.stringify({ accountId, name, email, ...credentials }, null, 2)}\n`);
      return 0;
    }
    terminal.stdout(`${exportLines(credentials).join('\n')}\n`);
    if (!terminal.quiet)
      terminal.message(
        `Paste the lines above into a shell to sign in as root of account ${accountId} (${email}), for use with \`bootstrap sandbox serve\`.`,
      );
    return 0;
  });

/** `bootstrap sandbox reset`: empties the practice account. */
export const runSandboxReset = (app: App): Promise<number> =>
  offline(app, 'sandbox reset', async () => {
    const { terminal, globals, sandboxFile: file } = app;
    const { guardReset } = await import('../../sandbox/world-file.js');
    guardReset(file, globals.sandboxFile === undefined);
    await rm(file, { force: true });
    await rm(`${file}.secrets`, { recursive: true, force: true });
    await rm(`${file}.journal`, { recursive: true, force: true });
    terminal.stdout(
      globals.output === 'json' ? `${JSON.stringify({ file, reset: true })}\n` : `The practice account is now empty: ${file}\n`,
    );
    return 0;
  });

const exportLines = ({ accessKeyId, secretAccessKey, sessionToken }: RootCredentials): readonly string[] => [
  `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
  `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
  `export AWS_SESSION_TOKEN=${sessionToken}`,
];

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
