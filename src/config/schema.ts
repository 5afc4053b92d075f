import * as z from 'zod/mini';
import type { Waiver } from '../core/finding.js';
import type { AnyStep } from '../core/step.js';
import { date } from '../steps/shared/values.js';
import { secretsSchema } from './destination.js';
import { didYouMean } from './suggest.js';

const configVersion = 1;

/** The validated file. Sections are raw: flags are applied before they are parsed. */
export interface Config {
  /** Name of the file in messages. */
  readonly file: string;
  readonly account?: { readonly id: string };
  /** By step id; `false` leaves the step out. Absent sections have no entry. */
  readonly sections: Readonly<Record<string, unknown>>;
  readonly secrets?: z.infer<typeof secretsSchema>;
  /** The line of the file with the secrets destination. */
  readonly secretsLine?: number;
  readonly waivers: readonly Waiver[];
  readonly warnings: readonly string[];
}

export const accountIdProblem = (text: string): string | undefined =>
  /^\d{12}$/.test(text) ? undefined : `${JSON.stringify(text)} is not an account id; an account id has 12 digits`;

const accountId = z.string().check(
  z.superRefine((text, context) => {
    const message = accountIdProblem(text);
    if (message !== undefined) context.addIssue(message);
  }),
  z.meta({ title: 'account id', pattern: '^\\d{12}$' }),
  z.describe('Id of the account this file is for, in quotes. A run against another account stops before anything is changed.'),
);

const waiver = (checks: readonly string[]) =>
  z.strictObject({
    check: z.string().check(
      z.superRefine((id, context) => {
        if (!checks.includes(id)) context.addIssue(`there is no check ${JSON.stringify(id)}${didYouMean(id, checks)}`);
      }),
      z.describe('Id of the check, as `bootstrap check` prints it.'),
    ),
    resource: z
      .optional(z.string().check(z.minLength(1)))
      .check(z.describe('The resource, exactly as in the JSON result; all resources when absent.')),
    reason: z.string().check(z.minLength(1), z.describe('Why the finding is accepted.')),
    owner: z.string().check(z.minLength(1), z.describe('Who is responsible for it.')),
    expires: date.check(
      z.describe('The last day of the waiver (UTC). `check` warns 14 days before the end; after it, the finding counts again.'),
    ),
  });

/** The whole file: fixed keys and one section for each step, which is `false` or matches the step's schema. */
export const configSchema = (steps: readonly AnyStep[]) =>
  z.strictObject({
    version: z
      .literal(configVersion, {
        error: ({ input }) =>
          input === undefined
            ? `is missing; add \`version: ${configVersion}\``
            : `is ${JSON.stringify(input)}; this version of bootstrap reads \`version: ${configVersion}\``,
      })
      .check(z.describe(`Version of the file's format: ${configVersion}.`)),
    account: z.optional(z.strictObject({ id: accountId })).check(z.describe('The account this file is for.')),
    ...Object.fromEntries(steps.map((step) => [step.id, section(step)])),
    secrets: z.optional(secretsSchema),
    waivers: z
      .optional(z.array(waiver(steps.flatMap((step) => step.findings.map((finding) => finding.id)))))
      .check(z.describe('Findings that are accepted for a limited time. A finding that could not be read is never waived.')),
  });

const section = (step: AnyStep) =>
  z.optional(z.union([step.schema, z.literal(false)])).check(z.describe(`${step.about} \`false\` leaves it out.`));

/** The part of JSON Schema (2020-12) that zod writes and this tool reads. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
}

const branches = (schema: JsonSchema): readonly JsonSchema[] => {
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return inner ? inner.flatMap(branches) : [schema];
};

const within = (schema: JsonSchema, part: PropertyKey): readonly JsonSchema[] =>
  branches(schema).flatMap((branch) => {
    const named = Object.hasOwn(branch.properties ?? {}, part) ? branch.properties?.[String(part)] : branch.additionalProperties;
    const found = branch.type === 'array' ? branch.items : named;
    return typeof found === 'object' ? branches(found) : [];
  });

/** The schemas of the values that are allowed at a path. */
export const formsAt = (schema: JsonSchema, path: readonly PropertyKey[]): readonly JsonSchema[] =>
  path.reduce<readonly JsonSchema[]>((forms, part) => forms.flatMap((form) => within(form, part)), branches(schema));

/** The keys that are known at a path. */
export const keysAt = (schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] =>
  formsAt(schema, path).flatMap((form) => Object.keys(form.properties ?? {}));
