import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { repository } from '../e2e/program.js';
import { run } from '../support/child-process.js';

/** An emulator on a loopback port, whose accounts can be emptied. */
export interface Emulator {
  readonly url: string;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Operations of the tool that the pinned ministack does not have. If this list changes, main-path.nightly.ts can do more, or less. */
export const ministackLacks: readonly string[] = [
  'account:GetAlternateContact',
  'account:PutAlternateContact',
  'budgets:DescribeBudgetNotificationsForAccount',
  'freetier:GetAccountPlanState',
  'iam:DeleteSigningCertificate',
  'iam:EnableOrganizationsRootCredentialsManagement',
  'iam:ListMFADeviceTags',
  'iam:ListOrganizationsFeatures',
  'iam:ListSSHPublicKeys',
  'iam:ListServiceSpecificCredentials',
  'iam:ListSigningCertificates',
  'organizations:AcceptHandshake',
  'organizations:CancelHandshake',
  'organizations:CreateOrganization',
  'organizations:DeleteOrganization',
  'organizations:EnableAWSServiceAccess',
  'organizations:EnableAllFeatures',
  'organizations:InviteAccountToOrganization',
  'organizations:ListCreateAccountStatus',
  'organizations:ListHandshakesForAccount',
  'organizations:ListHandshakesForOrganization',
  'sts:AssumeRoot',
];

const here = import.meta.dirname;
const folder = path.join(repository, '.cache/ministack-1.5.33');
const startDeadlineMs = 60_000;

export const startMinistack = async (): Promise<Emulator> => {
  if (!existsSync(path.join(folder, 'READY'))) {
    const files = [path.join(here, 'requirements.txt'), path.join(here, 'constraints.txt')];
    const built = await run('python3', [path.join(here, '../emulator/build_environment.py'), folder, ...files]);
    if (built.code !== 0) throw new Error(`ministack could not be installed: ${built.stderr}`);
  }
  const port = await freePort();
  const server = spawn(path.join(folder, 'bin/ministack'), [], {
    // Without BIND_HOST it listens on every address of the machine.
    env: { PATH: process.env['PATH'], HOME: folder, BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), PERSIST_STATE: '0' },
  });
  const killNow = (): void => void server.kill('SIGKILL');
  process.once('exit', killNow);
  const closed = new Promise<void>((resolve) => void server.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let log = '';
    const fail = (what: string): void => reject(new Error(`ministack ${what}: ${log.slice(-600)}`));
    const deadline = setTimeout(() => fail(`was not ready after ${startDeadlineMs / 1000} s`), startDeadlineMs);
    const read = (text: string): void => {
      if (log.length < 8_000) log += text;
      if (!log.includes(`Running on http://127.0.0.1:${port}`)) return;
      clearTimeout(deadline);
      resolve();
    };
    server.stdout.setEncoding('utf8').on('data', read);
    server.stderr.setEncoding('utf8').on('data', read);
    server.once('close', (code) => fail(`ended with ${code}`));
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    reset: async () => {
      const answer = await fetch(`${url}/_ministack/reset`, { method: 'POST' });
      if (!answer.ok) throw new Error(`ministack could not be reset: HTTP ${answer.status}`);
    },
    stop: async () => {
      process.off('exit', killNow);
      server.kill('SIGTERM');
      await closed;
    },
  };
};

/** ministack cannot be asked for any free port. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
