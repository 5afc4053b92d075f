import { resolve } from 'node:path';
import { type ConfigFile, configFileOf, defaultConfigFile, interruptible } from '../../config/file.js';
import { effectiveConfig, effectiveYaml } from '../../config/effective.js';
import { configJsonSchema } from '../../config/schema.js';
import { examineConfig, problemLines } from '../../config/load.js';
import type { Flags } from '../../config/resolve.js';
import { configTemplate } from '../../config/template.js';
import { BootstrapError } from '../../core/errors.js';
import { plain } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { documentOf, json, offline, printText } from '../../run/offline.js';
import { writeNew } from '../../run/output.js';
import { steps } from '../../steps/index.js';

/** `bootstrap config new`: a first file with everything explained in it. Never over one that is there. */
export const runConfigNew = (app: App): Promise<number> =>
  offline(app, 'config new', async () => {
    const { globals, host, terminal } = app;
    const name = globals.outputFile ?? defaultConfigFile;
    const text = configTemplate(steps);
    if (name === '-') {
      await printText(app, text);
      return 0;
    }
    await writeNew(resolve(host.cwd, name), name, text);
    if (globals.output === 'json') terminal.stdout(json({ ...documentOf('config new', 0), file: name }));
    else if (!terminal.quiet)
      terminal.stderr(
        `Written to ${name}. Change what you like, then look: bootstrap init --dry-run${name === defaultConfigFile ? '' : ` --config ${name}`}\n`,
      );
    return 0;
  });

/** `bootstrap config validate`: every problem with its place, without AWS. */
export const runConfigValidate = (app: App): Promise<number> =>
  offline(app, 'config validate', async () => {
    const { globals } = app;
    const { text, file } = await mustRead(app);
    const examined = await interruptible(app.host, () => examineConfig({ text, file, steps }));
    const valid = 'config' in examined;
    const warnings = valid ? examined.config.warnings : [];
    const exit = valid ? 0 : 2;
    if (globals.output === 'json') {
      const { problems, more } = examined;
      const rest = more === 0 ? {} : { moreProblems: more };
      await printText(app, json({ ...documentOf('config validate', exit), file, valid, problems, ...rest, warnings }));
      return exit;
    }
    const lines = valid ? [`${file} is fine.`] : problemLines(file, examined.problems, examined.more);
    for (const warning of warnings) app.terminal.stderr(`Warning: ${plain(warning)}\n`);
    await printText(app, `${lines.join('\n')}\n`);
    return exit;
  });

const mustRead = async ({ globals, host }: App): Promise<ConfigFile> => {
  const file = await configFileOf(globals, host);
  if (file !== undefined) return file;
  throw new BootstrapError({
    code: 'E-CONFIG-UNREADABLE',
    message: `There is no ${defaultConfigFile} in this folder.`,
    next: 'Name a file with --config, or write a first one with `bootstrap config new`.',
  });
};

/** `bootstrap config schema`: JSON Schema of the config, or of the result of a run, for editors and other programs. */
export const runConfigSchema = (result: boolean, app: App): Promise<number> =>
  offline(app, 'config schema', async () => {
    const schema = result ? (await import('../../report/result-schema.js')).resultJsonSchema() : configJsonSchema(steps);
    await printText(app, json(schema));
    return 0;
  });

/** As `init` takes them. */
export type ConfigShowFlags = Omit<Flags, 'accountId'>;

/** `bootstrap config show`: what a run of init with the same flags would go by, and where each value comes from. */
export const runConfigShow = (flags: ConfigShowFlags, app: App): Promise<number> =>
  offline(app, 'config show', async () => {
    const { globals, host, sandboxed } = app;
    const { config } = await app.config();
    const shown = effectiveConfig({
      config,
      flags: { ...flags, accountId: globals.accountId },
      steps,
      command: 'init',
      sandbox: sandboxed,
      random: sandboxed ? await app.practiceRandom() : host.random,
    });
    for (const warning of shown.warnings) app.terminal.stderr(`Warning: ${plain(warning)}\n`);
    await printText(app, globals.output === 'json' ? json({ ...documentOf('config show', 0), ...shown }) : effectiveYaml(shown));
    return 0;
  });
