import type { Explanation } from '../../core/explanation.js';

/** One page per exit code. When several apply, the order is: a signal, 2, 4, 1, 7, 6, 3, 5, 0. */
export const exitPages: Readonly<Record<string, Explanation & { readonly title: string }>> = {
  0: {
    title: 'Success',
    means: [
      '`init`: every change was made and verified, or there was nothing to do. `check`: no finding at or above `--fail-on` (default high), and every read that such a finding needs succeeded.',
    ],
  },
  1: {
    title: 'Unexpected failure',
    means: [
      'A bug in this tool, or an AWS error that the tool does not handle.',
      'Or an endpoint other than AWS does not offer an operation that the run needs. The message names both.',
    ],
    fix: {
      first: 'Run the command again with --debug and report what it prints. It prints every request, but never the secrets in it.',
    },
  },
  2: {
    title: 'Invalid usage or config',
    means: [
      'The command line, the config file or an output destination is invalid. Nothing was changed. AWS was not called, with one exception: a budget currency is only checked after the account is known.',
    ],
    fix: { first: 'Fix the problem that the message names.', tool: { commands: ['bootstrap config validate'] } },
  },
  3: {
    title: 'Differences found',
    means: [
      '`check`: there are findings at or above `--fail-on`. `init --dry-run --detailed-exitcode`: a run would change something. `init` at a terminal: you declined the plan.',
    ],
    fix: {
      first: 'Read the findings. Each has a page: run `bootstrap explain` with its id.',
      tool: { commands: ['bootstrap init --dry-run'] },
    },
  },
  4: {
    title: 'Sign-in or permissions',
    means: [
      'You are not signed in, not allowed to do this, or signed in to a different account than the one named. Or an unattended run does not name its account. `check` also exits with 4 when AWS denied a read that a finding at or above `--fail-on` needs: a check that could not be read never passes.',
    ],
    fix: {
      first:
        'Sign in to the intended account with the intended identity. Use `aws login` (AWS CLI 2.32 or newer), or run the command in CloudShell.',
    },
  },
  5: {
    title: 'Done, with manual steps remaining',
    means: [
      "Everything that has an API is done and verified. The remaining steps have no API (root's MFA device, the billing switch) or need your decision. The report lists them with links.",
    ],
    fix: { first: 'Do the remaining steps that the report lists, then check again.', tool: { commands: ['bootstrap check'] } },
  },
  6: {
    title: 'Not ready: run the same command again',
    means: [
      'AWS could not be reached or was still busy. Or its response to a write was lost, and the account does not show the change yet. In that case the run reads the account back and never sends the write again blindly.',
    ],
    fix: {
      first:
        'Run the same command again in a few minutes. It continues where this run stopped. JSON output contains the time to wait (`exit.retryAfterSeconds`).',
    },
  },
  7: {
    title: 'Partly done: a step failed',
    means: ['Some steps are done, and one failed. Steps that depend on it were not tried. All other steps were.'],
    fix: { first: 'Fix the problem that the message names and run the same command again. Or leave the step out with --skip.' },
  },
  130: {
    title: 'Stopped by Ctrl-C',
    means: ['The run was interrupted. A write that was in progress may or may not have reached AWS.'],
    fix: { first: 'Run the same command again. It reads the account first and continues where this run stopped.' },
  },
  143: {
    title: 'Stopped by SIGTERM',
    means: ['Another process ended the run, for example a job runner. A write that was in progress may or may not have reached AWS.'],
    fix: { first: 'Run the same command again. It reads the account first and continues where this run stopped.' },
  },
};
