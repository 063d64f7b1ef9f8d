/** What reading one input may take at most. */
export const MOST_BYTES = 256 * 2 ** 20;
/** Milliseconds of processor time. */
export const MOST_MS = 1000;

const ARRAYS = [
  ...[
    "ArrayBuffer",
    "Uint8Array",
    "Int8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
  ],
  ...["Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
];

let allocatedBytes = 0;

/** Bytes of all arrays made since the last reset; those on others' buffers do not count. */
export function allocated(): number {
  return allocatedBytes;
}

/** Begins to count anew. */
export function resetAllocated(): void {
  allocatedBytes = 0;
}

/** Thrown in the place of an allocation beyond the budget. */
export class OverBudget extends Error {}

/** Counts the bytes of arrays as they are made, and refuses what goes beyond the budget. Ends with the disposal. */
export function countAllocations(): Disposable {
  const scope = globalThis as unknown as Record<string, unknown>;
  const originals = ARRAYS.map((name) => [name, scope[name]] as const);
  for (const [name, original] of originals) {
    scope[name] = new Proxy(original as object, {
      construct(target, values, newTarget) {
        const [first] = values;
        if (typeof first === "number") {
          allocatedBytes += first * ((target as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1);
          if (allocatedBytes > MOST_BYTES) {
            throw new OverBudget(`${name} of ${first}, ${allocatedBytes} bytes in all`);
          }
        }
        return Reflect.construct(
          target as never,
          values,
          newTarget === scope[name] ? target as never : newTarget,
        );
      },
    });
  }
  return {
    [Symbol.dispose]() {
      for (const [name, original] of originals) scope[name] = original;
    },
  };
}
