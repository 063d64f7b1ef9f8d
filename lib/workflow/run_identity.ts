/**
 * A new run identity: the time to the second and a random part, such as `20261120T225645Z-3f9a2c`.
 * Identities sort by time.
 */
export function newRunId(now: Date = new Date()): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `${time}-${crypto.getRandomValues(new Uint8Array(3)).toHex()}`;
}
