import { ActionIcon } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconArrowsMaximize, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState, type JSX, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Image as KonvaImage, Layer, Rect, Stage, Text } from 'react-konva';
import type { PixelRect, Size } from '../../../shared/boxes';
import { classColor } from '../../components/classColors';
import { useLabels } from '../../store/labels';
import classes from './Canvas.module.css';
import { Crosshair, type CrosshairHandle } from './Crosshair';
import { fitView, handlePoint, handles, viewOf, zoomView, type View } from './geometry';
import { usePointer } from './usePointer';

interface CanvasProps {
  readonly url: string;
  readonly name: string;
  readonly picture: Size;
  readonly classNames: readonly string[];
  readonly focus: PixelRect | null;
  /** Lies over the picture: the hint of the first use. */
  readonly children?: ReactNode;
}

/** The picture, edge to edge, with its boxes. All of it can also be done from the keyboard (AnnotationsStep, BoxList). */
export function Canvas({ url, name, picture, classNames, focus, children }: CanvasProps): JSX.Element {
  const { t } = useTranslation();
  const { ref: sizeRef, width, height } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const crosshair = useRef<CrosshairHandle>(null);
  const image = usePictureElement(url);
  const [view, setView] = useState<View | null>(null);
  const spaceHeld = useHeld(' ');
  const boxes = useLabels((state) => state.annotation?.boxes) ?? [];
  const selected = useLabels((state) => state.selected);
  const suggestions = useLabels((state) => state.suggestions);
  const label = useLabels((state) => state.label);
  const screen = { width, height };
  const fit = fitView(picture, screen);
  const shown = view ?? (focus && width > 0 ? viewOf(focus, picture, screen) : fit);
  const pointer = usePointer({
    host,
    view: shown,
    setView,
    picture,
    leastScale: fit.scale * 0.5,
    label,
    spaceHeld,
  });
  useEffect(() => setView(null), [url, focus, width, height]);

  const zoom = (factor: number): void =>
    setView(zoomView(shown, factor, { x: width / 2, y: height / 2 }, fit.scale * 0.5));
  useZoomKeys(zoom, () => setView(null));

  const unit = 1 / shown.scale;
  const { ghost } = pointer;
  const ghostName = (ghost === null || ghost.index === null ? label : boxes[ghost.index]?.label) ?? '';
  return (
    <div
      ref={(element) => {
        host.current = element;
        sizeRef(element);
      }}
      className={classes.canvas}
      style={{ cursor: pointer.cursor }}
      data-testid="canvas"
      data-scale={shown.scale}
      data-x={shown.x}
      data-y={shown.y}
      onPointerDown={pointer.onPointerDown}
      onPointerMove={(event) => {
        crosshair.current?.move(event);
        pointer.onPointerMove(event);
      }}
      onPointerLeave={() => crosshair.current?.hide()}
      onPointerUp={pointer.onPointerUp}
      onContextMenu={(event) => event.preventDefault()}
    >
      <div role="img" aria-label={t('annotate.canvas', { name, count: boxes.length })}>
        {width > 0 && (
          <Stage width={width} height={height} listening={false}>
            <Layer
              x={shown.x}
              y={shown.y}
              scaleX={shown.scale}
              scaleY={shown.scale}
              imageSmoothingEnabled={shown.scale < 4}
            >
              {image && <KonvaImage image={image} width={picture.width} height={picture.height} />}
            </Layer>
            <Layer x={shown.x} y={shown.y} scaleX={shown.scale} scaleY={shown.scale}>
              {suggestions.map(({ label: name, box }, index) => (
                <BoxShape
                  key={`s${index}`}
                  rect={box}
                  name={name}
                  color={classColor(classNames, name)}
                  unit={unit}
                  dashed
                />
              ))}
              {boxes.map((box, index) => (
                <BoxShape
                  key={index}
                  rect={box}
                  name={box.label}
                  color={classColor(classNames, box.label)}
                  unit={unit}
                  selected={index === selected}
                  hidden={ghost?.index === index}
                />
              ))}
            </Layer>
            {/* What moves lies by itself, so that hundreds of resting boxes are not painted again with each movement. */}
            <Layer x={shown.x} y={shown.y} scaleX={shown.scale} scaleY={shown.scale}>
              {ghost && (
                <BoxShape
                  rect={ghost.rect}
                  name={ghostName}
                  color={classColor(classNames, ghostName)}
                  unit={unit}
                  selected={ghost.index !== null}
                />
              )}
            </Layer>
          </Stage>
        )}
      </div>
      <Crosshair ref={crosshair} />
      <div className={classes.tools} onPointerDown={(event) => event.stopPropagation()}>
        <ActionIcon aria-label={t('annotate.zoomIn')} onClick={() => zoom(1.4)}>
          <IconZoomIn size={22} />
        </ActionIcon>
        <ActionIcon aria-label={t('annotate.zoomOut')} onClick={() => zoom(1 / 1.4)}>
          <IconZoomOut size={22} />
        </ActionIcon>
        <ActionIcon aria-label={t('annotate.fit')} onClick={() => setView(null)}>
          <IconArrowsMaximize size={22} />
        </ActionIcon>
      </div>
      {children !== undefined && <div onPointerDown={(event) => event.stopPropagation()}>{children}</div>}
    </div>
  );
}

/** In screen pixels: a narrower box shows its name only while it is selected, or names would cover the picture. */
const namedFrom = 34;

interface BoxShapeProps {
  readonly rect: PixelRect;
  readonly name: string;
  readonly color: string;
  /** One screen pixel in picture pixels. */
  readonly unit: number;
  readonly selected?: boolean;
  readonly dashed?: boolean;
  readonly hidden?: boolean;
}

const BoxShape = memo(function BoxShape(props: BoxShapeProps): JSX.Element {
  const { rect, name, color, unit, selected = false, dashed = false, hidden = false } = props;
  const { x, y, width, height } = rect;
  const dash = dashed ? { dash: [8 * unit, 6 * unit] } : {};
  return (
    <Group visible={!hidden}>
      <Rect x={x} y={y} width={width} height={height} stroke="#101418" strokeWidth={4.5 * unit} opacity={0.6} />
      <Rect
        x={x}
        y={y}
        width={width}
        height={height}
        stroke={color}
        strokeWidth={(selected ? 3 : 2) * unit}
        {...(selected ? { fill: `${color}26` } : {})}
        {...dash}
      />
      {(selected || width >= namedFrom * unit) && (
        <Text
          x={x}
          y={y - 19 * unit}
          text={name}
          fontSize={14 * unit}
          fontStyle="600"
          fontFamily="Inter Variable, sans-serif"
          fill={color}
          stroke="#101418"
          strokeWidth={3 * unit}
          fillAfterStrokeEnabled
        />
      )}
      {selected &&
        handles.map((handle) => {
          const at = handlePoint(rect, handle);
          const side = 10 * unit;
          return (
            <Rect
              key={`${handle.across} ${handle.down}`}
              x={at.x - side / 2}
              y={at.y - side / 2}
              width={side}
              height={side}
              fill="#ffffff"
              stroke="#101418"
              strokeWidth={1.5 * unit}
            />
          );
        })}
    </Group>
  );
});

function usePictureElement(url: string): HTMLImageElement | null {
  const [loaded, setLoaded] = useState<HTMLImageElement | null>(null);
  useEffect(() => {
    const element = new Image();
    element.onload = () => setLoaded(element);
    element.src = url;
    return () => {
      element.onload = null;
    };
  }, [url]);
  return loaded;
}

/** True while a key is held down. */
function useHeld(key: string): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === key) setHeld(event.type === 'keydown');
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener('keyup', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('keyup', onKey);
    };
  }, [key]);
  return held;
}

function useZoomKeys(zoom: (factor: number) => void, fit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.closest('input, [role="dialog"]')) return;
      if (event.altKey || event.ctrlKey) return;
      if (event.key === '+' || event.key === '=') zoom(1.4);
      else if (event.key === '-') zoom(1 / 1.4);
      else if (event.key === '0') fit();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}
