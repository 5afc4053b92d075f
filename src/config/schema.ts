import * as z from 'zod';
import type { Waiver } from '../core/finding.js';
import type { AnyStep } from '../core/step.js';
import { date } from '../steps/shared/values.js';
import { secretsSchema } from './destination.js';
import { didYouMean } from './suggest.js';

const configVersion = 1;

/** The file as it was written, known to be valid. Sections stay raw: flags are laid over them before they are parsed. */
export interface Config {
  /** Name of the file, as messages call it. */
  readonly file: string;
  readonly account?: { readonly id: string };
  /** By step id; `false` leaves the step out. Absent sections have no entry. */
  readonly sections: Readonly<Record<string, unknown>>;
  readonly secrets?: z.infer<typeof secretsSchema>;
  /** The line of the file that names the place for secrets. */
  readonly secretsLine?: number;
  readonly waivers: readonly Waiver[];
  readonly warnings: readonly string[];
}

export const accountIdProblem = (text: string): string | undefined =>
  /^\d{12}$/.test(text) ? undefined : `${JSON.stringify(text)} is not an account id; an account id has 12 digits`;

const accountId = z
  .string()
  .superRefine((text, context) => {
    const message = accountIdProblem(text);
    if (message !== undefined) context.addIssue(message);
  })
  .meta({ title: 'account id', pattern: '^\\d{12}$' })
  .describe('Id of the account this file is for, in quotes. A run against another account stops before anything is changed.');

const waiver = (checks: readonly string[]) =>
  z.strictObject({
    check: z
      .string()
      .superRefine((id, context) => {
        if (!checks.includes(id)) context.addIssue(`there is no check ${JSON.stringify(id)}${didYouMean(id, checks)}`);
      })
      .describe('Id of the check, as `bootstrap check` prints it.'),
    resource: z.string().min(1).optional().describe('The one resource meant, exactly as the result names it in JSON; absent, all of them.'),
    reason: z.string().min(1).describe('Why the finding is accepted.'),
    owner: z.string().min(1).describe('Who answers for it.'),
    expires: date.describe('The last day of the waiver (UTC). Its end is announced 14 days ahead; after it the finding counts again.'),
  });

/** The whole file: fixed keys and one section a step, each `false` or what the step's own schema says. */
export const configSchema = (steps: readonly AnyStep[]) =>
  z.strictObject({
    version: z
      .literal(configVersion, {
        error: ({ input }) =>
          input === undefined
            ? `is missing; add \`version: ${configVersion}\``
            : `is ${JSON.stringify(input)}; this version of bootstrap reads \`version: ${configVersion}\``,
      })
      .describe(`Version of the file's format: ${configVersion}.`),
    account: z.strictObject({ id: accountId }).optional().describe('The account this file is for.'),
    ...Object.fromEntries(steps.map((step) => [step.id, section(step)])),
    secrets: secretsSchema.optional(),
    waivers: z
      .array(waiver(steps.flatMap((step) => step.findings.map((finding) => finding.id))))
      .optional()
      .describe('Findings that are accepted for a while. What could not be read is never waived.'),
  });

const section = (step: AnyStep) =>
  z
    .union([step.schema, z.literal(false)])
    .optional()
    .describe(`${step.about} \`false\` leaves it out.`);
