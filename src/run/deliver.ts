import type { ErrorInfo } from '../core/errors.js';
import { plain, plainJson, type TextStyle } from '../core/text.js';
import { typedOutcome } from '../report/typed.js';
import type { App } from './app.js';
import { commandContextOf, writeResult } from './output.js';

interface Deliverable {
  readonly notes: readonly string[];
  readonly next: string | null;
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: number };
  readonly actions: readonly unknown[];
}

/** The one way a result leaves; as in `present`, a run without a result has only a message, and messages go to stderr. */
export const printResult = async <Report extends Deliverable>(
  app: App,
  made: Report,
  render: (report: Report, look: TextStyle) => string,
): Promise<number> => {
  const { globals, terminal } = app;
  const report = typedOutcome(made, commandContextOf(app));
  app.progress.stop();
  const json = globals.output === 'json';
  const messageOnly = report.error !== undefined && report.actions.length === 0;
  if (!json && messageOnly) terminal.stderr(render(report, terminal.messageStyle));
  else if (globals.outputFile === undefined || report.error?.code === 'E-OUTPUT-FILE') {
    terminal.stdout(json ? jsonOf(report) : render(report, terminal.style));
  } else {
    const text = json ? jsonOf(report) : render(report, { ...terminal.style, color: false });
    if ((await writeResult(app, globals.outputFile, text)) !== undefined) {
      // What was done must not get lost with the file.
      terminal.stderr(render(report, terminal.messageStyle));
      await terminal.flush();
      return report.exit.code === 0 ? 1 : report.exit.code;
    }
  }
  await terminal.flush();
  const lost = terminal.writeError();
  if (lost === undefined) return report.exit.code;
  terminal.stderr(`The result could not be written: ${plain(lost.message)}\n`);
  return report.exit.code === 0 ? 1 : report.exit.code;
};

const jsonOf = (report: object): string => `${plainJson(JSON.stringify(report, null, 2))}\n`;
