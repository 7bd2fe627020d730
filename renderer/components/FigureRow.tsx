import type { JSX } from 'react';
import classes from './FigureRow.module.css';

interface FigureRowProps {
  readonly figures: readonly { readonly id: string; readonly value: string; readonly name: string }[];
}

/** A few large figures side by side, each with its name below. */
export function FigureRow({ figures }: FigureRowProps): JSX.Element {
  return (
    <div className={classes.figures}>
      {figures.map(({ id, value, name }) => (
        <div key={id} className={classes.figure} data-testid={`figure-${id}`}>
          <div className={classes.value}>{value}</div>
          <div className={classes.name} title={name}>
            {name}
          </div>
        </div>
      ))}
    </div>
  );
}
