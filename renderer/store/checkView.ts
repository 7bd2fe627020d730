import type { Problem } from '../../shared/contract';

const harm: Readonly<Record<Problem['severity'], number>> = { mustFix: 0, mayFix: 1, note: 2 };

export interface CheckSummary {
  /** In order of harm, as found otherwise. */
  readonly ordered: readonly Problem[];
  readonly mustFix: number;
  readonly mayFix: number;
  readonly fixable: number;
}

export function checkSummary(problems: readonly Problem[]): CheckSummary {
  const ordered = [...problems].sort((a, b) => harm[a.severity] - harm[b.severity]);
  return {
    ordered,
    mustFix: problems.filter(({ severity }) => severity === 'mustFix').length,
    mayFix: problems.filter(({ severity }) => severity === 'mayFix').length,
    fixable: problems.filter(({ fixable }) => fixable).length,
  };
}
