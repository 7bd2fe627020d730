import type { AnnotationFile } from '../../../shared/project';

/** Whether a picture can teach something: it has boxes, or a person said that there is nothing on it. */
export function isUsable({ boxes, reviewed }: AnnotationFile): boolean {
  return reviewed || boxes.length > 0;
}
