// @ts-check
/**
 * Converts the inputs of the action, from the environment, into a command line. Pure.
 * @typedef {{ readonly argv: readonly string[], readonly config: string | undefined, readonly formats: readonly string[], readonly summary: boolean, readonly limit: number }} Inputs
 * @typedef {{ readonly problem: string }} Problem
 */

const known = ['markdown', 'sarif', 'junit', 'html', 'csv', 'jsonl'];

/** @param {Inputs | Problem} inputs @returns {inputs is Problem} */
export const isProblem = (inputs) => 'problem' in inputs;

/**
 * Messages do not repeat values: a workflow may take them from an untrusted source.
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
  if (command !== 'check' && command !== 'init') return { problem: 'The input command must be check or init.' };
  if (command === 'init' && failOn !== '') return { problem: 'The input fail-on is only for the command check.' };
  if (!args.every((arg) => arg.startsWith('-')))
    return { problem: 'The input args must have one flag on each line, with its value after "=", such as --skip=budget.' };
  if (args.some((arg) => /^--output(-file)?(=|$)/.test(arg)))
    return {
      problem:
        'The input args cannot have --output or --output-file: the reports are outputs of the action. Use the input formats to choose them.',
    };
  if (!formats.every((format) => known.includes(format))) return { problem: `The input formats accepts ${known.join(', ')}.` };
  if (!/^(true|false)$/.test(value('SUMMARY'))) return { problem: 'The input summary must be true or false.' };
  if (!/^(\d|10)$/.test(limit)) return { problem: 'The input annotations must be a number from 0 to 10.' };
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
