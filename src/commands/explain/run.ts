import { Command } from 'commander';
import { usage } from '../../core/errors.js';
import { renderPage, renderPageList } from '../../report/explanation.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import { jsonText, printText } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import { withInit, withUndo } from '../flags.js';
import { flagGroups, flagLines } from '../../help/layout.js';
import { allPages, nearestPage, pagesFor } from './pages.js';

/** `bootstrap explain [ID]`: explains a step, a check, an error or an exit code. Without an id, lists all pages. */
export const runExplain = (id: string | undefined, app: App): Promise<number> =>
  offline(app, 'explain', async () => {
    const pages = await allPages(steps);
    const style = app.globals.outputFile === undefined ? app.terminal.style : { ...app.terminal.style, color: false };
    const asJson = app.globals.output === 'json';
    if (id === undefined) {
      const listed = pages.map(({ id: of, kind, title }) => ({ id: of, kind, title }));
      await printText(app, asJson ? jsonText(listed) : renderPageList(pages, style));
      return 0;
    }
    if (id === 'flags') {
      const init = withInit(new Command().helpOption('-h, --help', 'print this help'));
      const groups = Object.values(flagGroups).map((group) => `${group} (init):\n${flagLines(init, style.width, [group])}\n`);
      const undo = `${flagGroups.run} (undo):\n${flagLines(withUndo(new Command()), style.width, [flagGroups.run])}\n`;
      await printText(app, `${groups.join('')}${undo}Flags of every command that may call AWS:\n${flagLines(init, style.width)}`);
      return 0;
    }
    const found = pagesFor(id, pages);
    if (found.length === 0) {
      const suggestion = nearestPage(id, pages);
      throw usage(
        `There is no page ${JSON.stringify(id)}${suggestion === undefined ? '.' : `; did you mean "${suggestion}"?`}`,
        'To list all pages, run `bootstrap explain`.',
      );
    }
    await printText(
      app,
      asJson ? jsonText(found.length === 1 ? found[0] : found) : found.map((page) => renderPage(page, style)).join('\n'),
    );
    return 0;
  });
