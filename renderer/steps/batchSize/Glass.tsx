import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { BatchRow } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import { bytesOf, modelBytes } from '../../store/batchView';
import classes from '../BatchSizeStep.module.css';

/** The machine's memory in bytes: all of it, what is free, and what a training may take of that. */
export interface MemoryShown {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly budgetBytes: number;
}

interface GlassProps {
  readonly rows: readonly BatchRow[];
  readonly memory: MemoryShown;
  readonly picked: BatchRow | null;
}

const top = 24;
const bottom = 376;
const left = 20;
const right = 220;
const leastGap = 22;

/** The memory as a glass that fills: other programs, the network, the pictures; a tick for each batch size. */
export function Glass({ rows, memory, picked }: GlassProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const { totalBytes, freeBytes, budgetBytes } = memory;
  const others = Math.max(0, totalBytes - freeBytes);
  const most = Math.max(totalBytes, others + freeBytes);
  const reserveFrom = others + budgetBytes;
  const height = (bytes: number): number => bottom - ((bottom - top) * Math.min(bytes, most)) / most;
  const network = Math.min(modelBytes(rows), picked ? bytesOf(picked) : Infinity);
  const layers = [
    { id: 'others', from: 0, to: others, fill: 'var(--line)', text: t('batchSize.others') },
    {
      id: 'rest',
      from: others + (picked ? bytesOf(picked) : 0),
      to: reserveFrom,
      fill: 'none',
      text: t('batchSize.rest'),
    },
    { id: 'reserve', from: reserveFrom, to: most, fill: 'var(--sunken)', text: t('batchSize.reserve') },
    { id: 'model', from: others, to: others + network, fill: 'var(--series-3)', text: t('batchSize.model') },
    ...(picked
      ? [
          {
            id: 'pictures',
            from: others + network,
            to: others + bytesOf(picked),
            fill: 'var(--accent)',
            text: t('batchSize.pictures', { count: picked.batchSize }),
          },
        ]
      : []),
  ].filter(({ from, to }) => to > from);
  const says = picked
    ? t('batchSize.glassSays', {
        count: picked.batchSize,
        used: format.bytes(bytesOf(picked)),
        budget: format.bytes(budgetBytes),
      })
    : t('batchSize.glassEmpty', { free: format.bytes(freeBytes), budget: format.bytes(budgetBytes) });
  return (
    <>
      <svg viewBox="0 0 400 392" role="img" aria-label={says} data-testid="glass">
        {layers.map(({ id, from, to, fill }) => (
          <rect
            key={id}
            x={left + 5}
            width={right - left - 10}
            y={height(to)}
            height={height(from) - height(to)}
            fill={fill}
          />
        ))}
        <path
          d={`M${left} ${top - 12} V${bottom} a8 8 0 0 0 8 8 H${right - 8} a8 8 0 0 0 8 -8 V${top - 12}`}
          fill="none"
          stroke="var(--ink)"
          strokeWidth="3"
          strokeLinecap="round"
        />
        {spread(
          rows.filter(({ fits }) => fits),
          (row) => height(others + bytesOf(row)),
        ).map(({ row, at, labelAt }) => {
          const isPicked = row.batchSize === picked?.batchSize;
          return (
            <g key={row.batchSize}>
              <polyline
                points={`${right - 12},${at} ${right + 12},${at} ${right + 24},${labelAt} ${right + 30},${labelAt}`}
                fill="none"
                stroke={isPicked ? 'var(--ink)' : 'var(--line-strong)'}
                strokeWidth={isPicked ? 2.5 : 1.5}
              />
              <text x={right + 36} y={labelAt + 5} fontSize="15" fontWeight={isPicked ? 700 : 450} fill="var(--ink)">
                {t('batchSize.tick', { count: row.batchSize })}
                <tspan dx="10" fill="var(--ink-soft)" fontWeight="400" fontSize="13.5">
                  {format.bytes(bytesOf(row))}
                </tspan>
              </text>
            </g>
          );
        })}
      </svg>
      <ul className={classes.legend}>
        {[...layers]
          .sort((a, b) => b.from - a.from)
          .map(({ id, fill, text, from, to }) => (
            <li key={id}>
              <span className={classes.swatch} style={{ background: fill }} />
              {text}
              <span className="soft">{format.bytes(to - from)}</span>
            </li>
          ))}
      </ul>
    </>
  );
}

interface Tick {
  readonly row: BatchRow;
  readonly at: number;
  readonly labelAt: number;
}

/** Moves the labels of near ticks apart, upwards from the lowest, so that each can be read. */
function spread(rows: readonly BatchRow[], heightOf: (row: BatchRow) => number): readonly Tick[] {
  let above = bottom + leastGap;
  return [...rows]
    .sort((a, b) => a.batchSize - b.batchSize)
    .map((row) => {
      const at = heightOf(row);
      const labelAt = Math.min(at, above - leastGap);
      above = labelAt;
      return { row, at, labelAt };
    });
}
