import type { ErrorInfo } from '../core/errors.js';
import type { PackedReport, Result } from '../core/report.js';

/**
 * Steps and errors write the tool's own commands as `bootstrap …`. A printed command must work when you copy it: it gets the name that
 * the tool was started with, and the flags that select the same account.
 */
export interface CommandContext {
  /** `bootstrap` or `npx aws-account-bootstrap`. */
  readonly program: string;
  /** The flags that select the account, each with its value quoted for a shell: `--profile root`. */
  readonly flags: readonly string[];
  readonly sandbox: boolean;
}

/** Which of the flags a command accepts; all other commands accept none. */
const takes: Readonly<Record<string, RegExp>> = {
  init: /^--/,
  check: /^--/,
  undo: /^--/,
  keys: /^--/,
  accounts: /^--/,
  sandbox: /^--sandbox-file /,
  'config validate': /^--config /,
  'config show': /^--config /,
};

/** What is in quotes, and names: AWS allows a user called `--profile`. */
const valuesFromAws = /\\'|'[^']*'|(?<= --(?:user|mfa-users|budget-name) )\S+/g;

/** A single command. */
export const typedCommand = (command: string, { program, flags, sandbox }: CommandContext): string => {
  const [, written] = /^bootstrap (.+)$/s.exec(command) ?? [];
  if (written === undefined) return command;
  // The practice account has no profiles. `ROOT` is a placeholder for the profile of root.
  const rest = sandbox ? written.replace(/ --profile ROOT\b/, ' --sandbox-as root') : written;
  const words = rest.replaceAll(valuesFromAws, '').split(' ');
  const taken = words.at(-1) === '--help' ? undefined : takes[/^(config \S+|\S+)/.exec(rest)?.[0] ?? ''];
  const added = flags.filter((flag) => taken?.test(flag) && !words.includes(flag.split(' ')[0] as string));
  return [program, rest, ...added].join(' ');
};

/** The commands in backticks within a text. */
export const typedText = (text: string, typing: CommandContext): string =>
  text.replaceAll(/`(bootstrap [^`]+)`/g, (_, command: string) => `\`${typedCommand(command, typing)}\``);

const typedError = (error: ErrorInfo, typing: CommandContext): ErrorInfo => ({
  ...error,
  message: typedText(error.message, typing),
  next: typedText(error.next, typing),
});

export const typedReport = (report: PackedReport, typing: CommandContext): PackedReport => ({
  ...report,
  results: {
    *[Symbol.iterator]() {
      for (const result of report.results)
        yield result.remediation === null ? result : { ...result, remediation: remediationOf(result, typing) };
    },
  },
  ...(report.steps === undefined
    ? {}
    : { steps: report.steps.map((step) => (step.error === null ? step : { ...step, error: typedError(step.error, typing) })) }),
  ...(report.kept === undefined
    ? {}
    : { kept: report.kept.map((one) => (one.manual === null ? one : { ...one, manual: typedText(one.manual, typing) })) }),
  ...(report.error === undefined ? {} : { error: typedError(report.error, typing) }),
});

interface Outcome {
  readonly notes: readonly string[];
  readonly next: string | null;
  readonly error?: ErrorInfo;
}

/** For the reports of `keys` and `accounts`. */
export const typedOutcome = <Report extends Outcome>(report: Report, typing: CommandContext): Report => ({
  ...report,
  notes: report.notes.map((note) => typedText(note, typing)),
  next: report.next === null ? null : typedText(report.next, typing),
  ...(report.error === undefined ? {} : { error: typedError(report.error, typing) }),
});

const remediationOf = ({ remediation }: Result, typing: CommandContext): Result['remediation'] => {
  if (remediation === null) return null;
  const { command } = remediation;
  const instructions = remediation.instructions === null ? null : typedText(remediation.instructions, typing);
  // A command of the AWS CLI would act on the account that the AWS CLI is signed in to, not on the practice account.
  if (typing.sandbox && command?.startsWith('aws ')) {
    const aside = `(In a real account, run \`${command}\`; it does not work in the practice account.)`;
    return { ...remediation, instructions: instructions === null ? aside : `${instructions} ${aside}`, command: null };
  }
  // The practice account is used as its root user or its administrator, never as a member.
  if (typing.sandbox && command?.endsWith(' --profile MEMBER')) {
    const aside = `(In a real account, run \`${command}\` with a profile of this account; the practice account has none.)`;
    return { ...remediation, instructions: instructions === null ? aside : `${instructions} ${aside}`, command: null };
  }
  return { ...remediation, instructions, command: command === null ? null : typedCommand(command, typing) };
};
