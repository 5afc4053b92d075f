import type { Explanation } from '../core/explanation.js';

/** One page an exit code. When several hold, the order is: a signal, 2, 4, 1, 7, 6, 3, 5, 0. */
export const exitPages: Readonly<Record<string, Explanation & { readonly title: string }>> = {
  0: {
    title: 'As wanted',
    means: [
      '`init`: everything is done and was read back, or there was nothing to do. `check`: no finding at or above `--fail-on` (default high), and nothing of that weight that could not be read.',
    ],
  },
  1: {
    title: 'Unexpected failure',
    means: [
      'A fault of the tool, or an error of AWS that nobody planned for.',
      'Or an endpoint other than AWS does not offer an operation that the run needs; the message names both.',
    ],
    fix: { first: 'Run the command again with --debug, which prints every request (never its secrets), and report what it prints.' },
  },
  2: {
    title: 'Usage or config is wrong',
    means: [
      'The command line, the config file or a place to write to will not do. Nothing was changed, and AWS was not called (but for the currency of a partition, which needs the account to be known).',
    ],
    fix: { first: 'Correct what the message names.', tool: { commands: ['bootstrap config validate'] } },
  },
  3: {
    title: 'Differs',
    means: [
      '`check`: there are findings at or above `--fail-on`. `init --dry-run --detailed-exitcode`: it would change something. `init` at a terminal: you declined the plan.',
    ],
    fix: { first: 'Read the findings; each has a page: `bootstrap explain` and its id.', tool: { commands: ['bootstrap init --dry-run'] } },
  },
  4: {
    title: 'Identity',
    means: [
      'Not signed in, not allowed, signed in to another account than the one named, or an unattended run that does not name its account. `check` ends so, too, when a read was denied that a finding at or above `--fail-on` needs: what could not be seen is never green.',
    ],
    fix: {
      first: 'Sign in with `aws login` (AWS CLI 2.32 or newer, or be in CloudShell), as the identity and to the account that is meant.',
    },
  },
  5: {
    title: 'Done, but a person must still do something',
    means: [
      "What can be done by API is done and was read back. What is left has no API (root's MFA device, the billing switch) or is a choice that only you can make; it is listed with links.",
    ],
    fix: { first: 'Do what is listed under "Left for you", then look again.', tool: { commands: ['bootstrap check'] } },
  },
  6: {
    title: 'Not ready: run the same command again',
    means: [
      'AWS could not be reached, was still busy, or its answer to a write was lost and the account does not show the change yet. A write whose answer was lost is read back and never blindly sent again.',
    ],
    fix: {
      first:
        'Run the same command again in a few minutes; it continues where this run stopped. JSON output says how long to wait (`exit.retryAfterSeconds`).',
    },
  },
  7: {
    title: 'Partial: one step failed for good',
    means: ['Some steps are done, one was refused. Steps that need the failed one were not tried; the others were.'],
    fix: { first: 'Mend what the message names and run the same command again; or leave the step out with --skip.' },
  },
  130: {
    title: 'Stopped by Ctrl-C',
    means: ['The run was interrupted. A write that was under way may or may not have reached AWS.'],
    fix: { first: 'Run the same command again: it reads the account first and continues where this run stopped.' },
  },
  143: {
    title: 'Stopped by SIGTERM',
    means: ['The run was ended from outside, by a job runner for example. A write that was under way may or may not have reached AWS.'],
    fix: { first: 'Run the same command again: it reads the account first and continues where this run stopped.' },
  },
};
