import type { App } from '../app.js';
import type { KeysReport } from '../core/keys.js';
import { plainJson } from '../core/text.js';
import { renderKeysTable } from '../report/keys-table.js';
import { typedKeys } from '../report/typed.js';
import { typingOf, writeResult } from './present.js';

/** The one way a result leaves; as in `present`, a run without a result has only a message, and messages go to stderr. */
export const deliverKeys = async (app: App, made: KeysReport): Promise<number> => {
  const { globals, terminal } = app;
  const report = typedKeys(made, typingOf(app));
  app.progress.stop();
  const json = globals.output === 'json';
  const messageOnly = report.error !== undefined && report.actions.length === 0;
  if (!json && messageOnly) terminal.stderr(renderKeysTable(report, terminal.messageLook));
  else if (globals.outputFile === undefined || report.error?.code === 'E-OUTPUT-FILE') {
    terminal.stdout(json ? jsonOf(report) : renderKeysTable(report, terminal.look));
  } else {
    const text = json ? jsonOf(report) : renderKeysTable(report, { ...terminal.look, color: false });
    if ((await writeResult(app, globals.outputFile, text)) !== undefined) {
      terminal.stderr(renderKeysTable(report, terminal.messageLook));
      await terminal.flush();
      return report.exit.code === 0 ? 1 : report.exit.code;
    }
  }
  await terminal.flush();
  const lost = terminal.writeError();
  if (lost === undefined) return report.exit.code;
  terminal.stderr(`The result could not be written: ${lost.message}\n`);
  return report.exit.code === 0 ? 1 : report.exit.code;
};

const jsonOf = (report: KeysReport): string => `${plainJson(JSON.stringify(report, null, 2))}\n`;
