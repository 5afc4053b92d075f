import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newWorld, practiceAccountId } from '../../src/sandbox/new-world.js';
import { wholeConfig, writeConfig } from '../e2e/whole-config.js';
import { seededRandom } from '../sandbox/practice.js';
import { testClock, testShell } from '../support/host.js';

/** What is typed once a pattern is on the screen. */
export type Answer = readonly [pattern: string, text: string];

/** One way through the tool that is killed at each of its boundaries. */
export interface Scene {
  readonly name: string;
  readonly argv: readonly string[];
  /** At a terminal; undefined: there is none. */
  readonly typed?: readonly Answer[];
  /** The command that the user runs after a kill, if it is another one. */
  readonly again?: readonly string[];
  /** Puts what was there before into the folder, which holds a new practice account already. `kill`: the same as a run that ends there. */
  readonly prepare?: (root: string, kill: (scene: Scene, boundary: string) => Promise<boolean>) => void | Promise<void>;
  /** Lines of the AWS files that are not ours, and must be there byte for byte in the end. */
  readonly foreign?: string;
  /** A second run of it is another rotation, not nothing. */
  readonly rotates?: true;
}

export const worldName = 'world.json';
export const secretsFolder = `${worldName}.secrets`;
const sandbox = ['--sandbox-file', worldName] as const;

/** As other programs and people leave such a file. */
const foreign =
  '\uFEFF# manually\r\n[default]\r\nregion = eu-north-1\r\ns3 =\r\n  max_concurrent_requests = 20\r\n\r\n; twice\n[work]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n[work]\n\toutput = json\n[ spaced  name ]\nkey with = = signs\n';

const withForeign = (root: string): void => {
  mkdirSync(join(root, secretsFolder), { mode: 0o700 });
  writeFileSync(join(root, secretsFolder, 'credentials'), foreign, { mode: 0o600 });
};

/** Both confirmations; manual steps are postponed. */
const yes: readonly Answer[] = [
  ['This ends your AWS Free plan', 'y\r'],
  ['Last four digits of', `${practiceAccountId.slice(-4)}\r`],
  ['IAM access is activated\\?', 'n\r'],
  ['l: later', 'l'],
];

/** Password, seed and key go to a program, and none of them to a file of ours. */
const toProgram = `version: 1
budget: { subscribers: [ops@example.com] }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: { name: acme-prod }
access-keys: { mode: create, user: ci, profile: false }
`;

const bootstrapped = async (root: string): Promise<void> => {
  withForeign(root);
  const { code, stderr } = await testShell({ home: root, clock: testClock(new Date().toISOString()) }).run(everything.argv);
  if (code !== 5) throw new Error(`init ended with ${code}: ${stderr}`);
};

export const everything: Scene = { name: 'everything, unattended', argv: ['init', '--yes', ...sandbox] };

/** The ones that make secrets and little else: a run takes a tenth of a second. */
export const shortScenes: readonly Scene[] = [
  { name: 'a password and a seed', argv: ['init', '--yes', '--only', 'admin-user,mfa', ...sandbox] },
  {
    name: 'an access key beside other profiles',
    argv: ['init', '--yes', '--only', 'access-keys', ...sandbox],
    prepare: withForeign,
    foreign,
  },
  {
    name: 'keys rotate',
    argv: ['keys', 'rotate', '--user', 'ci', '--yes', ...sandbox],
    prepare: bootstrapped,
    foreign,
    rotates: true,
  },
];

export const scenes: readonly Scene[] = [
  everything,
  {
    name: 'at a terminal',
    argv: ['init', ...sandbox],
    typed: yes,
    again: everything.argv,
    prepare: (root) => void writeConfig(root, wholeConfig.replace(/ +confirmed-on.*\n/, '')),
  },
  {
    name: 'CI, by a config',
    argv: ['init', '--yes', '--account-id', practiceAccountId, '--secrets-file', 'secrets.json', ...sandbox],
    prepare: (root) => void writeConfig(root),
  },
  {
    name: 'resumed after a kill',
    argv: everything.argv,
    prepare: async (_root, kill) => {
      if (!(await kill(everything, 'iam:CreateVirtualMFADevice acted 1'))) throw new Error('the run to resume was not killed');
    },
  },
  ...shortScenes,
  { name: 'an organization', argv: ['init', '--yes', '--only', 'organization', ...sandbox] },
  {
    name: 'secrets into a program',
    argv: ['init', '--yes', '--secret-command', 'tee -a kept.jsonl', ...sandbox],
    prepare: (root) => void writeConfig(root, toProgram),
  },
];

/** The same practice account for every scene, of today. */
const born = new Date();
export const newAccount = (root: string, record: string): void => {
  const world = { ...newWorld({ now: born, random: seededRandom(7) }), knobs: { createAccountPolls: 0, record } };
  writeFileSync(join(root, worldName), `${JSON.stringify(world, null, 1)}\n`, { mode: 0o600 });
};

export const credentialsIn = (root: string): string => readFileSync(join(root, secretsFolder, 'credentials'), 'utf8');
