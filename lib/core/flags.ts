/** One bit of a flag word. */
export interface FlagDefinition {
  /** Bit number, 0 for the lowest. */
  readonly bit: number;
  /** Name as it appears in tables, upper case with underscores. */
  readonly name: string;
  /** One sentence for users. */
  readonly meaning: string;
  /** Whether a measurement that carries the flag is unfit for science without inspection. */
  readonly blocksScience: boolean;
}

/** A set of flags declared once; constants, decoder, database seed and documentation come from it. */
export class FlagRegistry<Name extends string = string> {
  /** The flags in order of their bits. */
  readonly definitions: readonly (FlagDefinition & { readonly name: Name })[];
  readonly #byName: ReadonlyMap<string, FlagDefinition>;

  /** Throws RangeError when a bit or a name occurs twice, or a bit lies outside 0 to 52. */
  constructor(definitions: readonly (FlagDefinition & { readonly name: Name })[]) {
    this.definitions = [...definitions].sort((a, b) => a.bit - b.bit);
    this.#byName = new Map(definitions.map((flag) => [flag.name, flag]));
    const bits = new Set(definitions.map((flag) => flag.bit));
    if (bits.size !== definitions.length || this.#byName.size !== definitions.length) {
      throw new RangeError("Flag bits and names must be unique");
    }
    if (definitions.some((flag) => !Number.isInteger(flag.bit) || flag.bit < 0 || flag.bit > 52)) {
      throw new RangeError("Flag bits must be integers from 0 to 52");
    }
  }

  /** The value of one flag, 2 to the power of its bit. Throws RangeError for an unknown name. */
  value(name: Name): number {
    const flag = this.#byName.get(name);
    if (flag === undefined) throw new RangeError(`Unknown flag "${name}"`);
    return 2 ** flag.bit;
  }

  /** The sum of the values of several flags. Throws RangeError for an unknown name. */
  mask(names: Iterable<Name>): number {
    let sum = 0;
    for (const name of new Set(names)) sum += this.value(name);
    return sum;
  }

  /** Whether `name` is one of these flags. */
  has(name: string): name is Name {
    return this.#byName.has(name);
  }

  /** The names of the bits set in `word`, in order of bits; bits without a definition become `BIT_n`. */
  decode(word: number): string[] {
    const names: string[] = [];
    let rest = word < 0 ? word + 2 ** 32 : word;
    for (let bit = 0; rest >= 1; bit++, rest = Math.floor(rest / 2)) {
      if (rest % 2 !== 1) continue;
      names.push(this.definitions.find((flag) => flag.bit === bit)?.name ?? `BIT_${bit}`);
    }
    return names;
  }
}
