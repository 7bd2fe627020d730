/**
 * What the Node program and the web page share: how a picture is laid out for the model, and how what the model gives
 * becomes detections. A picture is { width, height, pixels }, pixels RGBA or RGB, row by row.
 */
(function (scope) {
  /** The whole picture, or tiles of it, as { x, y, width, height } in pixels. */
  function viewsOf(picture, tiling) {
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    if (!tiling) return [whole];
    const width = Math.min(picture.width, tiling.width);
    const height = Math.min(picture.height, tiling.height);
    const tiles = starts(picture.height, tiling.height, tiling.overlap).flatMap((y) =>
      starts(picture.width, tiling.width, tiling.overlap).map((x) => ({ x, y, width, height })),
    );
    return tiles.length > 1 && tiling.wholePicture ? [...tiles, whole] : tiles;
  }

  /** Where tiles begin, so that they cover a length and overlap by that share of their side or more. */
  function starts(length, side, share) {
    if (length <= side) return [0];
    const count = Math.ceil((length - side) / (side * (1 - share))) + 1;
    return Array.from({ length: count }, (_, index) => Math.round((index * (length - side)) / (count - 1)));
  }

  /** Which pixels of a line, and how much of each, make up each pixel of a shorter or longer one: bilinear, wider where it shrinks. */
  function taps(length, from, extent, outputs) {
    const scale = extent / outputs;
    const support = Math.max(1, scale);
    return Array.from({ length: outputs }, (_, output) => {
      const centre = from + (output + 0.5) * scale;
      const first = Math.max(0, Math.floor(centre - support));
      const end = Math.min(length, Math.ceil(centre + support));
      const weights = [];
      for (let at = first; at < end; at++) weights.push(Math.max(0, 1 - Math.abs(at + 0.5 - centre) / support));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return { first, weights: weights.map((weight) => weight / sum) };
    });
  }

  /** A view of a picture, stretched to a size. Returns [height, width, 3] floats, 0 to 255, as the model was trained with. */
  function resize(picture, view, { width, height }) {
    const channels = picture.pixels.length / (picture.width * picture.height);
    const across = taps(picture.width, view.x, view.width, width);
    const down = taps(picture.height, view.y, view.height, height);
    const top = down[0].first;
    const bottom = down[height - 1].first + down[height - 1].weights.length;
    const rows = new Float32Array((bottom - top) * width * 3);
    for (let y = top, to = 0; y < bottom; y++) {
      for (const { first, weights } of across) {
        for (let channel = 0; channel < 3; channel++) {
          let from = (y * picture.width + first) * channels + channel;
          let sum = 0;
          for (let tap = 0; tap < weights.length; tap++, from += channels) sum += weights[tap] * picture.pixels[from];
          rows[to++] = sum;
        }
      }
    }
    const result = new Float32Array(height * width * 3);
    const line = width * 3;
    down.forEach(({ first, weights }, y) => {
      for (let at = 0; at < line; at++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * rows[(first - top + tap) * line + at];
        result[y * line + at] = Math.floor(sum + 0.5);
      }
    });
    return result;
  }

  function overlap(a, b) {
    const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
    const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    const shared = Math.max(0, width) * Math.max(0, height);
    return shared / (a.width * a.height + b.width * b.height - shared);
  }

  /** Of boxes of one label that overlap, only the best stays. Best first. */
  function suppress(found, most) {
    const kept = [];
    for (const candidate of [...found].sort((a, b) => b.score - a.score)) {
      const rivals = kept.filter(({ label }) => label === candidate.label);
      if (rivals.every((better) => overlap(better, candidate) <= most)) kept.push(candidate);
    }
    return kept;
  }

  /** What is found in one view. boxes [priors · 4]: x1, y1, x2, y2 in 0–1; scores [priors · (labels + 1)], background first. */
  function read(boxes, scores, view, settings) {
    const { labels, threshold, iouThreshold, maxDetections } = settings;
    const columns = labels.length + 1;
    const found = [];
    for (let prior = 0; prior * 4 < boxes.length; prior++) {
      const [x1, y1, x2, y2] = boxes.slice(prior * 4, prior * 4 + 4);
      if (!(x2 > x1 && y2 > y1)) continue;
      labels.forEach((label, index) => {
        const score = scores[prior * columns + index + 1];
        if (score < threshold) return;
        const place = { x: view.x + x1 * view.width, y: view.y + y1 * view.height };
        found.push({ label, score, ...place, width: (x2 - x1) * view.width, height: (y2 - y1) * view.height });
      });
    }
    return suppress(found, iouThreshold).slice(0, maxDetections);
  }

  /** Whether a part is cut off by a tile's border: the neighbouring tile shows it whole. */
  function isCutOff(part, view, picture) {
    const near = { x: 0.01 * view.width, y: 0.01 * view.height };
    return (
      (view.x > 0 && part.x < view.x + near.x) ||
      (view.y > 0 && part.y < view.y + near.y) ||
      (view.x + view.width < picture.width && part.x + part.width > view.x + view.width - near.x) ||
      (view.y + view.height < picture.height && part.y + part.height > view.y + view.height - near.y)
    );
  }

  /**
   * Detections of a picture, best first: { label, score, x, y, width, height } in pixels.
   * @param run gets [height, width, 3] floats, 0 to 255; gives { boxes, scores } as flat arrays
   */
  async function detect(run, picture, settings, tiling = settings.tiling) {
    const views = viewsOf(picture, tiling);
    const found = [];
    for (const view of views) {
      const { boxes, scores } = await run(resize(picture, view, settings.input));
      const parts = read(boxes, scores, view, settings);
      found.push(...(views.length === 1 ? parts : parts.filter((part) => !isCutOff(part, view, picture))));
    }
    return views.length === 1 ? found : suppress(found, settings.iouThreshold);
  }

  /** Tiles for a model that was not trained with any. */
  function tilesFor({ input }) {
    return { width: input.width, height: input.height, overlap: 0.2, wholePicture: true };
  }

  scope.lineside = { detect, tilesFor };
})(globalThis);
