/**
 * labels.txt as detectNet reads it (LoadClassLabels in c/tensorNet.cpp): background first, then a name a line. Two names
 * would be misread there and get an underscore: "void", which it never shows, and one that begins with n and has a space
 * as its tenth letter, which it takes for a number of ImageNet's list and cuts.
 */
export function detectNetLabels(labels: readonly string[]): string {
  return ['BACKGROUND', ...labels.map(readable)].map((label) => `${label}\n`).join('');
}

const synsetLetters = 9;

function readable(label: string): string {
  if (label === 'void') return 'void_';
  const bytes = Buffer.from(label);
  if (bytes[0] !== 0x6e || bytes[synsetLetters] !== 0x20) return label;
  bytes[synsetLetters] = 0x5f;
  return bytes.toString();
}
