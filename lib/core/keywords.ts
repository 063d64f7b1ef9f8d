/** The value of a header keyword; null stands for a keyword that is present without a value. */
export type KeywordValue = string | number | boolean | null;

/** What a reader of header keywords needs: the value of a keyword, or undefined when it is absent. */
export interface Keywords {
  /** The value of `name` (upper case, without the word HIERARCH). */
  get(name: string): KeywordValue | undefined;
}
