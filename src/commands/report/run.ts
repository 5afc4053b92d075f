import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseWith, pathText } from '../../config/problem.js';
import { BootstrapError } from '../../core/errors.js';
import type { RunReport } from '../../core/report.js';
import { plain } from '../../core/text.js';
import { withTotals } from '../../report/counts.js';
import { jsonProblem, savedReport } from '../../report/saved.js';
import type { RenderContext } from '../../report/words.js';
import type { App } from '../../run/app.js';
import { asBootstrapError, failedReport } from '../../run/end.js';
import { printReport, reserveOutput } from '../../run/output.js';

/**
 * `bootstrap report FILE`: a saved result in another format, without AWS. Ends 0 once it is rendered: how the run itself ended stands
 * in the document.
 */
export const runReport = async (file: string, shown: Pick<RenderContext, 'showWaived' | 'verbose'>, app: App): Promise<number> => {
  const { host } = app;
  const startedAt = host.clock.now();
  try {
    await reserveOutput(app);
    const report = parseSaved(file, decode(file, await read(file, app)));
    return await printReport(app, report, { ...wordsOf(report), ...shown }, 0);
  } catch (error) {
    // A format for programs gets a document of its kind here as well; there is no saved command to name in it.
    const frame = { command: 'check', startedAt, now: host.clock.now } as const;
    return await printReport(
      app,
      failedReport(frame, asBootstrapError(error, false), { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } }),
    );
  }
};

/** A result does not say that it is of a dry run; it shows: a plan, and nothing of it was tried. */
const wordsOf = ({ command, plan = [], steps = [], apiCalls, error }: RunReport): Partial<RenderContext> => ({
  dryRun:
    command === 'init' &&
    plan.length > 0 &&
    apiCalls.writes === 0 &&
    error === undefined &&
    steps.every(({ status }) => status !== 'done' && status !== 'failed' && status !== 'blocked'),
});

const read = async (file: string, { host }: App): Promise<Uint8Array> => {
  if (file === '-') return Buffer.concat(await host.stdin.toArray());
  try {
    return await readFile(resolve(host.cwd, file));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw wrong(`${file} ${reasons[code] ?? `cannot be read (${code})`}.`, cause);
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is a file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
};

const decode = (file: string, bytes: Uint8Array): string => {
  // What `>` of Windows PowerShell writes.
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw wrong(`${nameOf(file)} is not UTF-8 text.`, cause);
  }
};

/** Throws E-REPORT-FILE with the place and the reason. */
const parseSaved = (file: string, text: string): RunReport => {
  const name = nameOf(file);
  if (text.trim() === '') throw wrong(`${name} is empty.`);
  const malformed = jsonProblem(text);
  if (malformed) throw wrong(`${name}:${malformed.line}:${malformed.column} is not a JSON document: ${malformed.message}.`);
  const value: unknown = JSON.parse(text);
  const parsed = parseWith(savedReport, value);
  // As it was written: what the schema gives back has its keys in another order. The file may have been edited, so its results are counted.
  if (parsed.ok) return withTotals(value as RunReport);
  const [first] = parsed.problems;
  const place = first === undefined || first.path.length === 0 ? 'the document' : pathText(first.path);
  const more = parsed.problems.length > 1 ? ` There are ${parsed.problems.length - 1} more problems.` : '';
  throw wrong(`${name} is not a result of bootstrap: ${place} ${first?.message ?? 'is wrong'}.${more}`);
};

const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

const wrong = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-REPORT-FILE',
    message: plain(message),
    next: 'Name a file that `bootstrap check --output json` or `bootstrap init --output json` wrote.',
    ...(cause === undefined ? {} : { cause }),
  });
