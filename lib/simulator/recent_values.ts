/** Keeps the values that were used last, up to a total size. */
export class RecentValues<Value> {
  readonly #values = new Map<string, { readonly value: Value; readonly size: number }>();
  #total = 0;

  /** `capacity` bounds the sum of the sizes; one value is always kept. */
  constructor(readonly capacity: number) {}

  /** The value of a key, made when it is not kept any more. `sizeOf` tells its size. */
  get(key: string, make: () => Value, sizeOf: (value: Value) => number): Value {
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known.value;
    }
    const value = make();
    const size = sizeOf(value);
    this.#values.set(key, { value, size });
    this.#total += size;
    for (const [oldest, { size }] of this.#values) {
      if (this.#total <= this.capacity || oldest === key) break;
      this.#values.delete(oldest);
      this.#total -= size;
    }
    return value;
  }
}
