#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './run/app.js';
import { version } from './version.js';

/** Makes text safe to print. Replaced once the module is loaded, which `--version` does not do: it loads this file alone. */
let text: Pick<typeof import('./core/text.js'), 'plain' | 'plainLines'> = {
  plain: (untrusted) => JSON.stringify(untrusted).slice(1, -1),
  plainLines: (untrusted) => JSON.stringify(untrusted).slice(1, -1),
};

/** The only file that touches the process: arguments, environment, streams, signals and the exit code. */
const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  // Without a listener, a closed pipe (`| head`) or a full disk would end the process with a stack trace. Only the full disk is a failure.
  let writeError: Error | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') writeError ??= error;
  });
  process.once('beforeExit', () => {
    if (writeError === undefined || (process.exitCode ?? 0) !== 0) return;
    process.stderr.write(`The output could not be written: ${text.plain(writeError.message)}\n`);
    process.exitCode = 1;
  });
  process.stderr.on('error', () => {});
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  text = await import('./core/text.js');
  // On Node 20 the SDK warns about its future versions; this tool bundles its own copy.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

  const stop = new AbortController();
  // All requests that are sent at the same time listen to it.
  setMaxListeners(0, stop.signal);
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      // A second signal, or a run that does not end by itself in time, ends the process.
      if (stop.signal.aborted) process.exit(code);
      stop.abort(name);
      setTimeout(() => process.exit(code), 1_800).unref();
    });
  }
  const host: Host = {
    argv,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    platform: process.platform,
    // Opened when it is first read: that takes time, and help does not need it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    clock: {
      now: () => new Date(),
      sleep: async (ms, signal) => {
        await sleep(ms, undefined, signal === undefined ? {} : { signal });
      },
    },
    random: (length, alphabet) => {
      // Loaded when it is first used: `--help` does not need it.
      const { randomInt } = process.getBuiltinModule('node:crypto');
      return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    },
    signal: stop.signal,
  };
  const { run } = await import('./cli.js');
  process.exitCode = await run(host);
};

/** Without this, Node would print the error as it is, below a line of the source. */
const printUnexpected = (error: unknown): void => {
  const debug = process.argv.includes('--debug') && error instanceof Error ? `\n${error.stack}` : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Unexpected: ${text.plainLines(`${message}${debug}`)}\nThis is a bug in this tool.\n`);
};
process.on('uncaughtException', (error) => {
  printUnexpected(error);
  process.exit(1);
});
// Warnings of Node and the SDK can contain untrusted input, such as the name of a profile.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  if (process.argv.includes('--debug')) process.stderr.write(`debug: ${text.plain(`${name}: ${message}`)}\n`);
});

main().catch((error: unknown) => {
  printUnexpected(error);
  process.exitCode = 1;
});
