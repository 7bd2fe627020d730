import { place, ticks, type Axis } from './axes';
import { html, type Html } from './html';

export interface Series {
  readonly name: string;
  /** Which of the page's chart colours. */
  readonly tone: 1 | 2 | 3;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly dashed?: boolean;
}

/** A vertical line with a word on it: the pick, the best round. */
export interface Flag {
  readonly x: number;
  readonly text: string;
}

export interface LineChart {
  /** Said by a screen reader. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly flags?: readonly Flag[];
  /** A stretch of the x axis to shade: where the value is good. */
  readonly zone?: { readonly from: number; readonly to: number };
  readonly wide?: boolean;
}

const margin = { right: 18, bottom: 46, left: 56 };
/** Room above the plot for the y axis' label and the legend, and below those for flags. */
const labelHeight = 34;
const flagHeight = 24;
/** Fewer points than this are drawn as dots too, so that a short run is seen at all. */
const dotLimit = 40;

/** Draws lines over axes as an SVG that takes its colours from the page's style sheet. */
export function lineChart(chart: LineChart): Html {
  const frame = { width: chart.wide === true ? 960 : 470, height: chart.wide === true ? 330 : 270 };
  const flags = chart.flags ?? [];
  const top = labelHeight + (flags.length > 0 ? flagHeight : 0);
  const plot = {
    width: frame.width - margin.left - margin.right,
    height: frame.height - top - margin.bottom,
  };
  const xOf = (value: number): number => margin.left + place(chart.x, value) * plot.width;
  const yOf = (value: number): number => top + (1 - place(chart.y, value)) * plot.height;
  const bottom = top + plot.height;
  const right = margin.left + plot.width;
  const clip = `clip-${chart.title.replace(/\W+/g, '-')}`;
  return html`<svg class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${chart.title}">
    <clipPath id="${clip}">
      <rect x="${margin.left}" y="${top - 3}" width="${plot.width}" height="${plot.height + 6}" />
    </clipPath>
    ${chart.zone === undefined ? undefined : zone(xOf(chart.zone.from), xOf(chart.zone.to), top, plot.height)}
    ${ticks(chart.y, 5).map((value) => {
      const y = round(yOf(value));
      return html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y}" y2="${y}" /><text
          class="tick"
          x="${margin.left - 8}"
          y="${y + 4}"
          text-anchor="end"
          >${tickText(chart.y, value)}</text
        >`;
    })}
    ${ticks(chart.x, chart.wide === true ? 8 : 5).map((value) => {
      const x = round(xOf(value));
      return html`<line class="axis" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}" /><text
          class="tick"
          x="${x}"
          y="${bottom + 18}"
          text-anchor="middle"
          >${tickText(chart.x, value)}</text
        >`;
    })}
    <line class="axis" x1="${margin.left}" x2="${right}" y1="${bottom}" y2="${bottom}" />
    <text class="axisLabel" x="${right}" y="${bottom + 37}" text-anchor="end">${chart.x.label}</text>
    <text class="axisLabel" x="${4}" y="${14}">${chart.y.label}</text>
    ${legend(chart.series, right)}
    <g clip-path="url(#${clip})">${chart.series.map((series) => curve(series, xOf, yOf))}</g>
    ${flags.map((flag) => flagMark(flag, xOf(flag.x), right, top, bottom))}
  </svg>`;
}

function curve(series: Series, xOf: (value: number) => number, yOf: (value: number) => number): Html {
  const places = series.points
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .map(([x, y]) => [round(xOf(x)), round(yOf(y))] as const);
  const style = `line tone${String(series.tone)}${series.dashed === true ? ' dashed' : ''}`;
  const dots = places.length > dotLimit ? [] : places;
  return html`<polyline
      class="${style}"
      points="${places.map(([x, y]) => `${String(x)},${String(y)}`).join(' ')}"
    />${dots.map(([x, y]) => html`<circle class="dot tone${series.tone}" cx="${x}" cy="${y}" r="2.4" />`)}`;
}

/** Right to left along the top edge, so that it never covers a curve. */
function legend(series: readonly Series[], right: number): Html[] {
  if (series.length < 2) return [];
  let x = right;
  return [...series].reverse().map((one) => {
    x -= one.name.length * 6.4 + 34;
    const style = `line tone${String(one.tone)}${one.dashed === true ? ' dashed' : ''}`;
    return html`<line class="${style}" x1="${round(x + 4)}" x2="${round(x + 24)}" y1="10" y2="10" /><text
        class="legend"
        x="${round(x + 29)}"
        y="14"
        >${one.name}</text
      >`;
  });
}

function zone(from: number, to: number, top: number, height: number): Html {
  return html`<rect class="zone" x="${round(from)}" y="${top}" width="${round(to - from)}" height="${height}" />`;
}

function flagMark(flag: Flag, x: number, right: number, top: number, bottom: number): Html {
  const width = flag.text.length * 6.8 + 14;
  const leftward = x + width > right;
  const start = leftward ? x - width : x;
  return html`<line
      class="flagPole"
      x1="${round(x)}"
      x2="${round(x)}"
      y1="${top - flagHeight + 2}"
      y2="${bottom}"
    /><rect
      class="flag"
      x="${round(start)}"
      y="${top - flagHeight + 2}"
      width="${round(width)}"
      height="20"
      rx="3"
    /><text class="flagText" x="${round(start + width / 2)}" y="${top - flagHeight + 16}" text-anchor="middle"
      >${flag.text}</text
    >`;
}

function tickText(axis: Axis, value: number): string {
  return axis.format === undefined ? String(value) : axis.format(value);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
