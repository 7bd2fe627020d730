import type { Picture } from '../../shared/mainContract';
import { pictureUrl, type OpenProject } from './imageProtocol';
import type { PictureLabels } from './labelIndex';

/** A picture of the open project as the page sees it. */
export function describePicture(
  open: OpenProject,
  { file, width, height, labels, reviewed }: Omit<PictureLabels, 'digest' | 'changed'>,
): Picture {
  return {
    file,
    url: pictureUrl(open, 'images', file),
    thumbnail: pictureUrl(open, 'thumbnails', file),
    width,
    height,
    boxes: labels.length,
    labels: [...new Set(labels)].sort(),
    reviewed,
  };
}
