import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeMiniProject } from '../electron/trainer/training/miniProject.testing';
import { readAnnotations } from '../electron/trainer/projectStore';
import type { PixelRect } from '../shared/boxes';

/**
 * Writes a folder in Pascal VOC's format, as somebody might bring it: 26 small pictures with a red and a blue square each.
 * @param forget the picture whose red square nobody has labelled
 * @returns where that square is
 */
export async function writeVocFolder(dir: string, forget: string): Promise<PixelRect> {
  const source = await mkdtemp(`${dir}-source-`);
  await rm(source, { recursive: true });
  await makeMiniProject(source, { train: 14, validation: 6, test: 6 });
  await mkdir(path.join(dir, 'Annotations'), { recursive: true });
  let forgotten: PixelRect | undefined;
  for (const { image, width, height, boxes } of await readAnnotations(source)) {
    const { base, name } = path.parse(image);
    const red = boxes.find(({ label }) => label === 'red');
    if (base === forget && red) forgotten = { x: red.x, y: red.y, width: red.width, height: red.height };
    const labelled = boxes.filter(({ label }) => base !== forget || label !== 'red');
    const objects = labelled.map(
      ({ label, x, y, width: wide, height: high }) =>
        `<object><name>${label}</name><difficult>0</difficult><bndbox><xmin>${x}</xmin><ymin>${y}</ymin>` +
        `<xmax>${x + wide}</xmax><ymax>${y + high}</ymax></bndbox></object>`,
    );
    const xml =
      `<annotation><filename>${base}</filename><size><width>${width}</width><height>${height}</height>` +
      `<depth>3</depth></size>${objects.join('')}</annotation>`;
    await writeFile(path.join(dir, 'Annotations', `${name}.xml`), xml);
  }
  await rename(path.join(source, 'images'), path.join(dir, 'JPEGImages'));
  await rm(source, { recursive: true });
  if (!forgotten) throw new Error(`${forget} is not among the pictures`);
  return forgotten;
}
