import * as z from 'zod/mini';
import type { Change } from '../../../src/core/finding.js';
import { defineStep } from '../../../src/core/step.js';
import { anything, on } from '../../../src/steps/shared/scopes.js';

const schema = z.strictObject({
  colour: z.optional(z.enum(['red', 'green'])).check(z.describe('Colour of the lamp.')),
  bright: z._default(z.boolean(), false).check(z.describe('Whether the lamp is bright.')),
});
type Slice = z.infer<typeof schema>;

interface LightLamp extends Change {
  readonly kind: 'light-lamp';
}

/** A step that does not exist: all that the rest of the tool knows of it is in this folder. */
export const lamp = defineStep<Slice, Slice & { readonly replace: boolean }, boolean, LightLamp>({
  id: 'lamp',
  title: 'Lamp',
  about: 'Lights a lamp.',
  needs: [],
  findings: [{ id: 'lamp.lit', severity: 'high', kind: 'wanted', title: 'A lamp is lit', references: ['cis-7.0:9.9'] }],
  explain: async () => (await import('./explain.js')).pages,
  schema,
  whenAbsent: 'wanted',
  member: { entry: { key: 'lamp', about: 'Lamp of the member account' }, applies: 'all' },
  examples: { colour: 'green' },
  practice: () => ({ colour: 'red' }),
  questions: [
    {
      path: 'colour',
      flag: '--lamp-colour',
      question: 'Which colour',
      validate: (text) => (['red', 'green'].includes(text) ? undefined : 'is not a colour of a lamp'),
    },
  ],
  permissions: (_, { command }) => [
    on(anything, 'iam:GetAccountSummary', ...(command === 'init' ? ['iam:CreateAccountAlias' as const] : [])),
  ],
  desire: (slice, { switches }) => ({ ...slice, replace: switches.includes('--replace-lamp') }),
  secrets: ({ bright }) => (bright ? [{ kind: 'mfa-seed', storedIn: 'destination', name: 'a code for the lamp' }] : []),
  intent: () => ({}),
  observe: async ({ cloud }) => (await cloud.read('iam:GetAccountSummary', {})).ok,
  assess: ({ replace }, lit) => [
    lit
      ? { id: 'lamp.lit', status: 'pass', reason: 'It is lit', evidence: [] }
      : {
          id: 'lamp.lit',
          status: 'fail',
          reason: 'It is dark',
          evidence: [],
          remedy: {
            by: 'init',
            change: {
              kind: 'light-lamp',
              summary: replace ? 'Replace the lamp' : 'Light the lamp',
              risk: 'hard-to-undo',
              consequence: 'everyone sees it',
              calls: ['iam:CreateAccountAlias'],
            },
          },
        },
  ],
  apply: async ({ cloud }) => {
    await cloud.write('iam:CreateAccountAlias', { AccountAlias: 'lamp' });
  },
});
