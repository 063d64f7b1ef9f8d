import { fluxOrLimit, fluxRange } from "../../plot/panel_range.ts";
import type { PointStanding } from "../../plot/spectrum_point.ts";
import { measurementIdOf, type MeasurementRow, sortRows, textCell } from "../measurement_row.ts";
import { spectrumPoints } from "../spectrum_points.ts";

/** Standings of points in the order of their numbers in a {@linkcode ReportSpectrum}. */
export const REPORT_STANDINGS: readonly PointStanding[] = [
  "science",
  "upper_limit",
  "rejected",
  "unmeasured",
];

/** Numbers of one quantity, null for those that were not measured. */
export type ReportColumn = readonly (number | null)[];

/** Texts of one quantity: each text once, and for each point the place of its own. */
export interface ReportTexts {
  /** The different texts. */
  readonly texts: readonly string[];
  /** For each point, the place in `texts`. */
  readonly at: readonly number[];
}

/** The spectrum of one source as a report carries it: a column a quantity, rounded to what a screen can show. */
export interface ReportSpectrum {
  /** Wavelength, micron. */
  readonly wavelength: ReportColumn;
  /** Full bandwidth, micron. */
  readonly bandwidth: ReportColumn;
  /** Signed flux density, microjansky. */
  readonly flux: ReportColumn;
  /** Standard error, microjansky. */
  readonly error: ReportColumn;
  /** Three-sigma upper limit, microjansky. */
  readonly limit: ReportColumn;
  /** Median absolute residual over sigma. */
  readonly fitQuality: ReportColumn;
  /** Middle of the exposure, MJD. */
  readonly mjd: ReportColumn;
  /** Detector, 1 to 6. */
  readonly detector: readonly number[];
  /** Place in {@linkcode REPORT_STANDINGS}. */
  readonly standing: readonly number[];
  /** Observation. */
  readonly observation: ReportTexts;
  /** Detection status. */
  readonly status: ReportTexts;
  /** Names of the photometry flags, joined by semicolons. */
  readonly flags: ReportTexts;
  /** Names of the image flags below the target's footprint or in the cutout, joined by semicolons. */
  readonly imageFlags: ReportTexts;
  /** Beginning of the measurement id; the whole of it where `plots` is true. */
  readonly id: readonly string[];
  /** Places of the points that have a full quality plot. */
  readonly plots: readonly number[];
  /** Ends of a flux axis that lone wild points do not stretch, microjansky. */
  readonly fluxRange: readonly [number, number];
}

const SHORT_ID_LENGTH = 12;

/** The spectrum of one source for a report, sorted by wavelength; `plotted` holds measurements with a full quality plot. */
export function reportSpectrum(
  unsorted: readonly MeasurementRow[],
  plotted: ReadonlySet<string> = new Set(),
): ReportSpectrum {
  const rows = sortRows(unsorted);
  const points = spectrumPoints(rows);
  const ids = rows.map(measurementIdOf);
  const drawn = points.filter((point) =>
    point.standing !== "unmeasured" && Number.isFinite(point.wavelengthMicron)
  );
  const [low, high] = fluxRange(drawn.map(fluxOrLimit));
  const numbers = (digits: number, value: (index: number) => unknown) =>
    points.map((_, index) => short(value(index), digits));
  return {
    wavelength: numbers(6, (i) => points[i]!.wavelengthMicron),
    bandwidth: numbers(4, (i) => points[i]!.bandwidthMicron),
    flux: numbers(5, (i) => points[i]!.fluxMicroJy),
    error: numbers(4, (i) => points[i]!.fluxErrorMicroJy),
    limit: numbers(4, (i) => points[i]!.upperLimitMicroJy),
    fitQuality: numbers(3, (i) => points[i]!.fitQuality),
    mjd: numbers(9, (i) => rows[i]!["mjd_avg"]),
    detector: points.map((point) => point.detector),
    standing: points.map((point) => REPORT_STANDINGS.indexOf(point.standing)),
    observation: texts(rows, "observation_id"),
    status: texts(rows, "detection_status"),
    flags: texts(rows, "photometry_flags"),
    imageFlags: texts(rows, "image_flag_names"),
    id: ids.map((id) => plotted.has(id) ? id : id.slice(0, SHORT_ID_LENGTH)),
    plots: ids.flatMap((id, index) => plotted.has(id) ? [index] : []),
    fluxRange: [short(low, 4)!, short(high, 4)!],
  };
}

/** A number with few digits, so that the file stays small; null for what is no number. */
function short(value: unknown, digits: number): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

function texts(rows: readonly MeasurementRow[], column: string): ReportTexts {
  const places = new Map<string, number>();
  const at = rows.map((row) => {
    const text = textCell(row, column);
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  return { texts: [...places.keys()], at };
}
