import { isTaggedError, TaggedError } from "../core/errors.ts";
import { type UnitVector, unitVector } from "../math/sphere.ts";
import { isCircleTouchingPolygon } from "../math/spherical_polygon.ts";
import { Database } from "./database.ts";
import { boxOfPolygon } from "./footprint_box.ts";
import { FOOTPRINT_MIGRATIONS } from "./footprint_migrations.ts";

/** The outline of an image and what tells it from others. */
export interface FootprintRecord {
  /** Collection that offers it. */
  readonly collection: string;
  /** What it has in common with many others, as canonical JSON. */
  readonly kindJson: string;
  /** Name of the file. */
  readonly fileName: string;
  /** The publisher's identifier. */
  readonly dataset: string;
  /** Right ascension and declination of each corner in turn, degrees. */
  readonly outlineDeg: readonly number[];
  /** Right ascension of the centre, degrees. */
  readonly centerRaDeg: number | null;
  /** Declination of the centre, degrees. */
  readonly centerDecDeg: number | null;
  /** Start of the exposure, MJD. */
  readonly startMjd: number | null;
  /** End of the exposure, MJD. */
  readonly endMjd: number | null;
  /** Size of the file, kB. */
  readonly sizeKb: number | null;
  /** When the image was released, as the archive writes it. */
  readonly releasedAt: string | null;
}

interface FootprintRow extends Omit<FootprintRecord, "outlineDeg"> {
  readonly outline: Uint8Array;
}

/** A footprint as it is tested. */
interface Outline {
  readonly kindId: number;
  readonly corners: readonly UnitVector[];
}

/** How many outlines are kept in memory, about 0.5 kB each. */
const KEPT_OUTLINES = 100_000;
/** Boxes and outlines are read all over the file: SQLite's own 2 MB would make the disk the limit. */
const CACHE_KIB = 65_536;
const DEGREE = Math.PI / 180;
const CANDIDATES = `SELECT footprint_id AS id FROM footprint_boxes
  WHERE low_x <= ? AND high_x >= ? AND low_y <= ? AND high_y >= ? AND low_z <= ? AND high_z >= ?`;
const OUTLINES = `SELECT footprint_id AS id, kind_id AS kindId, outline FROM footprints
  WHERE footprint_id IN (SELECT value FROM json_each(?))`;

/**
 * The footprints of all images, in a database of their own: an R*Tree of boxes on the unit sphere finds the few that may
 * cover a place, an exact test on the sphere decides.
 */
export class FootprintTable {
  readonly #database: Database;
  readonly #outlines = new Map<number, Outline>();
  readonly #kinds = new Map<number, string>();

  /** Works on a database that {@linkcode openFootprintDatabase} opened. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** How many footprints there are. */
  get count(): number {
    return this.#database.first<{ n: number }>("SELECT count(*) AS n FROM footprints")!.n;
  }

  /** Adds footprints, in place of those of the same file and collection; call inside {@linkcode Database.atomic}. */
  add(records: readonly FootprintRecord[]): void {
    for (const record of records) this.#add(record);
  }

  /** The footprints of collections that a circle touches, all in degrees, in no order. */
  find(
    rightAscensionDeg: number,
    declinationDeg: number,
    radiusDeg: number,
    collections: ReadonlySet<string>,
  ): number[] {
    const center = unitVector(rightAscensionDeg, declinationDeg);
    const radius = radiusDeg * DEGREE;
    const [x, y, z] = center;
    const candidates = this.#database.all<{ id: number }>(
      CANDIDATES,
      x + radius,
      x - radius,
      y + radius,
      y - radius,
      z + radius,
      z - radius,
    );
    const ids = candidates.map(({ id }) => id);
    this.#load(ids.filter((id) => !this.#outlines.has(id)));
    const touching = ids.filter((id) => {
      const { corners, kindId } = this.#outlines.get(id)!;
      return collections.has(this.#collection(kindId)) && isCircleTouchingPolygon(center, radius, corners);
    });
    this.#forgetOldest();
    return touching;
  }

  /** The footprint with an identity that {@linkcode find} gave. */
  record(footprintId: number): FootprintRecord {
    const { outline, ...row } = this.#database.first<FootprintRow>(
      `SELECT collection, kind_json AS kindJson, file_name AS fileName, dataset, outline, center_ra_deg AS centerRaDeg,
         center_dec_deg AS centerDecDeg, start_mjd AS startMjd, end_mjd AS endMjd, size_kb AS sizeKb,
         released_at AS releasedAt
       FROM footprints JOIN kinds USING (kind_id) WHERE footprint_id = ?`,
      footprintId,
    )!;
    return { ...row, outlineDeg: numbersOf(outline) };
  }

  /** Forgets everything, so that the next sweeps start anew. */
  clear(): void {
    this.#database.atomic(() => {
      for (const table of ["slices", "sweeps", "footprint_boxes", "footprints", "kinds"]) {
        this.#database.write(`DELETE FROM ${table}`);
      }
    });
    this.#outlines.clear();
    this.#kinds.clear();
  }

  #add(record: FootprintRecord): void {
    const database = this.#database;
    database.write(
      "INSERT OR IGNORE INTO kinds (collection, kind_json) VALUES (?, ?)",
      record.collection,
      record.kindJson,
    );
    const { id } = database.first<{ id: number }>(
      `INSERT INTO footprints (kind_id, file_name, dataset, outline, center_ra_deg, center_dec_deg, start_mjd, end_mjd,
         size_kb, released_at)
       VALUES ((SELECT kind_id FROM kinds WHERE kind_json = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET dataset = excluded.dataset, outline = excluded.outline,
         center_ra_deg = excluded.center_ra_deg, center_dec_deg = excluded.center_dec_deg,
         start_mjd = excluded.start_mjd, end_mjd = excluded.end_mjd, size_kb = excluded.size_kb,
         released_at = excluded.released_at
       RETURNING footprint_id AS id`,
      record.kindJson,
      record.fileName,
      record.dataset,
      new Uint8Array(Float64Array.from(record.outlineDeg).buffer),
      record.centerRaDeg,
      record.centerDecDeg,
      record.startMjd,
      record.endMjd,
      record.sizeKb,
      record.releasedAt,
    )!;
    const box = boxOfPolygon(cornersOf(record.outlineDeg));
    database.write("INSERT OR REPLACE INTO footprint_boxes VALUES (?, ?, ?, ?, ?, ?, ?)", id, ...box);
    this.#outlines.delete(id);
  }

  #load(ids: readonly number[]): void {
    if (ids.length === 0) return;
    const rows = this.#database.all<{ id: number; kindId: number; outline: Uint8Array }>(
      OUTLINES,
      `[${ids.join()}]`,
    );
    for (const { id, kindId, outline } of rows) {
      this.#outlines.set(id, { kindId, corners: cornersOf(numbersOf(outline)) });
    }
  }

  /** Forgets the oldest outlines beyond what is kept; places nearby need the younger ones. */
  #forgetOldest(): void {
    let surplus = this.#outlines.size - KEPT_OUTLINES;
    for (const id of this.#outlines.keys()) {
      if (surplus-- <= 0) return;
      this.#outlines.delete(id);
    }
  }

  #collection(kindId: number): string {
    let collection = this.#kinds.get(kindId);
    if (collection === undefined) {
      collection = this.#database.first<{ collection: string }>(
        "SELECT collection FROM kinds WHERE kind_id = ?",
        kindId,
      )!.collection;
      this.#kinds.set(kindId, collection);
    }
    return collection;
  }
}

/** Opens or makes the database of footprints; projects can share it. Throws store/… or storage/… errors. */
export function openFootprintDatabase(path: string, options: { readonly readOnly?: boolean } = {}): Database {
  try {
    const database = new Database(path, { ...options, migrations: FOOTPRINT_MIGRATIONS });
    database.all(`PRAGMA cache_size = -${CACHE_KIB}`);
    // What a power failure takes can be fetched again.
    database.all("PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    if (!isTaggedError(error, "store/corrupt")) throw error;
    throw new TaggedError(error.code, `The index of footprints ${path} is damaged: ${error.message}`, {
      context: error.context,
      hint: `Delete ${path}: the next \`spxcutdb discover --index\` downloads it again`,
      cause: error,
    });
  }
}

function numbersOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

function cornersOf(outlineDeg: readonly number[]): UnitVector[] {
  return Array.from(
    { length: outlineDeg.length / 2 },
    (_, i) => unitVector(outlineDeg[2 * i]!, outlineDeg[2 * i + 1]!),
  );
}
