/** Two decimals with a real minus sign. */
export function signedText(value: number): string {
  return value.toFixed(2).replace('-', '−');
}

export function percentText(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}

/** Average precision, three digits, or a dash where it is not known. */
export function precisionText(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(0)} seconds`;
  return `${(seconds / 60).toFixed(0)} minutes`;
}

export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}
