import type { Result } from '../core/report.js';

export interface FixPart {
  readonly label: 'allow' | 'do' | 'fix' | 'run' | 'see';
  readonly text: string;
}

/** How to fix an open result: instructions, command, link. Empty if there is nothing to do. */
export const fixParts = ({ remediation, missingPermission, status }: Result): readonly FixPart[] => {
  if (status === 'unknown') return missingPermission === null ? [] : [{ label: 'allow', text: missingPermission }];
  if (remediation === null || (status !== 'fail' && status !== 'manual')) return [];
  const { instructions, command, url } = remediation;
  return [
    ...(instructions === null ? [] : [{ label: status === 'manual' ? 'do' : 'fix', text: instructions } as const]),
    ...(command === null ? [] : [{ label: 'run', text: command } as const]),
    ...(url === null ? [] : [{ label: 'see', text: url } as const]),
  ];
};
