import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Moto {
  /** `http://127.0.0.1:PORT`, the endpoint of every service. */
  readonly url: string;
  readonly pid: number;
  /** Empties every account. One server serves all suites, so suites that reset must not run beside others that use it. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'serve_moto.py');
const startDeadlineMs = 60_000;
const stopDeadlineMs = 5_000;

export interface MotoOptions {
  /** Loads AWS's managed policies, so that they can be attached: a third of a second per account, and again after each reset. */
  readonly managedPolicies?: boolean;
}

/** Starts moto on a free loopback port. */
export async function startMoto(python: string, options: MotoOptions = {}): Promise<Moto> {
  const server = spawn(python, ['-u', script], { env: serverEnvironment(options) });
  const killNow = (): void => void server.kill('SIGKILL');
  process.once('exit', killNow);
  server.once('close', () => process.off('exit', killNow));
  const url = await announcedUrl(server).catch((error: unknown) => {
    killNow();
    throw error;
  });
  await resetMoto(url);
  return { url, pid: server.pid ?? 0, reset: () => resetMoto(url), stop: () => stop(server) };
}

async function resetMoto(url: string): Promise<void> {
  const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  if (!answer.ok) throw new Error(`moto at ${url} could not be reset: HTTP ${answer.status}`);
}

/** The developer's own AWS and moto settings must not reach the server. */
function serverEnvironment(options: MotoOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|MOTO)_/.test(name));
  return { ...Object.fromEntries(kept), MOTO_IAM_LOAD_MANAGED_POLICIES: String(options.managedPolicies ?? true) };
}

/** The server is asked for port 0 and prints the one it got: no port is chosen beforehand that another program could take. */
async function announcedUrl(server: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (what: string): void => reject(new Error(`moto ${what}: ${log.trim().slice(-600)}`));
    const deadline = setTimeout(() => fail(`said nothing for ${startDeadlineMs / 1000} s`), startDeadlineMs);
    server.stdout.resume();
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The server writes a line for every request; only the beginning is of interest.
      if (log.length < 4_000) log += text;
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (url !== undefined) {
        clearTimeout(deadline);
        resolve(url);
      }
    });
    server.once('error', (cause) => reject(new Error('moto could not be started', { cause })));
    server.once('close', (code) => {
      clearTimeout(deadline);
      fail(`ended with code ${code} before it was ready`);
    });
  });
}

async function stop(server: ChildProcessWithoutNullStreams): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => void server.once('close', () => resolve()));
  const kill = setTimeout(() => server.kill('SIGKILL'), stopDeadlineMs);
  server.stdin.end();
  await closed;
  clearTimeout(kill);
}
