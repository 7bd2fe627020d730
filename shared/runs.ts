/**
 * Whether two trainings are known to have learned from, or been judged on, other labels (RunRow.data): then their figures do
 * not compare. Of old runs nobody knows.
 */
export function isOtherData(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}
