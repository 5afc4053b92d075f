import { resolve } from 'node:path';
import { type ConfigFile, configFileOf, defaultConfigFile, interruptible } from '../../config/file.js';
import { effectiveConfig, effectiveYaml } from '../../config/effective.js';
import { configJsonSchema } from '../../config/json-schema.js';
import { examineConfig, problemLines } from '../../config/load.js';
import type { Flags } from '../../config/resolve.js';
import { configTemplate } from '../../config/template.js';
import { BootstrapError } from '../../core/errors.js';
import { shellWord } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { documentHead, offline } from '../../run/offline.js';
import { jsonText, printText, programOf, writeNew } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import { schemaUrl } from '../../version.js';

/** `bootstrap config new`: writes a commented config file. Never overwrites an existing file. */
export const runConfigNew = (app: App): Promise<number> =>
  offline(app, 'config new', async () => {
    const { globals, host, terminal } = app;
    const name = globals.outputFile ?? defaultConfigFile;
    const text = configTemplate(steps, { schema: schemaUrl() });
    if (name === '-') {
      await printText(app, text);
      return 0;
    }
    await writeNew(resolve(host.cwd, name), name, text);
    if (globals.output === 'json') terminal.stdout(jsonText({ ...documentHead('config new', 0), file: name }));
    else if (!terminal.quiet)
      terminal.message(
        `Written to ${name}. Edit it, then review the plan: \`${programOf(app)} init --dry-run${name === defaultConfigFile ? '' : ` --config ${shellWord(name)}`}\``,
      );
    return 0;
  });

/** `bootstrap config validate`: lists every problem with its position, without calling AWS. */
export const runConfigValidate = (app: App): Promise<number> =>
  offline(app, 'config validate', async () => {
    const { globals } = app;
    const { text, file } = await requireConfigFile(app);
    const examined = await interruptible(app.host, () => examineConfig({ text, file, steps }));
    const valid = 'config' in examined;
    const warnings = valid ? examined.config.warnings : [];
    const exit = valid ? 0 : 2;
    if (globals.output === 'json') {
      const { problems, more } = examined;
      const rest = more === 0 ? {} : { moreProblems: more };
      await printText(app, jsonText({ ...documentHead('config validate', exit), file, valid, problems, ...rest, warnings }));
      return exit;
    }
    const lines = valid ? [`${file} is valid.`] : problemLines(file, examined.problems, examined.more);
    for (const warning of warnings) app.terminal.message(`Warning: ${warning}`);
    await printText(app, `${lines.join('\n')}\n`);
    return exit;
  });

const requireConfigFile = async ({ globals, host }: App): Promise<ConfigFile> => {
  const file = await configFileOf(globals, host);
  if (file !== undefined) return file;
  throw new BootstrapError({
    code: 'E-CONFIG-UNREADABLE',
    message: `There is no ${defaultConfigFile} in this folder.`,
    next: 'Pass a file with --config, or create one with `bootstrap config new`.',
  });
};

/** `bootstrap config schema`: JSON Schema of the config, or of the result of a run, for editors and other programs. */
export const runConfigSchema = (result: boolean, app: App): Promise<number> =>
  offline(app, 'config schema', async () => {
    const schema = result ? (await import('../../report/result-schema.js')).resultJsonSchema() : configJsonSchema(steps);
    await printText(app, jsonText(schema));
    return 0;
  });

/** The flags of `init` that affect the config. */
export type ConfigShowFlags = Omit<Flags, 'accountId'>;

/** `bootstrap config show`: the values that init would use with the same flags, and where each comes from. */
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
    for (const warning of shown.warnings) app.terminal.message(`Warning: ${warning}`);
    await printText(app, globals.output === 'json' ? jsonText({ ...documentHead('config show', 0), ...shown }) : effectiveYaml(shown));
    return 0;
  });
