import type { App } from '../app.js';
import type { DestinationFlags } from '../config/destination.js';
import { defaultConfigFile } from '../config/file.js';
import type { Override } from '../config/override.js';
import type { InitFlags } from './init-flags.js';
import { quoted } from '../report/typed.js';
import { programOf, typedHere } from './present.js';

/** What a run went by, answers included. */
export interface Ran {
  readonly flags: Pick<InitFlags, 'only' | 'replaceAlias' | 'replaceProfile'>;
  readonly accountId: string;
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  readonly skip: readonly string[];
}

/** The command line that asks nothing: every answer as a flag. It holds no secret, since no answer is one. */
export const commandOf = (app: App, { flags, accountId, overrides, place, skip }: Ran): string => {
  const { globals } = app;
  const list = (values: readonly string[] | undefined): string | undefined =>
    values === undefined || values.length === 0 ? undefined : values.join(',');
  const pairs: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--profile', globals.profile],
    ['--region', globals.region],
    ['--endpoint-url', globals.endpointUrl],
    ['--ca-bundle', globals.caBundle],
    ['--sandbox-file', globals.sandboxFile],
    ['--config', globals.config],
    ['--account-id', app.sandboxed ? globals.accountId : accountId],
    ['--only', list(flags.only)],
    ['--skip', list(skip)],
    ...overrides.map(({ flag, value }) => [flag, value] as const),
    ['--secrets-file', place.secretsFile],
    ['--secret-command', place.secretCommand],
    ...(place.encryptTo ?? []).map((recipient) => ['--encrypt-to', recipient] as const),
  ];
  const switches: readonly (readonly [flag: string, on: boolean])[] = [
    ['--sandbox', globals.sandbox === true && globals.sandboxFile === undefined],
    ['--show-secrets', place.showSecrets === true],
    ['--replace-alias', flags.replaceAlias],
    ['--replace-profile', flags.replaceProfile],
  ];
  return [
    programOf(app),
    'init',
    ...pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quoted(value)])),
    ...switches.flatMap(([flag, on]) => (on ? [flag] : [])),
  ].join(' ');
};

/** The shortest command that goes on in the same account: config and account say the rest. */
export const resumeOf = ({ host, globals, sandboxed }: App, config: string | undefined): string => {
  const named = config === undefined || config === defaultConfigFile ? undefined : config;
  const { config: _, ...others } = globals;
  return typedHere({ host, sandboxed, globals: named === undefined ? others : { ...others, config: named } }, 'bootstrap init');
};
