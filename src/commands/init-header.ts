import type { App, Connection } from '../app.js';
import type { AccountReport } from '../core/report.js';
import { renderHeader } from '../report/header.js';

/** The account, who is signed in and by what, shown before anything else. */
export const headerOf = (app: App, account: AccountReport, connection: Connection, said: string | undefined, rootKey: boolean): string => {
  const more = [
    ...connection.notices().map((value) => ({ label: 'Note', value })),
    ...(rootKey
      ? [
          {
            label: 'Warning',
            value: 'this run is signed by an access key of root; delete it when you are done (it is said how, at the end)',
          },
        ]
      : []),
    ...(said === undefined ? [] : [{ label: 'Config', value: said }]),
  ];
  return renderHeader(account, connection.target, app.terminal.messageLook, { signedInBy: connection.signedInBy, more });
};
