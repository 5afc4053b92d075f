import { rm } from 'node:fs/promises';
import { usage } from '../../core/errors.js';
import { plain } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import type { RootCredentials } from '../../sandbox/sandbox.js';

type What = 'serve' | 'show' | 'sign-up' | 'reset';
export interface SandboxFlags {
  readonly port: number;
  /** sign-up */
  readonly name?: string;
  readonly email?: string;
}

/** `bootstrap sandbox serve | show | sign-up | reset`: the practice account for other clients, for reading, with another beside it, and new. */
export const runSandbox = (what: What, flags: SandboxFlags, app: App): Promise<number> =>
  offline(app, `sandbox ${what}`, () => work(what, flags, app));

const work = async (what: What, flags: SandboxFlags, app: App): Promise<number> => {
  const { terminal, globals, host } = app;
  if (what === 'reset') {
    const { guardReset } = await import('../../sandbox/world-file.js');
    guardReset(app.sandboxFile);
    await rm(app.sandboxFile, { force: true });
    await rm(`${app.sandboxFile}.secrets`, { recursive: true, force: true });
    await rm(`${app.sandboxFile}.journal`, { recursive: true, force: true });
    terminal.stdout(
      globals.output === 'json'
        ? `${JSON.stringify({ file: app.sandboxFile, reset: true })}\n`
        : `The practice account is empty again: ${app.sandboxFile}\n`,
    );
    return 0;
  }
  const sandbox = await app.openSandbox();
  if (what === 'show') {
    const { describeWorld } = await import('../../sandbox/describe.js');
    const shown = describeWorld(sandbox.world);
    terminal.stdout(globals.output === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : worldText(shown));
    return 0;
  }
  if (what === 'sign-up') {
    const { name = 'Other', email = 'other@example.com' } = flags;
    if (!/^[^@\s]+@[^@\s]+$/.test(email))
      throw usage(`--email ${JSON.stringify(email)} is not an e-mail address.`, 'Write it like other@example.com.');
    const { accountId, ...credentials } = sandbox.signUp({ name, email });
    terminal.stdout(
      globals.output === 'json' ? `${JSON.stringify({ accountId, name, email, ...credentials }, null, 2)}\n` : exportsOf(credentials),
    );
    if (!terminal.quiet && globals.output !== 'json')
      terminal.stderr(
        `Account ${accountId} (${plain(name)}, ${plain(email)}) is open, in no organization. The lines above sign a shell in as its root, for \`bootstrap sandbox serve\`.\n`,
      );
    return 0;
  }
  const { serveSandbox } = await import('../../sandbox/serve.js');
  const server = await serveSandbox(sandbox, { port: flags.port, host: '127.0.0.1' }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    const why = code === 'EACCES' ? 'may not be used by you' : 'is in use';
    throw usage(`Port ${flags.port} of this machine ${why}.`, 'Name another with --port, or leave it out for a free one.');
  });
  // stdout can be fed to a shell; the credentials open nothing but the practice account.
  terminal.stdout(
    [
      `export AWS_ENDPOINT_URL=${server.url}`,
      ...exportLines(sandbox.credentials),
      'export AWS_REGION=us-east-1',
      // boto3 and version 1 of the AWS CLI know this name only.
      'export AWS_DEFAULT_REGION=us-east-1',
      '',
    ].join('\n'),
  );
  if (!terminal.quiet)
    terminal.stderr(
      `The practice account answers at ${server.url}, root signed in, until Ctrl-C.\nPaste the lines above into another shell, then for example: aws iam list-users\n`,
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

/** One line a thing; nested lists indented. */
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
