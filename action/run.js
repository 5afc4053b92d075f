// @ts-check
// Runs the command, keeps its result, and says on GitHub what came of it. Ends as the command ended, whatever became of the reports.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { annotations, most } from './annotations.js';
import { isProblem, readInputs } from './inputs.js';

/** @typedef {import('../src/core/report.js').RunReport} RunReport */

const { env } = process;
/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/**
 * Runs the program to its end; what it prints can be no command to the runner. A run that is cancelled is passed on, so that it ends in order.
 * @param {readonly string[]} argv
 * @param {string} [cwd]
 * @returns {Promise<number>} its exit code
 */
const program = (argv, cwd = process.cwd()) =>
  new Promise((done) => {
    const token = randomUUID();
    say(`::stop-commands::${token}`);
    const child = spawn(process.execPath, [env['BOOTSTRAP_PROGRAM'] ?? '', ...argv], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const ended = (/** @type {number | null} */ code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      say(`::${token}::`);
      done(code ?? 1);
    };
    child.once('error', () => ended(1));
    child.once('close', ended);
  });

/** @param {Readonly<Record<string, string | number>>} outputs Values of ours: numbers, words and paths. */
const output = (outputs) => {
  const file = env['GITHUB_OUTPUT'];
  if (file)
    appendFileSync(
      file,
      Object.entries(outputs)
        .map(([name, value]) => `${name}=${String(value).replaceAll(/[\r\n]/g, ' ')}\n`)
        .join(''),
    );
};

/**
 * A document that the program wrote; undefined when there is none, or half of one.
 * @param {string} file
 * @returns {unknown}
 */
const documentIn = (file) => {
  try {
    /** @type {unknown} */
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return value;
  } catch {
    return undefined;
  }
};

/**
 * @typedef {{ readonly ruleId: string, readonly locations: readonly { readonly physicalLocation: { readonly region: { readonly startLine: number } } }[] }} SarifResult
 * @typedef {{ readonly runs: readonly { readonly results: readonly SarifResult[] }[] }} Sarif
 */

/**
 * The lines of the config that ask for what was checked, by check.
 * @param {Sarif | undefined} sarif
 * @returns {ReadonlyMap<string, number>}
 */
const linesOf = (sarif) =>
  new Map(sarif?.runs[0]?.results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation.region.startLine ?? 1]));

const repository = env['GITHUB_WORKSPACE'] ?? process.cwd();

const main = async () => {
  const inputs = readInputs(env);
  if (isProblem(inputs)) {
    say(`::error title=aws-account-bootstrap::${inputs.problem}`);
    output({ 'exit-code': 2, 'exit-name': 'usage' });
    return 2;
  }
  const folder = mkdtempSync(join(env['RUNNER_TEMP'] ?? tmpdir(), 'bootstrap-report-'));
  const json = join(folder, 'result.json');
  const code = await program([...inputs.argv, '--no-input', '--output', 'json', '--output-file', json]);
  const report = /** @type {RunReport | undefined} */ (documentIn(json));
  output({ 'exit-code': code, 'exit-name': report?.exit.name ?? 'unexpected' });
  if (report === undefined) {
    say(`::error title=aws-account-bootstrap::The command ended with code ${code} and without a result. Its messages are above.`);
    return code === 0 ? 1 : code;
  }
  output({ failed: report.summary.fail, unknown: report.summary.unknown, 'report-folder': folder, 'report-json': json });
  const { config, formats, summary, limit } = inputs;
  // Rendered at the root of the repository: GitHub takes the paths in annotations and SARIF from there.
  const file = relative(repository, resolve(config ?? 'bootstrap.yaml')).replaceAll('\\', '/');
  const from = ['report', json, `--config=${file}`];
  await program(['report', json], repository);
  // The summary needs Markdown, and the annotations need SARIF (for the lines of the config), even if they are not among the formats.
  const wanted = new Set([...formats, ...(summary ? ['markdown'] : []), ...(limit > 0 ? ['sarif'] : [])]);
  for (const format of wanted) {
    const to = join(folder, `result.${endings[format] ?? format}`);
    if ((await program([...from, '--quiet', '--output', format, '--output-file', to], repository)) !== 0) {
      say(`::warning title=aws-account-bootstrap::The report in the format ${format} could not be made.`);
      continue;
    }
    if (formats.includes(format)) output({ [`report-${format}`]: to });
    if (format === 'markdown' && summary && env['GITHUB_STEP_SUMMARY'])
      appendFileSync(env['GITHUB_STEP_SUMMARY'], `${readFileSync(to, 'utf8')}\n`);
  }
  const lines = linesOf(/** @type {Sarif | undefined} */ (documentIn(join(folder, 'result.sarif'))));
  const place = existsSync(resolve(repository, file)) ? { file, lineOf: (/** @type {string} */ check) => lines.get(check) } : undefined;
  for (const line of annotations(report, { place, limit: Math.min(limit, most) })) say(line);
  return code;
};

/** @type {Readonly<Record<string, string>>} */
const endings = { markdown: 'md', junit: 'xml' };

process.exitCode = await main();
