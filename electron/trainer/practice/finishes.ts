import type { Random } from '../random';

/** Linear red, green, blue. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What a surface is made of, as far as light is concerned. */
export interface Finish {
  /** Metals mirror their surroundings in their own colour; the others scatter light and mirror a little of it in white. */
  readonly kind: 'metal' | 'matt';
  /** Reflectance of a metal, albedo of the others. */
  readonly colour: Colour;
  /** 0 mirror … 1 chalk. */
  readonly roughness: number;
  /** Share of light scattered by oxide and dirt (metal), or strength of the gloss (others, 1 = a dielectric of index 1.5). */
  readonly sheen: number;
  /** Slope of fine tooling marks and of the dents left by handling. */
  readonly marks: number;
  readonly dents: number;
  /** 0 clean … 1 greasy. */
  readonly dirt: number;
}

interface FinishRange {
  readonly colour: Colour;
  readonly roughness: readonly [number, number];
  readonly sheen: readonly [number, number];
  readonly dirt: number;
}

/** Reflectances after Lagarde's chart of measured metals, dulled for plating; zinc bluish, chromate yellowish. */
const metals: readonly FinishRange[] = [
  { colour: [0.6, 0.63, 0.67], roughness: [0.26, 0.42], sheen: [0.16, 0.3], dirt: 0.35 },
  { colour: [0.6, 0.63, 0.67], roughness: [0.26, 0.42], sheen: [0.16, 0.3], dirt: 0.35 },
  { colour: [0.58, 0.56, 0.52], roughness: [0.2, 0.34], sheen: [0.08, 0.16], dirt: 0.2 },
  { colour: [0.66, 0.56, 0.32], roughness: [0.28, 0.42], sheen: [0.2, 0.32], dirt: 0.35 },
  { colour: [0.09, 0.088, 0.09], roughness: [0.3, 0.46], sheen: [0.03, 0.06], dirt: 0.25 },
  { colour: [0.75, 0.56, 0.25], roughness: [0.24, 0.38], sheen: [0.14, 0.26], dirt: 0.4 },
  { colour: [0.78, 0.42, 0.28], roughness: [0.26, 0.38], sheen: [0.14, 0.26], dirt: 0.45 },
];

/** One of zinc (twice as often), stainless steel, yellow chromate, black oxide, brass, copper. */
export function metalFinish(random: Random): Finish {
  const metal = metals[random.int(metals.length)] as FinishRange;
  const bright = random.range(0.88, 1.06);
  return {
    kind: 'metal',
    colour: [metal.colour[0] * bright, metal.colour[1] * bright, metal.colour[2] * bright],
    roughness: random.range(...metal.roughness),
    sheen: random.range(...metal.sheen),
    marks: random.range(0.03, 0.09),
    dents: random.range(0.02, 0.06),
    dirt: metal.dirt * random.range(0.3, 1),
  };
}

export function mattFinish(colour: Colour, roughness: number, sheen: number, dents = 0.02, dirt = 0.15): Finish {
  return { kind: 'matt', colour, roughness, sheen, marks: 0.02, dents, dirt };
}
