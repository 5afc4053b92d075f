import type { FindingSpec, Severity } from '../core/finding.js';
import type { Result } from '../core/report.js';
import { plain } from '../core/text.js';

/** The part of SARIF's reportingDescriptor that this tool writes. */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' | 'warning' | 'note' };
  readonly properties: {
    readonly severity: Severity;
    readonly tags: readonly string[];
    /** GitHub's scale, a number as text: critical above 9.0, high from 7.0, medium from 4.0. */
    readonly 'security-severity': string;
  };
}

const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' } as const satisfies Readonly<Record<Severity, string>>;
export const sarifLevels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const satisfies Readonly<
  Record<Severity, string>
>;

/** A rule for every check of the catalogue, and for checks that occur only in the results, which another version may have written. */
export const rulesOf = (catalogue: readonly FindingSpec[], results: readonly Result[]): readonly SarifRule[] => {
  const rules = new Map<string, SarifRule>();
  for (const spec of [...catalogue, ...results]) if (!rules.has(spec.id)) rules.set(spec.id, ruleOf(spec));
  return [...rules.values()];
};

const ruleOf = ({ id, title, severity, references }: Pick<FindingSpec, 'id' | 'title' | 'severity' | 'references'>): SarifRule => ({
  id,
  shortDescription: { text: plain(title) },
  fullDescription: { text: `${plain(title)}.` },
  help: {
    text: `\`bootstrap explain ${plain(id)}\` explains what is checked, why, and how to fix it.${
      references.length === 0 ? '' : ` See also ${references.map(plain).join(', ')}.`
    }`,
  },
  defaultConfiguration: { level: sarifLevels[severity] },
  properties: { severity, tags: [...new Set(['security', ...references.map(plain)])], 'security-severity': scores[severity] },
});
