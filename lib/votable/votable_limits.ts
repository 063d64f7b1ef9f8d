/** What a document may hold, so that a broken or hostile one cannot fill the memory. */
export interface VotableLimits {
  /** Rows of all tables together. */
  readonly maxRows: number;
  /** Columns of a table, and parameters and infos of a document. */
  readonly maxFields: number;
  /** Elements inside of one another. */
  readonly maxDepth: number;
  /** Characters of one cell, attribute or description. */
  readonly maxTextLength: number;
  /** Bytes of one binary cell. */
  readonly maxCellBytes: number;
}

/** Limits that hold when no others are given. */
export const DEFAULT_VOTABLE_LIMITS: VotableLimits = {
  maxRows: 5_000_000,
  maxFields: 5000,
  maxDepth: 64,
  maxTextLength: 16 * 1024 * 1024,
  maxCellBytes: 64 * 1024 * 1024,
};
