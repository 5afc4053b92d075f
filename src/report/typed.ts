import type { ErrorInfo } from '../core/error.js';
import type { Result, RunReport } from '../core/report.js';

/**
 * Steps and errors write the tool's own commands as `bootstrap …`. Printed, each must work as it stands: with the name that the tool
 * was called by, and with the flags that lead to the same account.
 */
export interface Typing {
  /** `bootstrap` or `npx aws-account-bootstrap`. */
  readonly program: string;
  /** What leads to the account, each with its value quoted for a shell: `--profile root`. */
  readonly flags: readonly string[];
  readonly sandbox: boolean;
}

/** Which of the flags a command takes; all others take none of them. */
const takes: Readonly<Record<string, RegExp>> = {
  init: /^--/,
  check: /^--/,
  keys: /^--/,
  accounts: /^--/,
  sandbox: /^--sandbox-file /,
  config: /^--config /,
};

/** A command that stands alone. */
export const typedCommand = (command: string, { program, flags }: Typing): string => {
  const [, rest] = /^bootstrap (.+)$/s.exec(command) ?? [];
  if (rest === undefined) return command;
  const taken = rest.endsWith('--help') ? undefined : takes[/^[a-z]+/.exec(rest)?.[0] ?? ''];
  const added = flags.filter((flag) => taken?.test(flag) && !rest.split(' ').includes(flag.split(' ')[0] as string));
  return [program, rest, ...added].join(' ');
};

/** Commands in backticks, within a text. */
export const typedText = (text: string, typing: Typing): string =>
  text.replaceAll(/`(bootstrap [^`]+)`/g, (_, command: string) => `\`${typedCommand(command, typing)}\``);

const typedError = (error: ErrorInfo, typing: Typing): ErrorInfo => ({
  ...error,
  message: typedText(error.message, typing),
  next: typedText(error.next, typing),
});

export const typedReport = (report: RunReport, typing: Typing): RunReport => ({
  ...report,
  results: report.results.map((result) => ({ ...result, remediation: remediationOf(result, typing) })),
  ...(report.steps === undefined
    ? {}
    : { steps: report.steps.map((step) => (step.error === null ? step : { ...step, error: typedError(step.error, typing) })) }),
  ...(report.error === undefined ? {} : { error: typedError(report.error, typing) }),
});

interface Outcome {
  readonly notes: readonly string[];
  readonly next: string | null;
  readonly error?: ErrorInfo;
}

/** For the reports of `keys` and `accounts`. */
export const typedOutcome = <Report extends Outcome>(report: Report, typing: Typing): Report => ({
  ...report,
  notes: report.notes.map((note) => typedText(note, typing)),
  next: report.next === null ? null : typedText(report.next, typing),
  ...(report.error === undefined ? {} : { error: typedError(report.error, typing) }),
});

const remediationOf = ({ remediation }: Result, typing: Typing): Result['remediation'] => {
  if (remediation === null) return null;
  const { command } = remediation;
  const instructions = remediation.instructions === null ? null : typedText(remediation.instructions, typing);
  // A command of the AWS CLI would leave the practice account for whatever account that is signed in to.
  if (typing.sandbox && command?.startsWith('aws ')) {
    const aside = `(On AWS the command is \`${command}\`; a practice account has nobody to run it.)`;
    return { ...remediation, instructions: instructions === null ? aside : `${instructions} ${aside}`, command: null };
  }
  return { ...remediation, instructions, command: command === null ? null : typedCommand(command, typing) };
};

/** As a POSIX shell reads it back. */
export const quoted = (value: string): string => (/^[\w@%+=:,./~-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);
