import type { Random } from '../random';
import { mattFinish, metalFinish, type Finish } from './finishes';
import { noiseFields, sampleNoise } from './noise';
import { rounding, sheet, turned, type Solid } from './solids';
import { wire, type WirePoint } from './wires';

/** Something on the bench and what it is made of. */
export interface Thing {
  readonly solid: Solid;
  readonly finishes: readonly Finish[];
}

const plastics: readonly Finish[] = [
  mattFinish([0.02, 0.02, 0.022], 0.35, 1),
  mattFinish([0.48, 0.03, 0.025], 0.3, 1),
  mattFinish([0.03, 0.07, 0.32], 0.3, 1),
  mattFinish([0.62, 0.44, 0.04], 0.35, 1),
  mattFinish([0.5, 0.5, 0.48], 0.4, 1),
  mattFinish([0.03, 0.18, 0.08], 0.35, 1),
];

function plastic(random: Random): Finish {
  return plastics[random.int(plastics.length)] as Finish;
}

/** A scrap of paper: sometimes lined or printed, creased, a torn edge. */
export function paperScrap(random: Random): Thing {
  const { cloud, grain } = noiseFields();
  const halfU = random.range(80, 210);
  const halfV = random.range(60, 150);
  const offset = random.range(0, 512);
  const yellow = random.next() < 0.3;
  const paper = yellow ? mattFinish([0.75, 0.62, 0.14], 0.9, 0.1) : mattFinish([0.68, 0.67, 0.62], 0.9, 0.1);
  const ink =
    yellow || random.next() < 0.5 ? mattFinish([0.04, 0.05, 0.2], 0.9, 0.1) : mattFinish([0.07, 0.07, 0.07], 0.9, 0.1);
  const lineHeight = random.range(15, 24);
  const written = random.next() < 0.75;
  const solid = sheet(
    Math.hypot(halfU, halfV) + 4,
    1.2,
    (u, v) => {
      const torn = v > 0 ? 4 * sampleNoise(cloud, u * 0.9 + offset, v * 0.4) + 2 * sampleNoise(grain, u, v) - 8 : 0;
      return Math.max(Math.abs(u) - halfU, Math.abs(v) - halfV + (v > 0 ? 8 + torn : 0));
    },
    (u, v) => 2.2 + 1.6 * sampleNoise(cloud, u * 0.35 + offset, v * 0.35) - Math.abs(u - halfU * 0.2) * 0.012,
    (u, v) => {
      if (!written || Math.abs(u) > halfU - 14 || v < -halfV + 12 || v > halfV - 26) return 0;
      const line = Math.floor((v + halfV) / lineHeight);
      const lineEnd = halfU * (0.5 + 0.45 * Math.sin(line * 12.9 + offset));
      const isGap = sampleNoise(grain, u * 0.045 + line * 31, offset) < -0.6;
      if (u > lineEnd || isGap) return 0;
      const pen = v + halfV - (line + 0.55) * lineHeight;
      const stroke = lineHeight * 0.17 * sampleNoise(grain, u * 0.21 + line * 57, offset + line);
      const steep = Math.abs(
        sampleNoise(grain, (u + 2) * 0.21 + line * 57, offset + line) * lineHeight * 0.17 - stroke,
      );
      return Math.abs(pen - stroke) < 1.1 + steep * 0.45 ? 1 : 0;
    },
  );
  return { solid, finishes: [paper, ink] };
}

/** A ballpoint pen or a marker. */
export function pen(random: Random): Thing {
  const length = random.range(380, 500);
  const half = length / 2;
  const barrel = random.range(14, 21);
  const tip = random.range(45, 70);
  const capLength = length * random.range(0.2, 0.36);
  const radiusAt = (u: number): number => {
    if (u < -half || u > half) return -1;
    const toTip = half - u;
    if (toTip < tip) return toTip < 9 ? 2.5 : 3.5 + (barrel - 3.5) * ((toTip - 9) / (tip - 9)) ** 0.8;
    const end = rounding(u + half, barrel * 0.5);
    return (u < -half + capLength ? barrel : barrel * 0.93) - end;
  };
  const finishes = [plastic(random), plastic(random), { ...metalFinish(random), roughness: 0.22 }];
  const finishAt = (u: number, v: number): number => {
    if (half - u < tip * 0.55 || Math.abs(u + half - capLength) < 4) return 2;
    if (u < -half + capLength) return Math.abs(v) < barrel * 0.2 && u > -half + 12 ? 2 : 1;
    return 0;
  };
  return { solid: turned(length, barrel, radiusAt, finishAt), finishes };
}

/** A cable in a wide bow, up to 330 pixels deep towards negative v, with both ends 1,100 pixels apart at v = 120. */
export function cable(random: Random): Thing {
  const radius = random.range(8, 13);
  const depth = random.range(220, 450);
  const lean = random.range(-0.25, 0.25);
  const wave = random.range(-18, 18);
  const points: WirePoint[] = [];
  for (let i = 0; i <= 90; i++) {
    const t = i / 45 - 1;
    const bow = Math.cos((t + lean * (1 - t * t)) * (Math.PI / 2)) ** 1.3;
    points.push({ u: t * 550, v: 120 - depth * bow + wave * Math.sin(t * 7), z: radius });
  }
  return { solid: wire(points, radius), finishes: [plastic(random)] };
}

/** A shaving from a lathe: a small curl of thin bright metal. */
export function shaving(random: Random): Thing {
  const radius = random.range(1, 2.2);
  const points: WirePoint[] = [];
  let curl = random.range(3, 10);
  let angle = random.range(0, 6);
  const growth = random.range(0.98, 1.06);
  const turn = random.range(0.25, 0.5);
  let u = 0;
  let v = 0;
  for (let i = random.int(12) + 5; i >= 0; i--) {
    points.push({ u, v, z: radius + random.range(0, 1.5) });
    u += Math.cos(angle) * curl * turn;
    v += Math.sin(angle) * curl * turn;
    angle += turn;
    curl *= growth;
  }
  return { solid: wire(points, radius), finishes: [{ ...metalFinish(random), roughness: 0.3 }] };
}

/** A finger that reaches into the picture, tip at positive u: bare with a nail, or in a nitrile glove. */
export function finger(random: Random): Thing {
  const { grain } = noiseFields();
  const gloved = random.next() < 0.5;
  const half = 260;
  const radius = random.range(48, 62);
  const offset = random.range(0, 512);
  const tone = random.range(0.35, 1);
  const skin = mattFinish([0.56 * tone, 0.3 * tone, 0.21 * tone], 0.55, 0.8, 0.05, 0.05);
  const nail = mattFinish([0.6 * tone + 0.05, 0.36 * tone + 0.03, 0.29 * tone + 0.03], 0.25, 1, 0.01, 0);
  const glove = random.next() < 0.6 ? [0.06, 0.16, 0.42] : [0.03, 0.03, 0.035];
  const nitrile = mattFinish([glove[0] ?? 0, glove[1] ?? 0, glove[2] ?? 0], 0.4, 1, 0.12, 0.05);
  const knuckles = [half - radius * 1.9, half - radius * 4.1];
  const top = (u: number, v: number): number => {
    if (u < -half || u > half) return -1;
    let width = radius * (1 + 0.08 * ((half - u) / half));
    for (const knuckle of knuckles) width += radius * 0.07 * Math.exp(-(((u - knuckle) / (radius * 0.5)) ** 2));
    const toTip = half - u;
    if (toTip < radius * 1.1) width *= Math.sqrt(Math.max(0, 1 - (1 - toTip / (radius * 1.1)) ** 2));
    const inside = width * width - v * v;
    if (inside < 0) return -1;
    let height = radius * 0.75 + Math.sqrt(inside) * 0.8;
    for (const knuckle of knuckles) {
      const near = Math.exp(-(((u - knuckle) / (radius * 0.34)) ** 2));
      height += near * 0.9 * Math.sin(u * 0.55 + 1.2 * sampleNoise(grain, u * 0.1, v * 0.12 + offset));
    }
    if (gloved) height += 1.6 * sampleNoise(grain, u * 0.045 + offset, v * 0.03) * (1 - Math.abs(v) / radius / 1.3);
    else if (isNail(u, v)) height += 1.5;
    return Math.max(0, height);
  };
  const isNail = (u: number, v: number): boolean =>
    Math.abs(v) < radius * 0.52 && ((u - half + radius * 0.72) / (radius * 0.62)) ** 4 + (v / (radius * 0.52)) ** 4 < 1;
  const solid: Solid = {
    reach: Math.hypot(half, radius) + 8,
    across: radius * 1.2,
    tallest: radius * 1.7,
    top,
    under: (height) => Math.max(0, radius * 1.5 - height),
    finishAt: (u, v) => (!gloved && isNail(u, v) ? 1 : 0),
  };
  return { solid, finishes: gloved ? [nitrile] : [skin, nail] };
}
