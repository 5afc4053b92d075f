import { InvalidArgumentError } from 'commander';
import type { Globals } from '../../run/app.js';
import { appOf, type Declare, given, plainFormats, withGlobals } from '../flags.js';

type Options = Globals & { readonly port?: number; readonly name?: string; readonly email?: string };

export const declareSandbox: Declare = (program, { host, ended }) => {
  const sandbox = program.command('sandbox');
  const run = async (options: Options, what: 'serve' | 'show' | 'sign-up' | 'reset'): Promise<number> => {
    const [app, { runSandbox }] = await Promise.all([appOf(host, { ...options, sandbox: true }), import('./run.js')]);
    return runSandbox(what, { port: options.port ?? 0, ...given(options, 'name', 'email') }, app);
  };
  withGlobals(sandbox.command('serve'), plainFormats)
    .description('serve the practice account to the AWS CLI, boto3 and other clients on a loopback port, until Ctrl-C')
    .option('--port <port>', 'port to listen on (default: a free port)', portNumber)
    .action((options: Options) => ended(run(options, 'serve')));
  withGlobals(sandbox.command('show'), plainFormats)
    .description('print the content of the practice account, without its secrets')
    .action((options: Options) => ended(run(options, 'show')));
  withGlobals(sandbox.command('sign-up'), plainFormats)
    .description('create a second account, in no organization, that you can invite; prints its root credentials for a shell')
    .option('--name <name>', 'name of the account', 'Other')
    .option('--email <address>', 'email address of its root user', 'other@example.com')
    .action((options: Options) => ended(run(options, 'sign-up')));
  withGlobals(sandbox.command('reset'), plainFormats)
    .description('empty the practice account')
    .action((options: Options) => ended(run(options, 'reset')));
};

const portNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('Give a port between 0 and 65535.');
  return value;
};
