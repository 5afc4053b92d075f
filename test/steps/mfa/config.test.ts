import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { mfa } from '../../../src/steps/mfa/index.js';
import type { Desired } from '../../../src/steps/mfa/state.js';
import { desireContext } from '../support/step-run.js';

describe('the config of MFA', () => {
  const desire = (section: object, context: object = {}) =>
    mfa.desire(mfa.schema.parse(section), { ...desireContext, ...context }) as Desired;
  it('has defaults, and a schema that can be published as JSON Schema', () => {
    expect(mfa.schema.parse({})).toEqual({ root: 'required', admin: 'required', assign: 'in-person', users: [], 'keep-seed': false });
    expect(z.toJSONSchema(mfa.schema, { io: 'input' })).toBeTypeOf('object');
    expect(mfa.schema.parse(mfa.practice(() => ''))).toMatchObject({ assign: 'unattended' });
  });

  it.each<[string, object, object, boolean]>([
    ['this run creates it', { assign: 'unattended' }, {}, true],
    ['someone is present', { assign: 'in-person' }, { unattended: false }, true],
    ['no one is present to assign a device', { assign: 'in-person' }, {}, false],
    ['there is no destination for it', { assign: 'unattended' }, { secrets: 'none' }, false],
    ['its step does not run', { assign: 'unattended' }, { running: () => false }, false],
    ['nothing is created', { assign: 'unattended' }, { command: 'check' }, false],
    ['the config wants none', { assign: 'unattended' }, { intents: { admin: { name: 'alex', group: 'g', console: false } } }, false],
    ['there is no administrator', { assign: 'unattended' }, { intents: {} }, false],
  ])('expects a password or not: %s', (_, section, context, expected) => {
    expect(desire(section, context).passwordComing).toBe(expected);
  });

  it('is passed to the step that creates the password', () => {
    expect(mfa.intent(desire({ assign: 'unattended' }))).toEqual({ mfa: { adminRequired: true, assign: 'unattended' } });
  });
});
