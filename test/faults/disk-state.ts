import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Values that differ from run to run and mean nothing but "the same as there". */
const arbitrary = new RegExp(
  [
    String.raw`\b\d{17}-[a-z0-9]{8}(?:-\d+)?\b`, // entries of the journal
    String.raw`\bA[A-Z]{3}[A-Z0-9]{12,17}\b`, // ids of IAM
    String.raw`\b\d{12}\b`, // accounts
    String.raw`\b(?:o|r|h|car|ou)-[a-z0-9]{4,}\b`,
    String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
    String.raw`(?<=")[A-Za-z0-9+/=!@#*_-]{32,}(?=")`, // passwords, secrets, seeds and tokens in JSON
    String.raw`(?<=secret=)[A-Z2-7]{16,}`, // the seed in an otpauth address
    String.raw`(?<=aws_secret_access_key = )\S+`,
  ].join('|'),
  'g',
);

/**
 * What a run would find in a folder, as one short text that two folders share when they differ in nothing but times, process ids and
 * chance: an arbitrary value counts for where else it stands. A run that starts from either does the same.
 */
export const diskState = (root: string, world: string): string => {
  const names = new Map<string, string>();
  const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ path: join(root, name), name: name.replaceAll(/\.lock\.\d+\.\d+$/g, '.lock.ASIDE') }))
    .filter(({ name }) => !name.startsWith(`${world}.lock`))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ path, name }) => {
      const stat = lstatSync(path);
      const content = stat.isFile() ? readFileSync(path, 'utf8') : '';
      return `${name} ${(stat.mode & 0o7777).toString(8)}\n${name === world ? withoutPassing(content) : content}`;
    })
    .join('\n')
    .replaceAll(root, 'ROOT')
    .replaceAll(new RegExp(String.raw`\b\d+ ${hostname()}`, 'g'), 'HOLDER')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(arbitrary, (value) => {
      const known = names.get(value) ?? `<${names.size + 1}>`;
      names.set(value, known);
      return known;
    });
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
};

/** Counts and uses that AWS notes by itself, and the sessions of root, of which each run takes one. */
const withoutPassing = (text: string): string => {
  const { knobs: _, requests: _requests, sessions: _sessions, ...world } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(world, (key, value: unknown) =>
    ['lastUsed', 'passwordLastUsed', 'credentialReport', 'events'].includes(key) ? undefined : value,
  );
};
