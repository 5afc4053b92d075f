import { InvalidArgumentError } from 'commander';
import type { App, Globals } from '../../run/app.js';
import { appOf, type Declare, plainFormats, withGlobals } from '../flags.js';

export const declareSandbox: Declare = (program, { host, ended }) => {
  const sandbox = program.command('sandbox');
  const load = (options: Globals): Promise<readonly [App, typeof import('./run.js')]> =>
    Promise.all([appOf(host, { ...options, sandbox: true }), import('./run.js')]);
  withGlobals(sandbox.command('serve'), plainFormats)
    .description('serve the practice account to the AWS CLI, boto3 and other clients on a loopback port, until Ctrl-C')
    .option('--port <port>', 'port to listen on (default: a free port)', portNumber)
    .action(({ port = 0, ...options }: Globals & { readonly port?: number }) =>
      ended(load(options).then(([app, { runSandboxServe }]) => runSandboxServe(port, app))),
    );
  withGlobals(sandbox.command('show'), plainFormats)
    .description('print the content of the practice account, without its secrets')
    .action((options: Globals) => ended(load(options).then(([app, { runSandboxShow }]) => runSandboxShow(app))));
  withGlobals(sandbox.command('sign-up'), plainFormats)
    .description('create a second account, in no organization, that you can invite; prints its root credentials for a shell')
    .option('--name <name>', 'name of the account', 'Other')
    .option('--email <address>', 'email address of its root user', 'other@example.com')
    .action(({ name, email, ...options }: Globals & { readonly name: string; readonly email: string }) =>
      ended(load(options).then(([app, { runSandboxSignUp }]) => runSandboxSignUp({ name, email }, app))),
    );
  withGlobals(sandbox.command('reset'), plainFormats)
    .description('empty the practice account')
    .action((options: Globals) => ended(load(options).then(([app, { runSandboxReset }]) => runSandboxReset(app))));
};

const portNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('Give a port between 0 and 65535.');
  return value;
};
