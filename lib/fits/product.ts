/** The product of lengths; 1 when there are none. */
export function product(lengths: readonly number[]): number {
  let result = 1;
  for (const length of lengths) result *= length;
  return result;
}
