import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../../src/cli.js';
import { configJsonSchema, sectionJsonSchema } from '../../../src/config/json-schema.js';
import { formsAt } from '../../../src/config/schema.js';
import { pathOf } from '../../../src/config/override.js';
import type { Host } from '../../../src/run/app.js';
import { steps } from '../../../src/steps/index.js';
import { testClock } from '../../support/host.js';

const host = { argv: [], env: {}, stdout: new PassThrough(), stderr: new PassThrough(), clock: testClock() } as unknown as Host;
const init = makeProgram(host, () => {}).commands.find((command) => command.name() === 'init');
const flags = (init?.options ?? []).map(({ long }) => long);

/** Questions of steps, and what the user confirms in the tour. */
const asked = steps.flatMap((step) => [
  ...step.questions.map(({ path, flag }) => ({ step, path, flag })),
  ...step.findings.flatMap(({ guide }) =>
    guide?.confirmation === undefined ? [] : [{ step, path: guide.confirmation.path, flag: guide.confirmation.flag }],
  ),
]);

/** Questions that are no step's, by the file that asks them. `config` is absent where a file may not answer. */
const others: Readonly<Record<string, { readonly flags: readonly string[]; readonly config?: string }>> = {
  'destination.ts': {
    flags: ['--secrets-file', '--secret-command', '--encrypt-to', '--show-secrets'],
    config: 'secrets',
  },
  // An approval in a file would approve plans that no one has reviewed.
  'approval.ts': { flags: ['--yes'] },
  'organization.ts': { flags: ['--yes'] },
  // Where the config goes is not in the config.
  'answers.ts': { flags: ['--save-config'] },
  // It leads; what it asks for is in the steps' guides.
  'tour.ts': { flags: ['--no-tour'] },
  // It repeats the questions of the steps.
  'edit.ts': { flags: [] },
  // The questions of the steps.
  'questions.ts': { flags: [] },
};

describe('every prompt of init', () => {
  it.each(asked.map(({ step, path, flag }) => [`${step.id}.${path}`, step, path, flag] as const))(
    'has a flag and a place in the config: %s',
    (_name, step, path, flag) => {
      expect(flags).toContain(flag);
      expect(formsAt(sectionJsonSchema(step), pathOf(path))).not.toEqual([]);
    },
  );

  it('is in a known file, with its flags', () => {
    const folder = join(import.meta.dirname, '../../../src/commands/init');
    const asking = readdirSync(folder).filter((name) => /(prompter\.\w+[<(]|askApproval\()/.test(readFileSync(join(folder, name), 'utf8')));
    expect(asking.sort()).toEqual(Object.keys(others).sort());
    for (const { flags: own, config } of Object.values(others)) {
      expect(flags).toEqual(expect.arrayContaining([...own]));
      if (config !== undefined) expect(configJsonSchema(steps).properties).toHaveProperty(config);
    }
  });
});
