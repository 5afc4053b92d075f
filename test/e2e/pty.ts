import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { Secret, TOTP } from 'otpauth';
import { decodedFrom, pictureOn, type Shown } from '../support/qr-screen.js';

/** What happens meanwhile. */
type Act = { readonly columns: number } | { readonly file: string; readonly from: string; readonly to: string };

/** What is typed once a pattern is on the screen: a text, or one computed from the screen; and what is done before. */
export type Answer = readonly [pattern: string, text: string | ((screen: readonly string[]) => string), act?: Act];

export interface Sat {
  readonly code: number | null;
  readonly signal: string | null;
  /** All output, including control codes. */
  readonly raw: string;
  /** What is on the screen at the end. */
  readonly lines: readonly string[];
  /** How many of the answers were typed. */
  readonly answered: number;
}

export interface Question {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly columns: number;
  readonly rows: number;
  /** The program is killed after this time. */
  readonly seconds: number;
}

export const clear = '\u001B[2J\u001B[H';

/** The lines of the last page on the screen. */
const pageOf = (raw: string): readonly string[] => {
  const at = raw.lastIndexOf(clear);
  return stripVTControlCharacters(at < 0 ? raw : raw.slice(at + clear.length)).split(/\r?\n/);
};

/** Runs a program at a terminal and types the answers (pty_driver.py). */
export const sitAt = (python: string, question: Question, typed: readonly Answer[]): Promise<Sat> => {
  const answers = typed.map(([pattern, text, ...act]) => [pattern, typeof text === 'string' ? text : null, ...act]);
  const made = typed.flatMap(([, text]) => (typeof text === 'string' ? [] : [text]));
  const driver = spawn(python, ['-B', path.join(import.meta.dirname, 'pty_driver.py'), JSON.stringify({ ...question, answers })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let ended: Sat | undefined;
    createInterface({ input: driver.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Partial<Sat> & Pick<Sat, 'raw'>;
      if (message.lines !== undefined) {
        ended = message as Sat;
        return;
      }
      try {
        driver.stdin.write(`${JSON.stringify(made.shift()?.(pageOf(message.raw)) ?? '')}\n`);
      } catch (error) {
        driver.kill();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    driver.once('error', reject);
    driver.once('close', () => (ended === undefined ? reject(new Error('the driver printed no result')) : resolve(ended)));
  });
};

/** The open question, not one that was answered. */
export const firstCode = String.raw`First code \(`;
const secondCode = String.raw`Second code \(`;

/** The codes of this window and the next, which AWS accepts too, so no test has to wait. */
const codesOf = (seed: string): readonly [string, string] => {
  const totp = new TOTP({ secret: Secret.fromBase32(seed) });
  const at = Date.now();
  return [totp.generate({ timestamp: at }), totp.generate({ timestamp: at + 30_000 })];
};

/** A user with an authenticator, who reads the seed once and types two codes. */
export const authenticator = (read: (screen: readonly string[]) => string): readonly [Answer, Answer] => {
  let codes: readonly [string, string] | undefined;
  const code = (index: 0 | 1) => (screen: readonly string[]) => {
    codes ??= codesOf(read(screen));
    return `${codes[index]}\r`;
  };
  return [
    [firstCode, code(0)],
    [secondCode, code(1)],
  ];
};

/** The widths of pictures of 37 to 49 modules, with their margins. */
const widths = [41, 43, 45, 49, 53];

/** Reads the seed from the QR code on the screen. */
export const scanned =
  (shown: Shown, name = 'alex') =>
  (screen: readonly string[]): string => {
    for (const width of widths) {
      try {
        const address = decodedFrom(pictureOn(screen, width), shown);
        const [, label, seed] = /^otpauth:\/\/totp\/(.+?)\?secret=(\w+)/.exec(address) ?? [];
        if (seed !== undefined && new RegExp(`^${name}@(111122223333|acme-prod)$`).test(label ?? '')) return seed;
      } catch {
        // Not of this width.
      }
    }
    throw new Error(`no QR code for ${name} on the screen:\n${screen.join('\n')}`);
  };
