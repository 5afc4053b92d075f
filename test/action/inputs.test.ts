import { describe, expect, it } from 'vitest';
import { readInputs } from '../../action/inputs.js';

const defaults = { INPUT_COMMAND: 'check', INPUT_FORMATS: 'markdown sarif junit', INPUT_SUMMARY: 'true', INPUT_ANNOTATIONS: '10' };

describe('the inputs of the action', () => {
  it('become a command line, one argument each', () => {
    const env = {
      ...defaults,
      INPUT_CONFIG: 'a b.yaml',
      INPUT_ACCOUNT_ID: '123456789012',
      INPUT_FAIL_ON: 'medium',
      INPUT_ARGS: '\n  --strict\r\n--skip=budget,mfa \n\n--profile=$(id)',
    };
    expect(readInputs(env)).toEqual({
      argv: [
        'check',
        '--config=a b.yaml',
        '--account-id=123456789012',
        '--fail-on=medium',
        '--strict',
        '--skip=budget,mfa',
        '--profile=$(id)',
      ],
      config: 'a b.yaml',
      formats: ['markdown', 'sarif', 'junit'],
      summary: true,
      limit: 10,
    });
  });

  it('leave out what is empty', () => {
    expect(readInputs({ ...defaults, INPUT_FORMATS: '', INPUT_SUMMARY: 'false', INPUT_ANNOTATIONS: '0' })).toEqual({
      argv: ['check'],
      config: undefined,
      formats: [],
      summary: false,
      limit: 0,
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['another command', { INPUT_COMMAND: 'keys' }, /check or init/],
    ['a flag that is an input', { INPUT_ARGS: '--output=table' }, /--output/],
    ['the same in two lines', { INPUT_ARGS: '--output-file\n--strict' }, /--output-file/],
    ['a word that is not a flag', { INPUT_ARGS: '--skip\nbudget' }, /one flag on each line/],
    ['fail-on with init', { INPUT_COMMAND: 'init', INPUT_FAIL_ON: 'low' }, /fail-on/],
    ['a format for people', { INPUT_FORMATS: 'table' }, /formats/],
    ['eleven annotations', { INPUT_ANNOTATIONS: '11' }, /annotations/],
    ['annotations that are no number', { INPUT_ANNOTATIONS: '::error::x' }, /annotations/],
    ['a summary that is neither', { INPUT_SUMMARY: 'yes' }, /true or false/],
  ])('are refused: %s', (_, inputs, says) => {
    expect(readInputs({ ...defaults, ...inputs })).toEqual({ problem: expect.stringMatching(says) });
  });

  it('are not repeated where a runner would read them', () => {
    for (const name of ['COMMAND', 'ARGS', 'FORMATS', 'ANNOTATIONS', 'SUMMARY'])
      expect(JSON.stringify(readInputs({ ...defaults, [`INPUT_${name}`]: 'owned' }))).not.toContain('owned');
  });
});
