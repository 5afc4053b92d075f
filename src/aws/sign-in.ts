import { plain, shellWord } from '../core/text.js';
import { type CredentialSource, type ProfileCredentials, profileBehind } from './credentials.js';
import { boundedMessage } from './refusal.js';

/** A call of the AWS CLI that signs in. */
export interface SignInCommand {
  /** The arguments, as they are: no shell reads them. */
  readonly args: readonly string[];
  /** The same as text, for the user to copy. */
  readonly text: string;
}

/** Why credentials do not work: there are none, they expired, AWS rejects them, or the role they are for cannot be assumed. */
export type SignInProblem = 'missing' | 'expired' | 'refused' | 'role-denied';

/** The command that signs in with these credentials; undefined if no command of the AWS CLI can. */
export const signInCommand = (source: CredentialSource): SignInCommand | undefined => {
  if (source.from === 'chain') return source.how === 'CloudShell' ? undefined : awsLogin('default');
  const signer = profileBehind(source);
  if (signer === undefined) return undefined;
  const { profile, method } = signer;
  if (method === undefined || method === 'aws login') return awsLogin(profile);
  return method === 'IAM Identity Center' ? commandOf(['sso', 'login'], profile) : undefined;
};

/** `aws login` for a profile, which may be new. */
export const awsLogin = (profile: string): SignInCommand => commandOf(['login'], profile);

const commandOf = (words: readonly string[], profile: string): SignInCommand => {
  const args = profile === 'default' ? words : [...words, '--profile', profile];
  return { args, text: ['aws', ...args].map(shellWord).join(' ') };
};

/** How to end the session of these credentials, as text. */
export const signOutOf = (source: CredentialSource): string => {
  if (source.from === 'environment') return 'unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN in this shell';
  if (source.how === 'CloudShell') return 'sign out of the console, which ends this CloudShell too';
  return `\`${signInCommand(source)?.text.replace(/ login/, ' logout') ?? 'aws logout'}\``;
};

const cloudShell = 'or run in AWS CloudShell, which is signed in already.';
const aboutLogin = ' (AWS CLI 2.32 or newer; works for root and needs no access key)';
const other = 'or choose another profile with --profile.';

/** What to do about credentials that do not work. */
export const remedyOf = (source: CredentialSource, problem: SignInProblem): string => {
  if (source.from === 'environment') {
    return `The key variables of this shell may be old. Remove them with \`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\`, and sign in with \`aws login\`${aboutLogin}.`;
  }
  if (problem === 'role-denied' && source.from === 'profile') return roleRemedy(source);
  const command = signInCommand(source);
  if (command !== undefined) {
    const again = problem === 'missing' ? '' : ' again';
    const about = command.args[0] === 'login' ? aboutLogin : '';
    return `Sign in${again} with \`${command.text}\`${about}, ${problem === 'refused' ? other : cloudShell}`;
  }
  const signer = profileBehind(source);
  if (signer !== undefined) return profileRemedy(signer, problem);
  return source.how === 'CloudShell' ? 'Open a new CloudShell.' : 'Run the same command again.';
};

const profileRemedy = ({ profile, method }: ProfileCredentials, problem: SignInProblem): string => {
  const name = plain(profile);
  switch (method) {
    case 'credential process':
      return problem === 'missing'
        ? `Run the command in \`credential_process\` of profile ${name} yourself and fix what it reports, ${other}`
        : `Sign in again with the program in \`credential_process\` of profile ${name}, ${other}`;
    case 'web identity':
      return `Get a new token for \`web_identity_token_file\` of profile ${name}, ${other}`;
    case 'assumed role':
      return `Check \`role_arn\`, \`source_profile\` and \`credential_source\` of profile ${name}, ${other}`;
    default:
      return `Replace the access key in profile ${name}, or sign in with \`aws login --profile NAME\`${aboutLogin} and choose that profile with --profile.`;
  }
};

const roleRemedy = ({ profile, base }: Extract<CredentialSource, { from: 'profile' }>): string => {
  const by = base === undefined ? 'its credentials' : `profile ${plain(base.profile)}`;
  return `Check that ${by} may assume the role in \`role_arn\` of profile ${plain(profile)}, ${other}`;
};

/** What the SDK begins its message with; the command follows, then what the command wrote to stderr. */
const failedCommand = 'Command failed: ';

/**
 * Why a `credential_process` gave no credentials: the first line that it wrote to stderr, or what is wrong with its output. Never the
 * output, and never the command, which may both contain secrets. Undefined for a message about something else.
 */
export const processProblem = (message: string): string | undefined => {
  if (message.startsWith(failedCommand)) {
    // A value of the AWS config file is one line, so the command is as well.
    const [, ...lines] = message.split(/\r?\n/);
    return boundedMessage(lines.find((one) => one.trim() !== '') ?? '') || 'it failed and wrote nothing to stderr';
  }
  return outputProblems.find(([pattern]) => pattern.test(message))?.[1];
};

const outputProblems: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/credential_process returned invalid JSON\.$/, 'its output is not JSON'],
  [/credential_process did not return Version 1\.$/, 'its output does not have Version 1'],
  [/credential_process returned invalid credentials\.$/, 'its output has no AccessKeyId or no SecretAccessKey'],
  [/credential_process returned expired credentials\.$/, 'its output has credentials that expired'],
];
