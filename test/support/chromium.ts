import { spawnSync } from 'node:child_process';
import { launch, type Browser } from 'puppeteer-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The path of an installed Chromium; undefined, with the reason printed, if there is none. In CI that is an error. */
export const findChromium = (): string | undefined => {
  const found = [process.env['CHROME_PATH'], ...names].find(
    (name) => name !== undefined && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (found === undefined) {
    const reason = `no Chromium on the PATH (${names.join(', ')}) or in CHROME_PATH`;
    if (process.env['CI'] === 'true') throw new Error(`The tests of the HTML report need a browser: ${reason}`);
    process.stderr.write(`skipped: the tests of the HTML report in a browser: ${reason}\n`);
    return undefined;
  }
  const path = spawnSync('sh', ['-c', 'command -v "$0"', found], { encoding: 'utf8' }).stdout.trim();
  return path === '' ? found : path;
};

/** A headless browser that is controlled through a pipe, so that no port is opened, and that looks nothing up in the network. */
export const startChromium = (executablePath: string): Promise<Browser> =>
  launch({
    executablePath,
    pipe: true,
    // Chromium refuses its sandbox to root, which a container usually is.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--font-render-hinting=none',
    ],
  });
