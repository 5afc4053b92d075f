import { stringify } from 'yaml';
import type { Destination } from '../core/secret-sink.js';
import type { AnyStep } from '../core/step.js';
import { type Override, overlaid, overridesOf } from './override.js';

export interface Answered {
  readonly accountId: string;
  /** Flags and answers. */
  readonly overrides: readonly Override[];
  readonly destination: Destination | undefined;
  /** The day on which it is written: `2026-11-23`. */
  readonly day: string;
}

/** What was answered, as a first bootstrap.yaml: with it, the same run asks nothing. Steps left for later are not in it. */
export const answersYaml = (steps: readonly AnyStep[], { accountId, overrides, destination, day }: Answered): string => {
  const sections = steps.flatMap((step) => {
    const own = overridesOf(step.id, overrides);
    return own.length === 0 ? [] : [[step.id, overlaid(step, undefined, own)] as const];
  });
  const secrets = destination === undefined ? undefined : secretsOf(destination);
  return [
    `# Answers of \`bootstrap init\` on ${day}. What is not here has its default: \`bootstrap config show\` prints all of it.`,
    'version: 1',
    ...[['account', { id: accountId }] as const, ...sections, ...(secrets === undefined ? [] : [['secrets', secrets] as const])].map(
      ([key, value]) => `\n${stringify({ [key]: value }, { lineWidth: 0 }).trimEnd()}`,
    ),
    '',
  ].join('\n');
};

/** Shown once is no place: the next run asks again. */
const secretsOf = (destination: Destination): object | undefined => {
  switch (destination.kind) {
    case 'file':
      return { file: destination.file };
    case 'command':
      return {
        command: destination.command,
        ...(destination.environment.length === 0 ? {} : { 'command-env': destination.environment }),
      };
    case 'age':
      return { age: destination.recipients };
    case 'terminal':
      return undefined;
  }
};
