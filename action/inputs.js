// @ts-check
/**
 * The inputs of the action, from the environment into a command line. Pure.
 * @typedef {{ readonly argv: readonly string[], readonly config: string | undefined, readonly formats: readonly string[], readonly summary: boolean, readonly limit: number }} Inputs
 * @typedef {{ readonly problem: string }} Problem
 */

const known = ['markdown', 'sarif', 'junit', 'csv', 'jsonl'];

/** @param {Inputs | Problem} inputs @returns {inputs is Problem} */
export const isProblem = (inputs) => 'problem' in inputs;

/**
 * Values are not shown again: a workflow may have them from a stranger.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Inputs | Problem}
 */
export const readInputs = (env) => {
  const value = (/** @type {string} */ name) => (env[`INPUT_${name}`] ?? '').trim();
  const [command, config, accountId, failOn] = [value('COMMAND'), value('CONFIG'), value('ACCOUNT_ID'), value('FAIL_ON')];
  const args = value('ARGS')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const formats = value('FORMATS')
    .split(/[\s,]+/)
    .filter((format) => format !== '');
  const limit = value('ANNOTATIONS');
  if (command !== 'check' && command !== 'init') return { problem: 'The input command is check or init.' };
  if (command === 'init' && failOn !== '') return { problem: 'The input fail-on goes with the command check.' };
  if (!args.every((arg) => arg.startsWith('-')))
    return { problem: 'The input args has one flag a line, its value after "=", such as --skip=budget.' };
  if (args.some((arg) => /^--output(-file)?(=|$)/.test(arg)))
    return {
      problem:
        'The input args cannot name --output or --output-file: the reports are outputs of the action; the input formats chooses them.',
    };
  if (!formats.every((format) => known.includes(format))) return { problem: `The input formats knows ${known.join(', ')}.` };
  if (!/^(true|false)$/.test(value('SUMMARY'))) return { problem: 'The input summary is true or false.' };
  if (!/^(\d|10)$/.test(limit)) return { problem: 'The input annotations is a number from 0 to 10.' };
  return {
    argv: [
      command,
      ...(config === '' ? [] : [`--config=${config}`]),
      ...(accountId === '' ? [] : [`--account-id=${accountId}`]),
      ...(failOn === '' ? [] : [`--fail-on=${failOn}`]),
      ...args,
    ],
    config: config === '' ? undefined : config,
    formats,
    summary: value('SUMMARY') === 'true',
    limit: Number(limit),
  };
};
