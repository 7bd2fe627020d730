import { useState, type JSX } from 'react';
import type { PixelRect, Size } from '../../shared/boxes';
import { classColor } from './classColors';
import classes from './Picture.module.css';

export interface DrawnBox {
  readonly label: string;
  readonly box: PixelRect;
  readonly score?: number;
  /** Not sure, or not accepted yet. */
  readonly dashed?: boolean;
}

interface PictureProps {
  readonly url: string;
  /** What is on it, for those who cannot see it. */
  readonly alt: string;
  readonly boxes: readonly DrawnBox[];
  /** Order of the classes: gives each its colour. */
  readonly classNames: readonly string[];
  /** Pixels of the upright picture that the boxes are in; absent: the picture's own. */
  readonly size?: Size | undefined;
  readonly labels?: boolean;
  readonly className?: string | undefined;
}

/** A picture as large as its place allows, with boxes on it. */
export function Picture({ url, alt, boxes, classNames, size, labels = false, className }: PictureProps): JSX.Element {
  const [natural, setNatural] = useState<Size | null>(null);
  const frame = size ?? natural;
  return (
    <div className={`${classes.picture} ${className ?? ''}`}>
      <img
        className={classes.image}
        src={url}
        alt={alt}
        draggable={false}
        onLoad={({ currentTarget }) =>
          setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
      />
      {frame && <Boxes size={frame} boxes={boxes} classNames={classNames} labels={labels} />}
    </div>
  );
}

interface BoxesProps {
  /** What the boxes' pixels belong to. */
  readonly size: Size;
  readonly boxes: readonly DrawnBox[];
  readonly classNames: readonly string[];
  readonly labels: boolean;
}

/** Boxes over whatever lies in the same place, fitted in as `object-fit: contain` does it. */
export function Boxes({ size, boxes, classNames, labels }: BoxesProps): JSX.Element {
  const unit = Math.max(size.width, size.height) / 100;
  return (
    <svg className={classes.overlay} viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      {boxes.map(({ label, box, dashed }, index) => {
        const color = classColor(classNames, label);
        return (
          <g key={index}>
            <rect
              {...box}
              fill="none"
              stroke="#101418"
              strokeOpacity={0.7}
              strokeWidth={4}
              vectorEffect="non-scaling-stroke"
            />
            <rect
              {...box}
              fill="none"
              stroke={color}
              strokeWidth={2.2}
              vectorEffect="non-scaling-stroke"
              strokeDasharray={dashed ? '6 5' : undefined}
            />
          </g>
        );
      })}
      {labels &&
        boxes.map(({ label, box, score }, index) => (
          <text
            key={index}
            x={box.x}
            y={box.y < unit * 3.4 ? box.y + unit * 2.8 : box.y - unit * 0.8}
            fontSize={unit * 2.6}
            fontWeight={640}
            fill={classColor(classNames, label)}
            stroke="#101418"
            strokeWidth={unit * 0.6}
            paintOrder="stroke"
          >
            {score === undefined ? label : `${label} ${Math.round(100 * score)}`}
          </text>
        ))}
    </svg>
  );
}

interface CropProps {
  readonly url: string;
  readonly alt: string;
  /** Pixels of the upright picture. */
  readonly box: PixelRect;
  readonly picture: Size;
  readonly width: number;
  readonly height: number;
  /** How much of the surroundings is shown: 1 is the box alone. */
  readonly room?: number;
}

/** The spot of a picture where a box lies, enlarged. */
export function Crop({ url, alt, box, picture, width, height, room = 2 }: CropProps): JSX.Element {
  const across = Math.max(box.width * room, (box.height * room * width) / height, 40);
  const scale = width / Math.min(across, picture.width);
  const left = clamp(box.x + box.width / 2 - width / scale / 2, 0, picture.width - width / scale);
  const top = clamp(box.y + box.height / 2 - height / scale / 2, 0, picture.height - height / scale);
  return (
    <div className={classes.crop} style={{ width, height }}>
      <img
        src={url}
        alt={alt}
        draggable={false}
        style={{
          width: picture.width * scale,
          height: picture.height * scale,
          left: -left * scale,
          top: -top * scale,
        }}
      />
      <span
        className={classes.spot}
        style={{
          left: (box.x - left) * scale,
          top: (box.y - top) * scale,
          width: Math.max(4, box.width * scale),
          height: Math.max(4, box.height * scale),
        }}
      />
    </div>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(Math.max(least, most), value));
}
