import type { AccountReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { type HeaderLine, renderHeader } from '../report/header.js';
import type { App, Connection } from './app.js';

/** The account, who is signed in and by what, shown before anything else. `said`: where the config comes from. */
const headerOf = (
  app: App,
  account: AccountReport,
  connection: Connection,
  said: string | undefined,
  more: readonly HeaderLine[] = [],
): string =>
  renderHeader(account, connection.target, app.terminal.messageStyle, {
    signedInBy: connection.signedInBy,
    more: [
      ...connection.notices().map((value) => ({ label: 'Note', value })),
      ...more,
      ...(said === undefined ? [] : [{ label: 'Config', value: said }]),
    ],
  });

export const printHeader = (...header: Parameters<typeof headerOf>): void => {
  const [{ terminal }] = header;
  if (!terminal.quiet) terminal.stderr(`${headerOf(...header)}\n`);
};

/** What the report warns of, on stderr as well; not where a person reads the report itself a moment later. */
export const printWarnings = ({ globals, terminal }: App, warnings: readonly string[]): void => {
  if (globals.output === 'table' && globals.outputFile === undefined) return;
  for (const warning of warnings) terminal.stderr(`Warning: ${plain(warning)}\n`);
};
