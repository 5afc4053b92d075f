import type { App, Connection } from '../app.js';
import type { AccountReport } from '../core/report.js';
import { type HeaderLine, renderHeader } from '../report/header.js';

/** The account, who is signed in and by what, shown before anything else. `said`: where the config comes from. */
const headerOf = (
  app: App,
  account: AccountReport,
  connection: Connection,
  said: string | undefined,
  more: readonly HeaderLine[] = [],
): string =>
  renderHeader(account, connection.target, app.terminal.messageLook, {
    signedInBy: connection.signedInBy,
    more: [
      ...connection.notices().map((value) => ({ label: 'Note', value })),
      ...more,
      ...(said === undefined ? [] : [{ label: 'Config', value: said }]),
    ],
  });

export const sayHeader = (...header: Parameters<typeof headerOf>): void => {
  const [{ terminal }] = header;
  if (!terminal.quiet) terminal.stderr(`${headerOf(...header)}\n`);
};
