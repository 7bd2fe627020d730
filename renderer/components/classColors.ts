/** Colours of the classes on pictures: far apart in hue, bright enough for dark and light parts alike. */
const palette = ['#2fd0e0', '#ffb02e', '#ff6f91', '#9be15d', '#b79bff', '#ff8a4c', '#5ab0ff', '#f4e04d'] as const;

export function classColor(classes: readonly string[], label: string): string {
  const index = Math.max(0, classes.indexOf(label));
  return palette[index % palette.length] ?? palette[0];
}
