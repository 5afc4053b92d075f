import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseWith, pathText } from '../../config/problem.js';
import { BootstrapError } from '../../core/errors.js';
import type { RunReport } from '../../core/report.js';
import { plain } from '../../core/text.js';
import { joined, joinedNext, notJoinable, type SavedResult } from '../../report/joined.js';
import { jsonProblem, savedReport } from '../../report/saved.js';
import type { RenderContext } from '../../report/words.js';
import { withTotals } from '../../report/counts.js';
import type { App } from '../../run/app.js';
import { describeFailure, failedReport } from '../../run/end.js';
import { printReport, reserveOutput } from '../../run/output.js';
import { version } from '../../version.js';

type Shown = Pick<RenderContext, 'showWaived' | 'verbose'> & { readonly redact: boolean };

/**
 * `bootstrap report FILE…`: shows a saved result in another format, or several as one, without calling AWS. The exit code is 0 once it is
 * rendered; the exit code of the run is in the document, and of several runs the worst.
 */
export const runReport = async (files: readonly string[], shown: Shown, app: App): Promise<number> => {
  const { host } = app;
  const startedAt = host.clock.now();
  try {
    await reserveOutput(app, files);
    if (new Set(files).size < files.length) throw reportFileError('A file is named twice.');
    const saved: SavedResult[] = [];
    // One after the other, so that only one text is in memory at a time.
    for (const file of files) saved.push({ file: nameOf(file), report: parseSaved(file, decode(file, await read(file, app))) });
    const [first, second] = saved;
    if (first !== undefined && second === undefined)
      return await printReport(app, first.report, { ...contextOf(first.report), ...shown }, 0);
    for (const { file, report } of saved) {
      const why = notJoinable(report);
      if (why !== undefined) throw reportFileError(`${file} ${why}.`);
    }
    const report = joined(saved, { tool: { name: 'aws-account-bootstrap', version }, now: startedAt });
    return await printReport(app, report, { next: joinedNext(report), ...shown }, 0);
  } catch (error) {
    // Formats for programs also get a document for an error. The saved command is not known, so the document has check.
    const frame = { command: 'check', startedAt, now: host.clock.now } as const;
    return await printReport(
      app,
      failedReport(frame, describeFailure(app, error, false), { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } }),
      { redact: shown.redact },
    );
  }
};

/** A result does not contain whether it is of a dry run. It is one if it has a plan and no change was tried. */
const contextOf = ({ plan = [], steps = [], apiCalls, error }: RunReport): Partial<RenderContext> => ({
  dryRun:
    plan.length > 0 &&
    apiCalls.writes === 0 &&
    error === undefined &&
    steps.every(({ status }) => status !== 'done' && status !== 'failed' && status !== 'blocked'),
});

const read = async (file: string, { host }: App): Promise<Uint8Array> => {
  if (file === '-') return await contentOf(file, host.stdin);
  try {
    const opened = await open(resolve(host.cwd, file));
    return await contentOf(file, opened.createReadStream());
  } catch (cause) {
    if (cause instanceof BootstrapError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw reportFileError(`${file} ${reasons[code] ?? `cannot be read (${code})`}.`, cause);
  }
};

/** The result of an organization with 5,000 accounts has about 200 MB. */
const mostBytes = 256 * 1024 ** 2;

const contentOf = async (file: string, stream: AsyncIterable<unknown>): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > mostBytes) throw reportFileError(`${nameOf(file)} is larger than 256 MB, the limit for a result.`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is a file',
  EISDIR: 'is a folder',
  EACCES: 'cannot be read (permission denied)',
};

const decode = (file: string, bytes: Uint8Array): string => {
  // `>` in Windows PowerShell writes UTF-16.
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw reportFileError(`${nameOf(file)} is not UTF-8 text.`, cause);
  }
};

/** Throws E-REPORT-FILE with the position and the reason. */
const parseSaved = (file: string, text: string): RunReport => {
  const name = nameOf(file);
  if (text.trim() === '') throw reportFileError(`${name} is empty.`);
  const malformed = jsonProblem(text);
  if (malformed) throw reportFileError(`${name}:${malformed.line}:${malformed.column} is not a JSON document: ${malformed.message}.`);
  const value: unknown = JSON.parse(text);
  // A result may have keys that this version does not know.
  const parsed = parseWith(savedReport, value, () => ({}));
  // The original value: the schema returns its keys in another order. The file may have been edited, so its results are counted.
  if (parsed.ok) return withTotals(value as RunReport);
  const [first] = parsed.problems;
  const place = first === undefined || first.path.length === 0 ? 'the document' : pathText(first.path);
  const more = parsed.problems.length > 1 ? ` There are ${parsed.problems.length - 1} more problems.` : '';
  throw reportFileError(`${name} is not a result of bootstrap: ${place} ${first?.message ?? 'is wrong'}.${more}`);
};

const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

const reportFileError = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-REPORT-FILE',
    message: plain(message),
    next: 'Pass a file that `bootstrap check`, `init` or `undo` wrote with --output json.',
    ...(cause === undefined ? {} : { cause }),
  });
