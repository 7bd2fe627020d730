/** Two significant digits: more would promise a precision that no measurement of a rate or a time has. */
export function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}

/** A rate as people read it: two significant digits, no exponent above 1e-5. */
export function rateText(rate: number): string {
  return String(twoDigits(rate));
}
