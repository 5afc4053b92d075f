import { usage } from '../../core/errors.js';
import { renderPage, renderPageList } from '../../report/explanation.js';
import type { App } from '../../run/app.js';
import { json, offline, printText } from '../../run/offline.js';
import { steps } from '../../steps/index.js';
import { allPages, nearestPage, pagesFor } from './pages.js';

/** `bootstrap explain [ID]`: what a step, a check, an error or an exit code means. Without an id, what there is. */
export const runExplain = (id: string | undefined, app: App): Promise<number> =>
  offline(app, 'explain', async () => {
    const pages = await allPages(steps);
    const look = app.globals.outputFile === undefined ? app.terminal.style : { ...app.terminal.style, color: false };
    const asJson = app.globals.output === 'json';
    if (id === undefined) {
      const listed = pages.map(({ id: of, kind, title }) => ({ id: of, kind, title }));
      await printText(app, asJson ? json(listed) : renderPageList(pages, look));
      return 0;
    }
    if (id === 'flags') {
      const [{ Command }, { resultFormats, withGlobals }, { flagLines }] = await Promise.all([
        import('commander'),
        import('../flags.js'),
        import('../help.js'),
      ]);
      await printText(
        app,
        `Flags of every command that may call AWS:\n${flagLines(withGlobals(new Command(), resultFormats), look.width)}`,
      );
      return 0;
    }
    const found = pagesFor(id, pages);
    if (found.length === 0) {
      const meant = nearestPage(id, pages);
      throw usage(
        `There is no page ${JSON.stringify(id)}${meant === undefined ? '.' : `; did you mean "${meant}"?`}`,
        'Run `bootstrap explain` for the list.',
      );
    }
    await printText(app, asJson ? json(found.length === 1 ? found[0] : found) : found.map((page) => renderPage(page, look)).join('\n'));
    return 0;
  });
