import type { JsonValue } from "../core/errors.ts";

/**
 * What {@linkcode inspectFile} finds in a file, as plain JSON: `spxcutdb inspect --json` prints it as it is, hence the
 * names. Numbers keep full precision; NaN and infinities are null, integers beyond 2^53 are text.
 */
export type FileInspection = FitsInspection | VotableInspection;

/** Choices of {@linkcode inspectFile}; without any, the structure of the file is told. */
export interface InspectOptions {
  /** Only this HDU, by number from 0 or by EXTNAME; of a VOTable only this table. */
  readonly hdu?: number | string;
  /** The cards of the headers. */
  readonly header?: boolean;
  /** Statistics of every image and numeric column. */
  readonly statistics?: boolean;
  /** Rows of the tables: from `first` (counted from 0) up to, not including, `end`; to the last row without `end`. */
  readonly rows?: { readonly first: number; readonly end?: number };
  /** What lies at this 0-based pixel position. */
  readonly pixel?: { readonly x: number; readonly y: number };
  /** What lies at this position on the sky, degrees. */
  readonly sky?: { readonly rightAscensionDeg: number; readonly declinationDeg: number };
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/** Something that could not be read or that the standard does not allow. */
export interface InspectionProblem {
  /** Stable code, such as `fits/truncated`. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}

/** Figures of the values of an image or of a column. */
export interface ValueStatistics {
  /** Finite values. */
  readonly count: number;
  /** Values that are NaN, equal to BLANK or TNULL, or empty. */
  readonly blank_count: number;
  /** Values that are infinite; they take no part in the other figures. */
  readonly infinite_count: number;
  /** Smallest value; null when there is none. Integers beyond 2^53 are text. */
  readonly minimum: number | string | null;
  /** Largest value; null when there is none. Integers beyond 2^53 are text. */
  readonly maximum: number | string | null;
  /** Mean; null when there is none. */
  readonly mean: number | null;
  /** Standard deviation of the values (divided by their number, not one less); null when there is none. */
  readonly standard_deviation: number | null;
}

/** A column of a table. */
export interface ColumnInspection {
  /** Name. */
  readonly name: string;
  /** TFORMn of FITS; data type and array size of a VOTable. */
  readonly format: string;
  /** Unit; null when there is none. */
  readonly unit: string | null;
  /** TDIMn; null when there is none. */
  readonly dimensions: string | null;
  /** Unified content descriptor of a VOTable. */
  readonly ucd: string | null;
  /** Words about the column. */
  readonly description: string | null;
  /** Figures of a numeric column, when asked for. */
  readonly statistics: ValueStatistics | null;
}

/** Rows of a table, in the order of its columns. */
export interface TableRows {
  /** Number of the first row, from 0. */
  readonly first: number;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** The cells, row by row; array cells are lists. */
  readonly rows: readonly (readonly JsonValue[])[];
}

/** One card of a header. */
export interface CardInspection {
  /** Keyword without the word HIERARCH. */
  readonly keyword: string;
  /** Its value; null when it has none. */
  readonly value: JsonValue;
  /** The comment; of COMMENT and HISTORY the text. */
  readonly comment: string;
  /** What is wrong with the card; null when nothing is. */
  readonly problem: string | null;
}

/** One header-and-data unit. */
export interface HduInspection {
  /** 0 for the primary HDU. */
  readonly index: number;
  /** EXTNAME. */
  readonly name: string;
  /** EXTVER. */
  readonly version: number;
  /** What it holds: primary, image, bintable, asciitable, compressed-image, random-groups or other. */
  readonly kind: string;
  /** Lengths of the axes of an image, NAXIS1 first; columns' and rows' numbers of a table; empty without data. */
  readonly dimensions: readonly number[];
  /** Type of the values of an image as stored, such as float32; null for tables and without data. */
  readonly type: string | null;
  /** BSCALE of an image. */
  readonly scale: number;
  /** BZERO of an image. */
  readonly zero: number;
  /** BUNIT; null when there is none. */
  readonly unit: string | null;
  /** Number of cards in the header. */
  readonly card_count: number;
  /** Where the header starts, byte of the (uncompressed) file. */
  readonly header_offset: number;
  /** Where the data start. */
  readonly data_offset: number;
  /** Length of the data without padding. */
  readonly data_bytes: number;
  /** Number of rows of a table; null for an image. */
  readonly row_count: number | null;
  /** Columns of a table; null for an image. */
  readonly columns: readonly ColumnInspection[] | null;
  /** The header, when asked for. */
  readonly cards: readonly CardInspection[] | null;
  /** Figures of an image, when asked for. */
  readonly statistics: ValueStatistics | null;
  /** Rows of a table, when asked for. */
  readonly rows: TableRows | null;
  /**
   * What CHECKSUM and DATASUM say of the bytes, when statistics were asked for: invalid when one of them is wrong. Null
   * when not asked for or not to be found out.
   */
  readonly checksum: "valid" | "invalid" | "absent" | null;
  /** What could not be read. */
  readonly problems: readonly InspectionProblem[];
}

/** What is known of a SPHEREx file. */
export interface SpherexInspection {
  /** `level2` for a spectral image or a cutout of one, `calibration` for a calibration product. */
  readonly kind: "level2" | "calibration";
  /** Detector, 1 to 6. */
  readonly detector: number | null;
  /** Data release. */
  readonly release: string | null;
  /** Version of the pipeline that made the file. */
  readonly pipeline_version: string | null;
  /** Processing version in the file's name, such as l2b-v21-2025-354. */
  readonly processing_version: string | null;
  /** Observation. */
  readonly observation_id: string | null;
  /** Calibration product in the file's name. */
  readonly product: string | null;
  /** Modified Julian date of the middle of the exposure, UTC. */
  readonly mjd_avg: number | null;
  /** Exposure time in seconds. */
  readonly exposure_seconds: number | null;
  /** Median full width at half maximum of the PSF. */
  readonly psf_fwhm_arcsec: number | null;
  /** Parent-detector pixel, 0-based, of the file's first pixel. */
  readonly detector_origin_x: number | null;
  /** Parent-detector pixel, 0-based, of the file's first pixel. */
  readonly detector_origin_y: number | null;
  /** Whether the file holds the whole detector. */
  readonly full_frame: boolean | null;
}

/** What lies at a position of an image. */
export interface PositionInspection {
  /** How the position was chosen. */
  readonly asked: "pixel" | "sky" | "centre";
  /** Name of the HDU whose pixels are counted. */
  readonly hdu: string;
  /** Column, 0-based. */
  readonly x: number | null;
  /** Row, 0-based. */
  readonly y: number | null;
  /** Whether the position lies on a pixel of the image. */
  readonly inside: boolean;
  /** Right ascension; null far outside of the image, where the coordinate system means nothing. */
  readonly ra_deg: number | null;
  /** Declination. */
  readonly dec_deg: number | null;
  /** Frame of right ascension and declination, such as ICRS. */
  readonly frame: string | null;
  /** Solid angle of the pixel. */
  readonly solid_angle_arcsec2: number | null;
  /** Parent-detector column of a SPHEREx image, 0-based; null beside the detector. */
  readonly detector_x: number | null;
  /** Parent-detector row of a SPHEREx image, 0-based. */
  readonly detector_y: number | null;
  /** Central wavelength of a SPHEREx image, micrometres; null outside of the image. */
  readonly wavelength_um: number | null;
  /** Bandwidth of a SPHEREx image, micrometres. */
  readonly bandwidth_um: number | null;
  /** Values of the pixel that holds the position, by the name of their HDU. */
  readonly values: Readonly<Record<string, number | string | null>>;
  /** Names of the pixel flags that are set there. */
  readonly flags: readonly string[];
  /** What could not be found out. */
  readonly problems: readonly InspectionProblem[];
}

/** A FITS file. */
export interface FitsInspection {
  /** Says that this is a FITS file. */
  readonly format: "fits";
  /** Path as given. */
  readonly path: string;
  /** Bytes on disk. */
  readonly byte_length: number;
  /** How the file is compressed as a whole. */
  readonly compression: "gzip" | null;
  /** The HDUs, or the one that was asked for. */
  readonly hdus: readonly HduInspection[];
  /** What is known of a SPHEREx file; null for other files. */
  readonly spherex: SpherexInspection | null;
  /** The position asked for; the centre of a SPHEREx image when none was; null for other files. */
  readonly position: PositionInspection | null;
  /** What could not be read or is wrong: of the file as a whole, then of each HDU told but for its cards. */
  readonly problems: readonly InspectionProblem[];
}

/** A table of a VOTable document. */
export interface VotableTableInspection {
  /** Number of the table in the document, from 0. */
  readonly index: number;
  /** Name. */
  readonly name: string | null;
  /** Type of the resource that it is in, such as results. */
  readonly resource: string | null;
  /** Words about the table. */
  readonly description: string | null;
  /** Number of rows. */
  readonly row_count: number;
  /** The columns. */
  readonly columns: readonly ColumnInspection[];
  /** Rows, when asked for. */
  readonly rows: TableRows | null;
}

/** A VOTable document. */
export interface VotableInspection {
  /** Says that this is a VOTable. */
  readonly format: "votable";
  /** Path as given. */
  readonly path: string;
  /** Bytes on disk. */
  readonly byte_length: number;
  /** How the file is compressed as a whole. */
  readonly compression: "gzip" | null;
  /** Version of the format as stated. */
  readonly version: string | null;
  /** What the service says of its query: OK, ERROR or OVERFLOW, and its words. */
  readonly query_status: { readonly status: string; readonly message: string };
  /** Infos and parameters outside of the tables, when the header was asked for. */
  readonly cards: readonly CardInspection[] | null;
  /** The tables, or the one that was asked for. */
  readonly tables: readonly VotableTableInspection[];
}
