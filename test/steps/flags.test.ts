import { describe, expect, expectTypeOf, it } from 'vitest';
import { pathOf } from '../../src/config/override.js';
import { sectionJsonSchema } from '../../src/config/json-schema.js';
import { formsAt } from '../../src/config/schema.js';
import { type StepFlag, optionKey } from '../../src/core/flags.js';
import { stepFlags, type StepOptions } from '../../src/steps/flags.js';
import { steps } from '../../src/steps/index.js';

const declared = stepFlags.flatMap(({ step, flags }) => flags.map((flag: StepFlag) => ({ step, ...flag })));

describe('the flags of the steps', () => {
  it('are of steps in the registry, each declared once', () => {
    expect(stepFlags.filter(({ step }) => !steps.some(({ id }) => id === step))).toEqual([]);
    expect(stepFlags.map(({ step }) => step)).toEqual([...new Set(stepFlags.map(({ step }) => step))]);
    expect(declared.map(({ flag }) => flag)).toEqual([...new Set(declared.map(({ flag }) => flag))]);
  });

  it.each(declared.filter(({ path }) => path !== undefined).map((one) => [one.flag, one] as const))(
    '%s sets a place that its section has',
    (_, { step, path = '', value, sets }) => {
      const found = steps.find(({ id }) => id === step);
      expect(found === undefined ? [] : formsAt(sectionJsonSchema(found), pathOf(path))).not.toEqual([]);
      // With a value, or with the one that it sets.
      expect([value, sets].filter((one) => one !== undefined)).toHaveLength(1);
    },
  );

  it('include the flag of every question and of every confirmation', () => {
    const places = steps.flatMap(({ id, questions, findings }) =>
      [...questions, ...findings.flatMap(({ guide }) => guide?.confirmation ?? [])].map(({ flag, path }) => [id, flag, path]),
    );
    expect(places.length).toBeGreaterThan(5);
    const known = declared.map(({ step, flag, path }) => JSON.stringify([step, flag, path]));
    expect(places.filter((place) => !known.includes(JSON.stringify(place)))).toEqual([]);
  });

  it('become options as commander names them', () => {
    expect(['--alias', '--keep-mfa-seed'].map(optionKey)).toEqual(['alias', 'keepMfaSeed']);
    expectTypeOf<StepOptions['adminUser']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<StepOptions['keepMfaSeed']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<StepOptions['replaceAlias']>().toEqualTypeOf<boolean | undefined>();
  });
});
