import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { summaryOf } from '../../src/core/report.js';
import * as fixtures from '../report/fixtures.js';
import { render } from '../report/format-fixtures.js';
import { organizationOf, single } from '../report/html-reports.js';
import { payloads } from '../report/payloads.js';
import { findChromium, startChromium } from '../support/chromium.js';

/** The HTML report in a real browser. `npm run docs` also writes the picture of the README, if there is a browser. */
const chromium = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
type Size = keyof typeof sizes;
type Scheme = 'light' | 'dark';

interface Shown {
  readonly name: string;
  readonly report: RunReport;
  readonly size: Size;
  readonly scheme: Scheme;
  readonly dryRun?: boolean;
}

const hostile: RunReport = (() => {
  const results = payloads.map((payload) =>
    fixtures.result('mfa.root', 'fail', `${payload} is the reason`, {
      resource: payload,
      observed: payload,
      title: payload,
      remediation: { by: 'hand', instructions: payload, command: payload, url: payload },
    }),
  );
  const identity = { kind: 'user', arn: payloads.join(' ') } as const;
  return {
    ...single,
    account: { ...fixtures.account, alias: payloads.join(' '), identity },
    results,
    summary: summaryOf(results),
    warnings: payloads,
  };
})();

describe.runIf(chromium !== undefined)('the HTML report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'html-report-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium(chromium as string);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let files = 0;
  /** Opens the report as a file. Everything that it requests, runs or reports is in `noticed`. */
  const open = async (report: RunReport, size: Size = 'desktop', scheme: Scheme = 'light', dryRun = false) => {
    const file = join(folder, `${++files}.html`);
    writeFileSync(file, render('html', report, { words: { ...fixtures.words, dryRun } }));
    const page = await browser.newPage();
    await page.setViewport(sizes[size]);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    const noticed: string[] = [];
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) noticed.push(`request ${request.url()}`);
      void request.continue();
    });
    page.on('console', (message) => noticed.push(`console ${message.text()}`));
    page.on('dialog', (dialog) => {
      noticed.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    return { page, noticed };
  };

  /** Text instead of functions: the types of this project are those of Node, not of a page. */
  const inPage = async <T>(page: Page, script: string): Promise<T> => (await page.evaluate(`(() => { ${script} })()`)) as T;
  const sizeOf = (page: Page): Promise<number> => inPage(page, 'return document.documentElement.scrollWidth');

  const violationsOf = async (page: Page): Promise<readonly string[]> => {
    // Folded parts are read as well.
    await inPage(page, "document.querySelectorAll('details').forEach((details) => (details.open = true))");
    await page.evaluate(axe);
    const { violations } = await inPage<AxeResults>(page, "return axe.run({ resultTypes: ['violations'] })");
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`);
  };

  const fine: RunReport = { ...fixtures.checkAllFine, target: 'sandbox' };
  const pages: readonly Shown[] = [
    { name: 'an account', report: single, size: 'desktop', scheme: 'light' },
    { name: 'an account', report: single, size: 'desktop', scheme: 'dark' },
    { name: 'an account', report: single, size: 'phone', scheme: 'light' },
    { name: 'an account', report: single, size: 'phone', scheme: 'dark' },
    { name: 'an organization', report: organizationOf(30), size: 'desktop', scheme: 'dark' },
    { name: 'an organization', report: organizationOf(30), size: 'phone', scheme: 'light' },
    { name: 'a setup', report: fixtures.initFailed, size: 'phone', scheme: 'dark' },
    { name: 'a dry run', report: fixtures.initDryRun, size: 'desktop', scheme: 'dark', dryRun: true },
    { name: 'an account without findings', report: fine, size: 'phone', scheme: 'light' },
    { name: 'a run that failed', report: fixtures.checkBadConfig, size: 'desktop', scheme: 'light' },
    { name: 'hostile values', report: hostile, size: 'phone', scheme: 'light' },
  ];
  it.each(pages)('is accessible, fits its window and loads nothing: $name, $size, $scheme', async ({ report, size, scheme, dryRun }) => {
    const { page, noticed } = await open(report, size, scheme, dryRun);
    expect(await violationsOf(page)).toEqual([]);
    expect(await sizeOf(page)).toBe(sizes[size].width);
    expect(noticed).toEqual([]);
    await page.close();
  });

  it('breaks no line within a flag, in windows of any width, and copies the flag as it is', async () => {
    const { page } = await open(single);
    const flags = new Set<string>();
    for (let width = 320; width <= 1280; width += 8) {
      await page.setViewport({ width, height: 800 });
      const found = await inPage<readonly (readonly [flag: string, lines: number])[]>(
        page,
        `document.querySelectorAll('details').forEach((details) => (details.open = true));
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
          for (const match of node.data.matchAll(/--[a-z][a-z-]+/g)) {
            const range = document.createRange();
            range.setStart(node, match.index);
            range.setEnd(node, match.index + match[0].length);
            found.push([match[0], new Set([...range.getClientRects()].map(({ top }) => top)).size]);
          }
        return found;`,
      );
      for (const [flag] of found) flags.add(flag);
      expect([width, found.filter(([, lines]) => lines !== 1)]).toEqual([width, []]);
      expect(await sizeOf(page)).toBe(width);
    }
    expect([...flags]).toContain('--fail-on');
    await page.close();
  });

  it('would notice a request, a script and a missing contrast', async () => {
    const { page, noticed } = await open(single);
    await inPage(
      page,
      `const added = ['img', 'script', 'p'].map((name) => document.createElement(name));
      const [image, script, faint] = added;
      image.src = 'https://example.com/x.png';
      script.textContent = 'globalThis.wasRun = true';
      faint.textContent = 'faint';
      document.querySelector('main').append(...added);
      faint.style.color = '#ccc';`,
    );
    expect((await violationsOf(page)).join()).toMatch(/color-contrast.*image-alt/s);
    // The policy of the page stops both before a request is made.
    expect(noticed.join()).toMatch(/img-src.*script-src|script-src.*img-src/s);
    expect(await inPage(page, "return 'wasRun' in globalThis")).toBe(false);
    await page.close();
  });

  it('shows an organization of 1,000 accounts with headings that stay visible', async () => {
    const { page } = await open(organizationOf(1_000));
    expect((await page.content()).length).toBeLessThan(600_000);
    expect(await page.$$eval('.matrix tbody tr', (rows) => rows.length)).toBe(1_000);
    expect(await inPage(page, "return document.querySelectorAll('*').length")).toBeLessThan(25_000);
    for (const size of ['desktop', 'phone'] as const) {
      await page.setViewport(sizes[size]);
      const offsets = await inPage(
        page,
        `const box = document.querySelector('.tall');
        box.scrollTo(80, 20_000);
        const outer = box.getBoundingClientRect();
        const heading = document.querySelector('.matrix thead th:last-child').getBoundingClientRect();
        const account = document.querySelector('.matrix tbody tr:nth-child(400) th').getBoundingClientRect();
        return [heading.top - outer.top, account.left - outer.left, box.scrollTop];`,
      );
      expect(offsets).toEqual([1, 1, 20_000]);
    }
    await page.close();
  });

  it('hides accounts without open findings on request', async () => {
    const { page } = await open(organizationOf(30));
    const rows = () => page.$$eval('.matrix tbody tr', (all) => all.filter((row) => row.checkVisibility()).length);
    expect(await rows()).toBe(30);
    // The accounts with open findings come first, after the management account.
    const quiet = await page.$$eval('.matrix tbody tr', (all) => all.slice(1).map((row) => row.className === 'quiet'));
    expect(quiet).toEqual(quiet.toSorted((a, b) => Number(a) - Number(b)));
    await page.click('.only input');
    const open30 = new Set(
      organizationOf(30).results.flatMap(({ accountId, status }) => (['fail', 'unknown', 'manual'].includes(status) ? [accountId] : [])),
    );
    expect(await rows()).toBe(open30.size);
    await page.close();
  });

  it('can be read with the keyboard alone', async () => {
    const { page } = await open(organizationOf(30));
    const reached: string[] = [];
    for (let presses = 0; presses < 200; presses += 1) {
      await page.keyboard.press('Tab');
      const name = await inPage<string>(
        page,
        `const { activeElement: at } = document;
        return at === document.body ? '' : at.matches('.tall') ? 'matrix' : at.tagName.toLowerCase();`,
      );
      if (name === '') break;
      reached.push(name);
      if (name === 'summary') {
        await page.keyboard.press('Enter');
        break;
      }
    }
    expect([...new Set(reached)]).toEqual(['a', 'input', 'matrix', 'summary']);
    expect(await page.$$eval('details[open]', (opened) => opened.length)).toBe(1);
    await page.close();
  });

  it('prints everything, folded or not', async () => {
    const { page } = await open(organizationOf(30), 'desktop', 'dark');
    await page.emulateMediaType('print');
    const printed = await inPage(
      page,
      `const isShown = (selector) => document.querySelector(selector).checkVisibility({ contentVisibilityAuto: true });
      const box = document.querySelector('.tall');
      return {
        contents: isShown('nav'),
        folded: isShown('.fold tbody tr'),
        cut: box.scrollHeight > box.clientHeight,
        background: getComputedStyle(document.body).backgroundColor,
      };`,
    );
    expect(printed).toEqual({ contents: false, folded: true, cut: false, background: 'rgb(255, 255, 255)' });
    await page.close();
  });

  it.runIf(process.env['UPDATE_DOCS'] === '1')('has a picture in the README', async () => {
    const { page } = await open(single);
    await page.setViewport({ width: 1_080, height: 730 });
    const pictures = resolve(import.meta.dirname, '../../.github/screens');
    mkdirSync(pictures, { recursive: true });
    const picture = await page.screenshot();
    writeFileSync(join(pictures, 'report.png'), picture);
    expect(picture.length).toBeLessThan(150_000);
    await page.close();
  });
});
