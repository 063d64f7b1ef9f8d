import { isTaggedError, TaggedError } from "../core/errors.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { MeasurementModels } from "../photometry/measurement.ts";
import { cutoutColumns, CutoutMeasurer } from "./cutout_measurer.ts";
import { type FileMeasureOptions, loadFileMeasureSetup } from "./file_measure_setup.ts";
import { FileCalibrations } from "./file_calibration.ts";
import type { FileTarget } from "./file_target.ts";
import { withFile } from "./measure_file_batch.ts";
import { measuredFileLine } from "./measured_file_line.ts";
import { Figure } from "./figure.ts";

/** A file, the place in it to measure, and with what. */
export interface MeasureFileOptions extends FileTarget, FileMeasureOptions {}

/** One measured file with the planes of its fit. */
export class FileMeasurement {
  /** What {@linkcode measureFiles} gives: the columns of the spectra table and `path`. */
  readonly row: MeasurementRow;
  /** Data, background, models, residuals and pixel roles of the cutout. */
  readonly models: MeasurementModels;

  /** Use {@linkcode measureFile}. */
  constructor(row: MeasurementRow, models: MeasurementModels) {
    this.row = row;
    this.models = models;
  }

  /** The planes side by side: data, background, what is left, pixel roles, models and residuals. */
  async plot(): Promise<Figure> {
    const { fullQaPanels } = await import("../outputs/full_qa.ts");
    const { cutoutPanelsPng, cutoutPanelsSvg } = await import("../plot/cutout_panels.ts");
    const panels = fullQaPanels(this);
    const colorBars = true;
    return new Figure(
      cutoutPanelsSvg(panels, { colorBars }),
      // The plot is 10 inches wide.
      (widthPixels) => cutoutPanelsPng(panels, { colorBars, dotsPerInch: widthPixels / 10 }),
    );
  }
}

/** An error of a file's content with the file and the next step. */
function withHint(error: unknown, path: string): unknown {
  if (!isTaggedError(error) || error.hint !== undefined) return error;
  return new TaggedError(error.code, error.message, {
    context: { path, ...error.context },
    cause: error,
    hint: `\`spxcutdb inspect ${path}\` shows what the file is; a cutout or an image of level 2 is measured`,
  });
}

/**
 * Measures the flux at a place in one file, without a project, and keeps the planes of the fit: to look at a single
 * measurement. For many files {@linkcode measureFiles} is quicker and gives the same rows.
 *
 * Throws what {@linkcode measureFiles} puts into `error_code`: `storage/*`, `fits/*`, `spherex/*`, `wcs/*`, `config/*`.
 *
 * @example
 * ```ts ignore
 * import { measureFile } from "./measure_file.ts";
 * const place = { rightAscensionDeg: 68.05, declinationDeg: 24.4 };
 * const measured = await measureFile({ path: "cutout.fits", ...place, calibrationDirectory: "calibrations" });
 * console.log(measured.row["selected_flux_uJy"], measured.models.pointResidualSigma);
 * await Deno.writeFile("fit.png", await (await measured.plot()).png());
 * ```
 */
export async function measureFile(options: MeasureFileOptions): Promise<FileMeasurement> {
  const setup = await loadFileMeasureSetup(options);
  using measurer = new CutoutMeasurer();
  try {
    return await withFile(options, setup, measurer, new FileCalibrations(setup), ({ cutout, columns }) => {
      const measurement = measurer.measureWithModels(cutout, setup.choices);
      const cells = [cutoutColumns(measurement, cutout, setup.choices), columns];
      return new FileMeasurement(
        JSON.parse(measuredFileLine(options.path, cells)) as MeasurementRow,
        measurement.models,
      );
    });
  } catch (error) {
    throw withHint(error, options.path);
  }
}
