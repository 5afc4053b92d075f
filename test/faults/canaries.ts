import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { practiceAccountId } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';

/** Forms in which a secret could come out. */
export const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // In the middle of something longer, base64 begins at any of three places.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=*$/, '')
        .slice(shift === 0 ? 0 : shift + 1, -1),
    ),
    bytes.toString('base64url').slice(0, -1),
  ];
};

/** Every secret that the account ever took, those of a moment included: each answer of AWS is followed by a look at its world. */
export const watchSecrets = () => {
  const secrets = new Map<string, 'password' | 'seed' | 'key'>();
  const look = (world: World): void => {
    const { users, mfaDevices } = world.accounts[practiceAccountId] ?? { users: [], mfaDevices: [] };
    for (const { password, accessKeys } of users) {
      if (password !== null) secrets.set(password.value, 'password');
      for (const { secret } of accessKeys) secrets.set(secret, 'key');
    }
    for (const { seed } of mfaDevices) if (seed !== null && seed !== '') secrets.set(seed, 'seed');
  };
  return {
    secrets,
    look,
    around:
      (world: () => World, before: (request: { readonly body?: unknown }) => void = () => {}) =>
      (handler: SandboxRequestHandler): object => ({
        ...handler,
        handle: async (...[request, options]: Parameters<SandboxRequestHandler['handle']>) => {
          before(request);
          try {
            return await handler.handle(request, options);
          } finally {
            look(world());
          }
        },
      }),
  };
};

export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** Where any of the secrets shows: in a text, or in a file that is not of its destination. */
export const leaks = (
  secrets: ReadonlyMap<string, string>,
  texts: Readonly<Record<string, string>>,
  folder: string,
  isDestination: (path: string, kind: string) => boolean,
): readonly string[] => {
  const files = filesBelow(folder).map((path) => [path, readFileSync(path, 'latin1')] as const);
  return [...secrets].flatMap(([secret, kind]) => {
    const forms = formsOf(secret);
    const shows = (text: string): boolean => forms.some((form) => text.includes(form));
    return [
      ...Object.entries(texts).flatMap(([name, text]) => (shows(text) ? [`${kind} in ${name}`] : [])),
      ...files.flatMap(([path, text]) => (!isDestination(path, kind) && shows(text) ? [`${kind} in ${path}`] : [])),
    ];
  });
};
