export interface Series {
  readonly name: string;
  /** One of the four colours of the look; the first three are told apart by dash as well, the fourth goes with points. */
  readonly tone: 1 | 2 | 3 | 4;
  readonly values: readonly (number | null)[];
  readonly points?: boolean;
  /** Dots in the background instead of a line, without a place in the legend: what was measured, behind its mean. */
  readonly faint?: boolean;
  /** Said after the name in the legend. */
  readonly note?: string;
  /** An x where the curve gets a mark: there it turns up. */
  readonly turn?: number | undefined;
}

export interface PlotProps {
  readonly title: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  /** Empty where the plot below has the same axis. */
  readonly xLabel: string;
  readonly yLabel: string;
  /** What the plot means, in a sentence below it. */
  readonly caption?: string;
  readonly logX?: boolean;
  /** What the plot says, in words, for those who cannot see it. */
  readonly description: string;
  /** A range of x where it is right. */
  readonly zone?: readonly [number, number] | undefined;
  /** A marked x with its flag. */
  readonly pick?: { readonly x: number; readonly text: string } | undefined;
  /** Fixed range of x; absent: that of the data. */
  readonly range?: readonly [number, number] | undefined;
  /** Fixed range of y; absent: from 0 to the highest value. */
  readonly yRange?: readonly [number, number] | undefined;
  readonly testId?: string;
}
