import type { PixelRect } from '../../../../shared/boxes';
import type { Mistake, PixelDetection } from '../../../../shared/contract';
import { html, type Html } from './html';
import type { ReportInput, ReportMistake, ReportPicture } from './input';
import { countText } from './numbers';

/** Bright enough on any photo, told apart by the colour-blind (Okabe and Ito, 2008). */
const classColours = ['#56b4e9', '#f0e442', '#e78ac3', '#29c293', '#ff8c42', '#c3a5ff', '#ffffff', '#8bd450'] as const;
/** With more boxes than this only the score is written, or words cover the parts. */
const wordLimit = 8;
/** Width of a picture on the page in each gallery, in CSS pixels: sizes text. */
const galleryWidth = 320;
const closeGalleryWidth = 235;

export function picturesSection(input: ReportInput): Html | undefined {
  if (input.pictures.length === 0) return undefined;
  return html`<section>
    <h2>What it sees</h2>
    <p>Some of the pictures with what it found. The figure at a box is how sure it is, of 100.</p>
    ${colourKey(input.classes)}
    <div class="gallery">
      ${input.pictures.map(
        (picture) =>
          html`<figure>
            ${overlay(picture, input.classes, { x: 0, y: 0, ...picture.size })}
            <figcaption>
              <b>${countText(picture.truth.length, 'part')} labelled, ${picture.detections.length} reported.</b>
              ${picture.file}
            </figcaption>
          </figure>`,
      )}
    </div>
  </section>`;
}

export function mistakesSection(input: ReportInput): Html | undefined {
  if (input.mistakes.length === 0) return undefined;
  const all = input.evaluation.mistakes.length;
  return html`<section>
    <h2>Its worst mistakes</h2>
    <p>
      ${all > input.mistakes.length ? `The worst ${String(input.mistakes.length)} of ${String(all)}. ` : ''}Look at them
      first: often the label is wrong or missing, not the detector.
    </p>
    ${colourKey(input.classes)}
    <div class="gallery close">
      ${input.mistakes.map(
        (one) =>
          html`<figure>
            ${mistakeOverlay(one, input.classes)}
            <figcaption><b>${mistakeSentence(one.mistake)}</b> ${one.file}</figcaption>
          </figure>`,
      )}
    </div>
  </section>`;
}

export function mistakeSentence(mistake: Mistake): string {
  const label = mistake.label ?? '';
  const found = mistake.detected?.label ?? '';
  const sure = `${((mistake.detected?.score ?? 0) * 100).toFixed(0)} % sure`;
  switch (mistake.kind) {
    case 'missed':
      return `${label}: missed.`;
    case 'falseAlarm':
      return `${found} reported where none is labelled, ${sure}.`;
    case 'wrongClass':
      return `${label} taken for ${found}, ${sure}.`;
    case 'poorlyPlaced':
      return `${label} found, but badly placed, ${sure}.`;
    default:
      return mistake.kind satisfies never;
  }
}

function colourKey(classes: readonly string[]): Html {
  return html`<ul class="key">
    <li>
      <svg viewBox="0 0 26 14" aria-hidden="true">${truthBox({ x: 3, y: 2, width: 20, height: 10 })}</svg>labelled by a
      person
    </li>
    ${classes.map(
      (name) =>
        html`<li>
          <svg viewBox="0 0 26 14" aria-hidden="true">
            ${foundBox({ x: 3, y: 2, width: 20, height: 10 }, colourOf(name, classes))}</svg
          >${name}, found
        </li>`,
    )}
  </ul>`;
}

/** The picture, or the part of it within `view`, with the truth dashed and the detections in their class's colour. */
function overlay(picture: ReportPicture, classes: readonly string[], view: PixelRect): Html {
  return frame(
    picture,
    view,
    html`${picture.truth.map(({ box }) => truthBox(box))}
    ${detectionMarks(picture.detections, classes, view, galleryWidth)}`,
  );
}

/** The spot of the mistake. What else is there stands aside, so that the eye finds the mistake. */
function mistakeOverlay(picture: ReportMistake, classes: readonly string[]): Html {
  const { mistake } = picture;
  const view = surroundings(picture);
  const own = mistake.detected === undefined ? [] : [mistake.detected];
  const others = picture.detections.filter(({ box }) => !own.some((one) => sameSpot(one.box, box)));
  return frame(
    picture,
    view,
    html`<g class="aside">
        ${picture.truth.map(({ box }) => truthBox(box))}
        ${others.map(({ box, label }) => foundBox(box, colourOf(label, classes)))}
      </g>
      ${mistake.kind === 'falseAlarm' ? undefined : truthBox(mistake.box)}
      ${detectionMarks(own, classes, view, closeGalleryWidth)}`,
  );
}

function frame(picture: ReportPicture, view: PixelRect, marks: Html): Html {
  return html`<svg
    viewBox="${round(view.x)} ${round(view.y)} ${round(view.width)} ${round(view.height)}"
    role="img"
    aria-label="${picture.file}"
  >
    <image
      href="${dataUri(picture.jpeg)}"
      width="${picture.size.width}"
      height="${picture.size.height}"
      preserveAspectRatio="none"
    />
    ${marks}
  </svg>`;
}

function detectionMarks(
  detections: readonly PixelDetection[],
  classes: readonly string[],
  view: PixelRect,
  pageWidth: number,
): Html {
  const unit = view.width / pageWidth;
  const words = detections.length <= wordLimit;
  return html`${detections.map(({ box, label }) => foundBox(box, colourOf(label, classes)))}
  ${detections.map((detection) => scoreText(detection, words, unit, view))}`;
}

function sameSpot(a: PixelRect, b: PixelRect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

function truthBox(box: PixelRect): Html {
  const place = rectangle(box);
  return html`<rect class="truth under" ${place} /><rect class="truth top" ${place} />`;
}

function foundBox(box: PixelRect, colour: string): Html {
  const place = rectangle(box);
  return html`<rect class="halo" ${place} /><rect class="found" stroke="${colour}" ${place} />`;
}

function scoreText({ box, label, score }: PixelDetection, words: boolean, unit: number, view: PixelRect): Html {
  const figure = (100 * score).toFixed(0);
  const x = Math.max(box.x, view.x) + 4 * unit;
  const y = Math.max(box.y, view.y) + 13 * unit;
  return html`<text
    class="score"
    x="${round(x)}"
    y="${round(y)}"
    font-size="${round(11 * unit)}"
    stroke-width="${round(2.6 * unit)}"
    ><title>${label}, ${figure} % sure</title>${words ? `${label} ${figure}` : figure}</text
  >`;
}

function rectangle({ x, y, width, height }: PixelRect): Html {
  return html`x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

/** A square around the mistake, three times its size, that stays inside the picture. */
export function surroundings({ mistake, size }: ReportMistake): PixelRect {
  const spots = [mistake.box, ...(mistake.detected === undefined ? [] : [mistake.detected.box])];
  const left = Math.min(...spots.map((spot) => spot.x));
  const top = Math.min(...spots.map((spot) => spot.y));
  const right = Math.max(...spots.map((spot) => spot.x + spot.width));
  const bottom = Math.max(...spots.map((spot) => spot.y + spot.height));
  const side = Math.min(3 * Math.max(right - left, bottom - top, 20), size.width, size.height);
  const start = (middle: number, length: number): number =>
    Math.min(Math.max(0, middle - side / 2), Math.max(0, length - side));
  return {
    x: start((left + right) / 2, size.width),
    y: start((top + bottom) / 2, size.height),
    width: side,
    height: side,
  };
}

function colourOf(label: string, classes: readonly string[]): string {
  return classColours[Math.max(0, classes.indexOf(label)) % classColours.length] ?? classColours[0];
}

function dataUri(jpeg: Uint8Array): string {
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
