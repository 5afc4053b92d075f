import { Argument } from 'commander';
import type { Declare } from '../flags.js';
import { withExamples } from '../help.js';

const shells = ['bash', 'zsh', 'fish'] as const;

export const declareCompletion: Declare = (program, { host, ended }) => {
  const completion = program
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells));
  withExamples(
    completion,
    'source <(bootstrap completion bash)           in ~/.bashrc',
    'source <(bootstrap completion zsh)            in ~/.zshrc, after compinit',
    'bootstrap completion fish > ~/.config/fish/completions/bootstrap.fish',
  );
  completion.action((shell: (typeof shells)[number]) =>
    ended(
      (async () => {
        const { completionScript } = await import('./run.js');
        host.stdout.write(completionScript(shell, program));
        return 0;
      })(),
    ),
  );
};
