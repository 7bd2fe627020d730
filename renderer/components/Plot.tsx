import { useEffect, useRef, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import { useLookChanges } from '../hooks/useLookChanges';
import classes from './Plot.module.css';
import { dashOf, plotOptions, readColors } from './plotOptions';
import type { PlotProps } from './plotTypes';

/** Curves over a common x, with axes, units, a legend and, where given, a green zone and a flagged pick. */
export function Plot(props: PlotProps): JSX.Element {
  const { title, series, description, caption, pick, testId } = props;
  const { i18n } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const look = useLookChanges();
  const [flagAt, setFlagAt] = useState<{ readonly left: number; readonly side: 'left' | 'right' } | null>(null);
  const shape = JSON.stringify([
    series.map(({ name, tone, faint }) => [name, tone, faint]),
    props.xLabel,
    props.yLabel,
    props.logX,
    props.range,
    i18n.language,
    look,
  ]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const placeFlag = (chart: uPlot): void => setFlagAt(flagPlace(chart, latest.current.pick?.x));
    const options = plotOptions(() => latest.current, readColors(element), i18n.language, element, placeFlag);
    const chart = new uPlot(options, dataOf(latest.current), element);
    plot.current = chart;
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape, i18n.language]);

  useEffect(() => {
    plot.current?.setData(dataOf(props));
  }, [props.x, props.series, props.pick?.x, props.zone?.[0], props.zone?.[1]]);

  return (
    <figure className={classes.plot} style={{ margin: 0 }} data-testid={testId}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        {series.length > 1 &&
          series
            .filter(({ faint }) => faint !== true)
            .map(({ name, tone, note, turn, points }) => (
              <span key={name} className={classes.key}>
                <svg width="26" height="8" aria-hidden="true">
                  <line
                    x1="0"
                    y1="4"
                    x2="26"
                    y2="4"
                    stroke={`var(--series-${tone})`}
                    strokeWidth="2.6"
                    strokeDasharray={dashOf(tone)?.join(' ')}
                  />
                  {points && (
                    <circle
                      cx="13"
                      cy="4"
                      r="3"
                      fill="var(--surface)"
                      stroke={`var(--series-${tone})`}
                      strokeWidth="2"
                    />
                  )}
                </svg>
                {name}
                {note !== undefined && <span className={classes.note}>{turn === undefined ? note : `▲ ${note}`}</span>}
              </span>
            ))}
      </figcaption>
      <div className={classes.canvas} ref={host} role="img" aria-label={description}>
        {pick && flagAt && (
          <span className={classes.flag} data-side={flagAt.side} style={{ left: flagAt.left }}>
            {pick.text}
          </span>
        )}
      </div>
      {caption !== undefined && <p className={classes.caption}>{caption}</p>}
    </figure>
  );
}

function dataOf({ x, series }: PlotProps): uPlot.AlignedData {
  return [[...x], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function flagPlace(chart: uPlot, x: number | undefined): { left: number; side: 'left' | 'right' } | null {
  if (x === undefined || chart.scales.x?.min === undefined || chart.scales.x.min === null) return null;
  const plotLeft = chart.bbox.left / devicePixelRatio;
  const plotWidth = chart.bbox.width / devicePixelRatio;
  const left = plotLeft + chart.valToPos(x, 'x');
  if (left < plotLeft || left > plotLeft + plotWidth) return null;
  return { left, side: left > plotLeft + plotWidth * 0.7 ? 'left' : 'right' };
}
