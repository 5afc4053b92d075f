import { Argument } from 'commander';
import { type Declare, offlineAppOf } from '../flags.js';
import { withExamples } from '../../help/layout.js';
import { shells } from './shells.js';

export const declareCompletion: Declare = (program, { host, ended }) => {
  const completion = program
    .command('completion')
    .usage('<shell>')
    // Optional for the parser, and not checked by it: its messages for a missing argument do not list the choices.
    .addArgument(new Argument('[shell]', 'the shell to complete in').choices(shells).argParser((shell) => shell));
  withExamples(
    completion,
    'source <(bootstrap completion bash)           in ~/.bashrc',
    'source <(bootstrap completion zsh)            in ~/.zshrc, after compinit',
    'bootstrap completion fish > ~/.config/fish/completions/bootstrap.fish',
    'bootstrap completion powershell | Out-String | Invoke-Expression    in $PROFILE',
  );
  completion.action((shell: string | undefined) =>
    ended(
      Promise.all([offlineAppOf(host, { output: 'table', input: false, color: true }), import('./run.js')]).then(
        ([app, { runCompletion }]) => runCompletion(shell, program, app),
      ),
    ),
  );
};
