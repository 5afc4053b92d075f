import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newFolder } from './program.js';

/** What the fake AWS CLI does. It never sees this tool's flags or files, only its own arguments and the user's environment. */
export interface FakeAws {
  /** The output of `aws --version`. */
  readonly version: string;
  /** What `aws login` does: writes a session for these credentials, fails, does nothing, or waits until it is interrupted. */
  readonly login?:
    | {
        readonly session: string;
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string | undefined;
      }
    | 'fails'
    | 'nothing'
    | 'waits';
}

/**
 * As AWS CLI 2.32: `aws login` writes `login_session` to the profile, and the token to ~/.aws/login/cache/<sha256 of the session>.json.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
 */
const program = `#!${process.execPath}
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { createHash, generateKeyPairSync } = require('node:crypto');
const { join } = require('node:path');
const args = process.argv.slice(2);
const { version, login } = JSON.parse(readFileSync(join(__dirname, 'aws.json'), 'utf8'));
if (args[0] === '--version') {
  process.stdout.write(version + '\\n');
  process.exit(0);
}
const log = (line) => appendFileSync(join(__dirname, 'aws.log'), line + '\\n');
log(args.join(' ') + (process.stdin.isTTY && process.stdout.isTTY ? '' : ' (no terminal)'));
if (login === 'fails') process.exit(7);
if (login === 'nothing') process.exit(0);
if (login === 'waits') {
  process.on('SIGINT', () => {
    log('interrupted');
    process.exit(130);
  });
  process.stdout.write('Attempting to open your default browser\\n');
  setTimeout(() => {}, 60_000);
} else {
  const at = args.indexOf('--profile');
  const profile = at < 0 ? 'default' : args[at + 1];
  const aws = join(process.env.HOME, '.aws');
  mkdirSync(join(aws, 'login/cache'), { recursive: true, mode: 0o700 });
  appendFileSync(join(aws, 'config'), '\\n[' + (profile === 'default' ? 'default' : 'profile ' + profile) + ']\\nlogin_session = ' + login.session + '\\nregion = us-east-1\\n');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { accessKeyId, secretAccessKey, sessionToken } = login;
  writeFileSync(
    join(aws, 'login/cache', createHash('sha256').update(login.session).digest('hex') + '.json'),
    JSON.stringify({
      accessToken: { accessKeyId, secretAccessKey, sessionToken, accountId: login.session.split(':')[4], expiresAt: new Date(Date.now() + 900_000).toISOString() },
      tokenType: 'urn:aws:params:oauth:token-type:access_token_sigv4',
      refreshToken: 'refresh',
      clientId: 'arn:aws:signin:::devtools/same-device',
      dpopKey: privateKey.export({ type: 'sec1', format: 'pem' }),
    }),
    { mode: 0o600 },
  );
  process.stdout.write('Updated profile ' + profile + ' to use ' + login.session + ' credentials.\\n');
}
`;

/** Creates the program in a folder of its own, for the PATH. */
export const fakeAws = (behaviour: FakeAws) => {
  const folder = newFolder();
  const file = path.join(folder, 'aws');
  writeFileSync(file, program);
  chmodSync(file, 0o755);
  const log = path.join(folder, 'aws.log');
  const become = (now: FakeAws): void => writeFileSync(path.join(folder, 'aws.json'), JSON.stringify(now));
  become(behaviour);
  return {
    folder,
    become,
    /** Its calls other than `--version`, one a line. */
    calls: (): readonly string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
};
