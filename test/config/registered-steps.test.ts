import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../src/config/effective.js';
import { examineConfig } from '../../src/config/load.js';
import { referenceRows } from '../../src/config/reference.js';
import { parseSection } from '../../src/config/resolve.js';
import { configTemplate } from '../../src/config/template.js';
import { steps as registered } from '../../src/steps/index.js';

describe('the registered steps', () => {
  it('leave no key without a meaning', () => {
    expect(referenceRows(registered).filter(({ meaning }) => meaning === '')).toEqual([]);
  });

  for (const step of registered) {
    it(`${step.id} parses {} and its practice values`, () => {
      expect(parseSection(step, {})).toMatchObject({ ok: true });
      expect(
        parseSection(
          step,
          step.practice((length, alphabet) => alphabet.slice(0, length)),
        ),
      ).toMatchObject({ ok: true });
    });
  }
});

describe('a new config for the registered steps', () => {
  it('means the same as no file', () => {
    const read = examineConfig({ text: configTemplate(registered), file: 'bootstrap.yaml', steps: registered });
    if (!('config' in read)) throw new Error(JSON.stringify(read.problems));
    const valuesOf = (config: typeof read.config | undefined) =>
      effectiveConfig({ config, flags: {}, steps: registered, command: 'init', sandbox: false, random: () => '' }).steps.map((step) => [
        step.id,
        step.wanted,
        step.values.map(({ path, value }) => [path, value]),
        step.missing,
      ]);
    expect(valuesOf(read.config)).toEqual(valuesOf(undefined));
  });

  it('has valid examples, for every key', () => {
    const text = configTemplate(registered, { live: true });
    expect(examineConfig({ text, file: 'bootstrap.yaml', steps: registered }).problems).toEqual([]);
    expect(text.match(/^[ #]*[\w-]+:$\n(?! *#? {2,})/gm)).toBeNull();
  });
});
