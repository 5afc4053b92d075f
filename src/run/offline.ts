import type { ErrorInfo } from '../core/errors.js';
import type { RunReport } from '../core/report.js';
import { errorFacts, errorMessage, nextLine } from '../report/error-text.js';
import { layoutOf, pageOf } from '../report/layout.js';
import { version } from '../version.js';
import type { App } from './app.js';
import { describeFailure, exitName } from './end.js';
import { jsonText, typedTextHere } from './output.js';

/** What commands that do not call AWS run in: their errors have the same shape as those of other commands. Returns the exit code. */
export const offline = async (app: App, command: string, work: () => Promise<number>): Promise<number> => {
  try {
    return await work();
  } catch (failure) {
    const { error: info, exit } = describeFailure(app, failure, false);
    const error = { ...info, next: typedTextHere(app, info.next) };
    const { code } = exit;
    if (app.globals.output === 'json') app.terminal.stdout(jsonText({ ...documentHead(command, code), error }));
    else app.terminal.stderr(errorText(app, error));
    await app.terminal.flush();
    return code;
  }
};

/** The first fields of a JSON document of such a command. */
export const documentHead = (command: string, exit: RunReport['exit']['code']) => ({
  tool: { name: 'aws-account-bootstrap', version },
  command,
  exit: { code: exit, name: exitName(exit) },
});

const errorText = (app: App, info: ErrorInfo): string => {
  const layout = layoutOf(app.terminal.messageStyle);
  return pageOf([...errorMessage(layout, 0, info), ...errorFacts(layout, 0, info)], nextLine(layout, info.next));
};
