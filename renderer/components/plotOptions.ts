import type uPlot from 'uplot';
import type { PlotProps, Series } from './plotTypes';

const dashes = { 1: undefined, 2: [8, 4], 3: [2, 4], 4: undefined } as const;

export function dashOf(tone: Series['tone']): number[] | undefined {
  const dash = dashes[tone];
  return dash ? [...dash] : undefined;
}

export interface PlotColors {
  readonly surface: string;
  readonly ink: string;
  readonly grid: string;
  readonly accent: string;
  readonly zone: string;
  readonly series: readonly [string, string, string, string];
}

/** The look's colours as a canvas needs them. */
export function readColors(element: HTMLElement): PlotColors {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: token('--surface'),
    ink: token('--ink-soft'),
    grid: token('--line'),
    accent: token('--accent'),
    zone: token('--good-soft'),
    series: [token('--series-1'), token('--series-2'), token('--series-3'), token('--series-4')],
  };
}

/** Of dots in the background. */
const faintness = 0.4;
/** Half of the width of a mark, in pixels of the page. */
const markSize = 7;
/** Of `font`, in pixels of the page. */
const digitWidth = 8;
const font = "12.5px 'Inter Variable', sans-serif";

/** How uPlot shall draw the plot. `props` is asked at each drawing, so that zone and pick move without a new chart. */
export function plotOptions(
  props: () => PlotProps,
  colors: PlotColors,
  language: string,
  element: HTMLElement,
  onDrawn: (chart: uPlot) => void,
): uPlot.Options {
  const { series, xLabel, yLabel, logX = false, range } = props();
  const tick = new Intl.NumberFormat(language, { maximumSignificantDigits: 4, maximumFractionDigits: 8 });
  const axis = {
    stroke: colors.ink,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.grid, width: 1, size: 5 },
    font,
    labelFont: font,
    labelSize: 20,
  };
  const scales: uPlot.Scales = {
    x: {
      time: false,
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- uPlot's enum exists in its types only: 3 is logarithmic
      distr: logX ? 3 : 1,
      ...(range ? { range: [range[0], range[1]] as [number, number] } : {}),
    },
    y: {
      range: (_chart, least, most) => {
        const { yRange } = props();
        if (yRange) return [yRange[0], yRange[1]];
        return least === null ? [0, 1] : [Math.min(0, least), Math.max(most * 1.06, 1e-6)];
      },
    },
  };
  const axes: uPlot.Axis[] = [
    {
      ...axis,
      ...(xLabel === '' ? {} : { label: xLabel }),
      size: 30,
      incrs: wholeSteps, // rounds and steps: there is no half of one
      values: (_chart, splits) => splits.map((value) => tick.format(value)),
      ...(logX ? { splits: (_chart, _axis, least, most) => powersOfTen(least, most) } : {}),
    },
    {
      ...axis,
      label: yLabel,
      space: 20, // a low chart keeps a scale
      size: (_chart, texts) => widthOf(texts),
      values: (_chart, splits) => splits.map((value) => tick.format(value)),
    },
  ];
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 }, y: false },
    scales,
    axes,
    series: [
      {},
      ...series.map(({ name, tone, points, faint = false }) => {
        const dash = dashOf(tone);
        const stroke = colors.series[tone - 1] ?? colors.ink;
        return {
          label: name,
          stroke,
          width: faint ? 0 : tone === 1 ? 2.6 : 2,
          alpha: faint ? faintness : 1,
          spanGaps: true,
          // Between whole pixels: a smooth curve drawn with many points would tremble.
          pxAlign: 0,
          points: faint ? { show: true, size: 5, fill: stroke, width: 0 } : { show: points ?? false, size: 7 },
          ...(dash && !faint ? { dash } : {}),
        };
      }),
    ],
    hooks: {
      drawClear: [(chart) => drawZone(chart, props().zone, colors)],
      draw: [
        (chart) => drawPick(chart, props().pick?.x, colors),
        (chart) => props().series.forEach((one) => drawTurn(chart, one, colors)),
        onDrawn,
      ],
    },
  };
}

/** Of an axis with whole numbers. */
const wholeSteps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

/** Of the axis beside its name, in pixels: as wide as its longest number, and not narrower than usual ones. */
function widthOf(texts: readonly string[] | null): number {
  const longest = Math.max(0, ...(texts ?? []).map(({ length }) => length));
  return Math.max(52, longest * digitWidth + 16);
}

/** The only ticks of a log axis: those between would be a forest. Exact ones: uPlot blanks 0.00009999 as no power of ten. */
function powersOfTen(least: number, most: number): number[] {
  const powers: number[] = [];
  for (let power = Math.ceil(Math.log10(least) - 1e-9); power <= Math.log10(most) + 1e-9; power++)
    powers.push(Number(`1e${power}`));
  return powers;
}

function drawZone(chart: uPlot, zone: PlotProps['zone'], colors: PlotColors): void {
  if (!zone) return;
  const { left, top, width, height } = chart.bbox;
  const from = Math.max(left, chart.valToPos(zone[0], 'x', true));
  const to = Math.min(left + width, chart.valToPos(zone[1], 'x', true));
  if (to <= from) return;
  chart.ctx.save();
  chart.ctx.fillStyle = colors.zone;
  chart.ctx.fillRect(from, top, to - from, height);
  chart.ctx.restore();
}

function drawPick(chart: uPlot, x: number | undefined, colors: PlotColors): void {
  if (x === undefined) return;
  const { left, top, width, height } = chart.bbox;
  const at = chart.valToPos(x, 'x', true);
  if (at < left || at > left + width) return;
  chart.ctx.save();
  chart.ctx.strokeStyle = colors.accent;
  chart.ctx.setLineDash([]);
  chart.ctx.lineWidth = 2 * devicePixelRatio;
  chart.ctx.beginPath();
  chart.ctx.moveTo(at, top);
  chart.ctx.lineTo(at, top + height);
  chart.ctx.stroke();
  chart.ctx.restore();
}

/** A triangle on the curve, pointing up, where it turns up. */
function drawTurn(chart: uPlot, { turn, tone, values }: Series, colors: PlotColors): void {
  if (turn === undefined) return;
  const xs = chart.data[0];
  const after = xs.findIndex((x, at) => x >= turn && (values[at] ?? null) !== null);
  const value = values[after];
  const { left, top, width, height } = chart.bbox;
  const x = chart.valToPos(turn, 'x', true);
  if (value === undefined || value === null || x < left || x > left + width) return;
  const y = Math.max(top, Math.min(top + height, chart.valToPos(value, 'y', true)));
  const size = markSize * devicePixelRatio;
  chart.ctx.save();
  chart.ctx.beginPath();
  chart.ctx.moveTo(x, y - size);
  chart.ctx.lineTo(x + size, y + size);
  chart.ctx.lineTo(x - size, y + size);
  chart.ctx.closePath();
  chart.ctx.fillStyle = colors.series[tone - 1] ?? colors.ink;
  chart.ctx.strokeStyle = colors.surface;
  chart.ctx.lineWidth = 2 * devicePixelRatio;
  chart.ctx.lineJoin = 'round';
  // The curve may have been dashed.
  chart.ctx.setLineDash([]);
  chart.ctx.fill();
  chart.ctx.stroke();
  chart.ctx.restore();
}
