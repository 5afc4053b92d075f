import { examineConfig, loadConfig } from '../../src/config/load.js';
import { BootstrapError } from '../../src/core/errors.js';
import { steps } from './three-steps.js';

export const file = 'bootstrap.yaml';

/** The error of a config that is refused. */
export const catchError = (text: string): BootstrapError => {
  try {
    loadConfig({ text, file, steps });
  } catch (error) {
    if (error instanceof BootstrapError) return error;
    throw error;
  }
  throw new Error('loaded');
};

/** The lines of the message about a config; none for a valid one. */
export const problemsOf = (text: string): readonly string[] =>
  'config' in examineConfig({ text, file, steps }) ? [] : catchError(text).message.split('\n').slice(1);
