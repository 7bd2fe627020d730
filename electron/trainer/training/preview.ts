import { boxToPixels } from '../../../shared/boxes';
import type { DatasetItem } from '../dataset/items';
import type { PreviewReport } from './metrics';
import type { Validation } from './validate';

const previewPictures = 4;
const previewThreshold = 0.4;

/** What the detector finds now on the first few pictures that have boxes. */
export function preview({ items, detections }: Validation, epoch: number, classes: readonly string[]): PreviewReport {
  const shown = items.flatMap((item, index) => (item.boxes.length > 0 ? [index] : [])).slice(0, previewPictures);
  const pictures = shown.map((index) => {
    const { name, size } = items[index] as DatasetItem;
    const found = (detections[index] ?? []).filter(({ score }) => score >= previewThreshold);
    return {
      file: name,
      detections: found.map(({ box, classIndex, score }) => ({
        label: classes[classIndex] ?? '',
        score,
        box: boxToPixels(box, size),
      })),
    };
  });
  return { kind: 'preview', epoch, pictures };
}
