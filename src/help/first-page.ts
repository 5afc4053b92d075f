/** The first page of help. A file of its own, without the parser, so that it starts fast. */
import type { HelpPage } from './page.js';

/** What the tool is for, in one sentence. */
export const about = 'Takes an AWS account from "just signed up" to "safe to work in", and audits that it stays so.';

/** Every command with its description, in the order in which help lists them. */
export const commandTitles = {
  init: 'read the account, plan, ask for approval, apply, and verify',
  check: 'audit the account; changes nothing',
  keys: 'access keys: list, rotate, disable, enable, delete',
  accounts: 'member accounts: list, create, invite, close, secure their root',
  explain: 'what a step, check, error or exit code means, and what to do',
  config: 'bootstrap.yaml: create, validate, show effective values',
  policy: 'least-privilege policies; CI trust without access keys (offline)',
  undo: 'remove what this tool created in the account',
  report: 'show saved results in any format, without calling AWS',
  sandbox: 'the practice account: a strict AWS simulation in a file',
  completion: 'print a completion script for your shell',
} as const;
export type CommandName = keyof typeof commandTitles;

const examples = [
  ['bootstrap init --sandbox', 'try it on a practice account'],
  ['bootstrap init', 'bootstrap the account you are signed in to'],
  ['bootstrap check', 'audit it; changes nothing'],
  ['bootstrap explain mfa.root', 'what a finding means and how to fix it'],
] as const;

/** Whether the command line asks for the first page of help and nothing else. */
export const asksForRootHelp = (argv: readonly string[]): boolean =>
  argv.every((word) => ['--help', '-h', 'help', 'version'].includes(word)) && argv.join() !== 'version';

const titles = Object.entries(commandTitles);
const column = Math.max(...titles.map(([name]) => name.length)) + 2;

/** Examples, then the commands. Fits a screen of 24 lines at 80 columns. */
export const rootHelp: HelpPage = [
  ...examples.map(([command, text]) => `  $ ${command.padEnd(30)}${text}`),
  '',
  `\t${about}`,
  '',
  ...titles.map(([name, title]) => `  ${name.padEnd(column)}\t${title}`),
  '',
  '\tFlags of a command: `bootstrap help COMMAND`. Version: `bootstrap version`.',
  '\tExit codes: 0 success, 1 unexpected error, 2 usage, 3 differs, 4 identity, 5 manual steps remain, 6 not ready (run again), 7 partial.',
  '',
].join('\n');
