import footprints from "./footprint_migrations/001_footprints.sql" with { type: "text" };
import type { Migration } from "./migrations.ts";

/** The steps of the schema of the database of footprints, in order. */
export const FOOTPRINT_MIGRATIONS: readonly Migration[] = [
  { version: 1, description: "footprints, their boxes, and the sweeps that brought them", sql: footprints },
];
