const gibibyte = 2 ** 30;
const mebibyte = 2 ** 20;

/** Memory as operating systems tell it, and as the page does: a GB is 1024³ bytes. One decimal, without the unit. */
export function gigabytes(bytes: number): string {
  return (bytes / gibibyte).toFixed(1);
}

/** "1.1 GB", "571 MB" */
export function memoryText(bytes: number): string {
  return bytes >= gibibyte ? `${gigabytes(bytes)} GB` : `${(bytes / mebibyte).toFixed(0)} MB`;
}
