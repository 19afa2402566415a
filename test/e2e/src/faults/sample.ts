/** The sum of a metric's samples that have these labels; 0 if there is none. */
export function sampleOf(text: string, name: string, labels = ''): number {
  let sum = 0;
  for (const [, found = '', value] of text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))) {
    sum += found.includes(labels) ? Number(value) : 0;
  }
  return sum;
}
