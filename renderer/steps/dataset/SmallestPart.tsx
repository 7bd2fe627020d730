import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { PixelRect, Size } from '../../../shared/boxes';
import type { DetectorPlan } from '../../../shared/contract';
import { smallestVisible } from '../../../shared/layout';
import type { Picture } from '../../../shared/mainContract';
import type { AnnotationFile } from '../../../shared/project';
import { useFormat } from '../../i18n/format';
import { main } from '../../client';
import { nameOf } from '../../components/PictureWall';
import { openPicture } from '../../store/actions';
import { useStore } from '../../store/store';
import classes from '../DatasetStep.module.css';

interface Smallest {
  readonly file: string;
  readonly label: string;
  readonly url: string;
  readonly box: PixelRect;
  readonly picture: Size;
}

/** Label files looked through for the smallest part: enough to be near the true one without reading thousands. */
const mostFiles = 60;
const shown = 150;

/** The smallest part beside what the detector will see of it, both enlarged to the same size. */
export function SmallestPart({ plan }: { readonly plan: DetectorPlan }): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const smallest = useSmallest();
  if (!smallest) return null;
  const seen = plan.tiling ?? smallest.picture;
  const scale = Math.min(1, plan.inputWidth / seen.width, plan.inputHeight / seen.height);
  const pixels = Math.min(smallest.box.width, smallest.box.height) * scale;
  return (
    <section className={classes.panel} data-testid="smallest">
      <div className={classes.panelHead}>
        <h2>{t('dataset.smallest')}</h2>
        <Button variant="default" onClick={() => openPicture(smallest.file, smallest.box)} data-testid="show-smallest">
          {t('dataset.show')}
        </Button>
      </div>
      <div className={classes.eyes}>
        <Eye smallest={smallest} scale={1} caption={t('dataset.youSee')} />
        <Eye
          smallest={smallest}
          scale={scale}
          caption={t('dataset.itSees', { count: Math.max(1, Math.floor(pixels)) })}
        />
      </div>
      <p className={classes.says}>
        {t('dataset.smallestIs', { label: smallest.label, name: nameOf(smallest.file) })}{' '}
        {t(pixels >= smallestVisible ? 'dataset.smallEnough' : 'dataset.tooSmall', {
          pixels: format.number(Math.floor(pixels)),
        })}
      </p>
    </section>
  );
}

interface EyeProps {
  readonly smallest: Smallest;
  /** How much smaller the detector sees it. */
  readonly scale: number;
  readonly caption: string;
}

function Eye({ smallest, scale, caption }: EyeProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { url, box, picture } = smallest;
  useEffect(() => {
    const image = new Image();
    image.onload = () => {
      const context = canvas.current?.getContext('2d');
      if (!canvas.current || !context) return;
      const side = Math.min(2 * Math.max(box.width, box.height), picture.width, picture.height);
      const pixels = Math.max(2, Math.min(shown * 2, Math.round(side * scale)));
      canvas.current.width = pixels;
      canvas.current.height = pixels;
      const left = Math.max(0, Math.min(picture.width - side, box.x + box.width / 2 - side / 2));
      const top = Math.max(0, Math.min(picture.height - side, box.y + box.height / 2 - side / 2));
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, left, top, side, side, 0, 0, pixels, pixels);
    };
    image.src = url;
    return () => {
      image.onload = null;
    };
  }, [url, box, picture, scale]);
  return (
    <div className={classes.eye}>
      <canvas ref={canvas} role="img" aria-label={caption} />
      {caption}
    </div>
  );
}

function useSmallest(): Smallest | null {
  const dir = useStore((state) => state.project?.dir);
  const pictures = useStore((state) => state.pictures);
  const [smallest, setSmallest] = useState<Smallest | null>(null);
  useEffect(() => {
    if (dir === undefined) return;
    let ended = false;
    void findSmallest(dir, pictures).then((found) => {
      if (!ended) setSmallest(found);
    });
    return () => {
      ended = true;
    };
  }, [dir, pictures]);
  return smallest;
}

async function findSmallest(dir: string, pictures: readonly Picture[]): Promise<Smallest | null> {
  const labelled = pictures.filter(({ boxes }) => boxes > 0).slice(0, mostFiles);
  const files = await Promise.all(labelled.map(({ file }) => main('annotations.read', { dir, file })));
  let best: Smallest | null = null;
  let bestSide = Infinity;
  files.forEach((annotation, index) => {
    const picture = labelled[index];
    if (!annotation || !picture) return;
    const box = smallestBox(annotation);
    const side = box ? Math.min(box.width, box.height) / annotation.width : Infinity;
    if (box && side < bestSide) {
      bestSide = side;
      const { file, url } = picture;
      best = { file, url, label: box.label, box, picture: { width: annotation.width, height: annotation.height } };
    }
  });
  return best;
}

function smallestBox({ boxes }: AnnotationFile): AnnotationFile['boxes'][number] | null {
  return boxes.reduce<AnnotationFile['boxes'][number] | null>(
    (best, box) => (best && Math.min(best.width, best.height) <= Math.min(box.width, box.height) ? best : box),
    null,
  );
}
