// @ts-check
/**
 * What a GitHub run shows beside the code: workflow commands, made from a saved result. Pure.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */

/**
 * @typedef {import('../src/core/report.js').RunReport} RunReport
 * @typedef {import('../src/core/report.js').Result} Result
 * @typedef {{ readonly file: string, readonly lineOf: (check: string) => number | undefined }} Place
 */

/** More are not shown: GitHub keeps ten of a kind for a step. */
export const most = 10;

/**
 * The worst first, and as many as wanted; each a line of its own.
 * @param {RunReport} report
 * @param {{ readonly place?: Place | undefined, readonly limit: number }} options Without a place: there is no config to point into.
 * @returns {readonly string[]}
 */
export const annotations = (report, { place, limit }) => {
  const errors = [report.error, ...(report.steps ?? []).map(({ error }) => error)].flatMap((error) =>
    error ? [command('error', { title: error.code, ...placed(place, null) }, [firstLines(error.message), `Next: ${error.next}`])] : [],
  );
  const findings = report.results
    .flatMap((result) => {
      const level = levelOf(result);
      return level === undefined ? [] : [{ rank: rankOf(level, result), line: annotation(level, result, place) }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ line }) => line);
  return [...errors, ...findings].slice(0, Math.max(0, Math.min(limit, most)));
};

/** @typedef {'error' | 'warning' | 'notice'} Level */

/** @type {Readonly<Record<Result['severity'], Level>>} */
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'notice' };

/**
 * What could not be read is no failure, and no pass either.
 * @param {Result} result
 * @returns {Level | undefined}
 */
const levelOf = ({ status, severity }) => {
  if (status === 'fail') return levels[severity];
  return status === 'unknown' ? 'warning' : status === 'manual' ? 'notice' : undefined;
};

/** @param {Level} level @param {Result} result */
const rankOf = (level, { severity }) =>
  ['error', 'warning', 'notice'].indexOf(level) * 10 + ['critical', 'high', 'medium', 'low'].indexOf(severity);

/** @param {Level} level @param {Result} result @param {Place | undefined} place */
const annotation = (level, { id, severity, status, reason, remediation, missingPermission }, place) => {
  const word = status === 'unknown' ? 'unknown' : status === 'manual' ? 'manual' : severity;
  const { instructions = null, command: run = null, url = null } = status === 'unknown' ? {} : (remediation ?? {});
  return command(level, { title: `${id} (${word})`, ...placed(place, id) }, [
    reason,
    ...(missingPermission === null ? [] : [`Allow: ${missingPermission}`]),
    ...(instructions === null ? [] : [`Fix: ${instructions}`]),
    ...(run === null ? [] : [`Run: ${run}`]),
    ...(url === null ? [] : [`See: ${url}`]),
  ]);
};

/** @param {Place | undefined} place @param {string | null} check */
const placed = (place, check) =>
  place === undefined ? {} : { file: place.file, line: String((check === null ? undefined : place.lineOf(check)) ?? 1) };

/**
 * @param {Level} level
 * @param {Readonly<Record<string, string>>} properties
 * @param {readonly string[]} lines
 */
const command = (level, properties, lines) => {
  const named = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(value)}`);
  return `::${level} ${named.join(',')}::${escapedData(lines.map(visible).join('\n').slice(0, longest))}`;
};

/** GitHub cuts a message off at 64 KB, and no one reads a long one. */
const longest = 2_000;

/** A config may have hundreds of problems. @param {string} message */
const firstLines = (message) => message.split('\n').slice(0, 10).join(' ');

/**
 * Values come from an account in which someone else may have chosen names. Characters that control, hide or reorder text become visible escapes.
 * @param {string} text
 */
const visible = (text) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
  });

/** As the runner unescapes them: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts @param {string} text */
const escapedData = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** @param {string} text */
const escapedProperty = (text) => escapedData(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
