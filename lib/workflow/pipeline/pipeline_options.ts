import { resolve } from "node:path";
import { TaggedError } from "../../core/errors.ts";
import type { EventListener } from "../events.ts";
import { parseCutoutCenter, parseCutoutSize } from "./cutout_geometry.ts";
import { PIPELINE_PARAMETERS } from "./pipeline_parameters.ts";
import type {
  PhotometryParameters,
  PipelineParameters,
  PipelineProperMotion,
  PipelineStage,
  VisualizationParameters,
} from "./pipeline_types.ts";

/** One source, and how it is measured. */
export interface PipelineConfig {
  /** Right ascension, ICRS, degrees. */
  readonly ra: number;
  /** Declination, ICRS, degrees. */
  readonly dec: number;
  /** Name of the source; made from the position when left out. */
  readonly name?: string | undefined;
  /** Its motion; none when left out. */
  readonly properMotion?: PipelineProperMotion | undefined;
  /** The service that is asked for images. @default {"sia2"} */
  readonly queryService?: "sia2" | "tap" | undefined;
  /** Folder of the state file, `data/` and `results/`. */
  readonly outputDir: string;
  /** Bands such as `D2` or 2; all when left out. */
  readonly bands?: readonly (string | number)[] | undefined;
  /** Folder of the cutouts, relative to `outputDir`; several sources may share one. @default {"data"} */
  readonly dataDir?: string | undefined;
  /** Side of the cutouts: `200px`, `3arcmin`, `0.1` (degrees), or two such as `100,200px`. @default {"50px"} */
  readonly cutoutSize?: string | undefined;
  /** Centre of the cutouts, `304.5,42.3` in degrees; the source when left out. */
  readonly cutoutCenter?: string | undefined;
  /** Radius of the query about the source, arcseconds. @default {3.6} */
  readonly searchRadiusArcsec?: number | undefined;
  /** Cutouts fetched at once. @default {4} */
  readonly maxDownloadWorkers?: number | undefined;
  /** Workers that measure, at most. @default {10} */
  readonly maxProcessingWorkers?: number | undefined;
  /** Folder of calibration products under the archive's names; their place when `syncCalibration` brings them. */
  readonly calibrationDir?: string | undefined;
  /** Whether the download brings the calibration products that the images need. @default {false} */
  readonly syncCalibration?: boolean | undefined;
  /** Parameters of the photometry, named as in the state file. */
  readonly photometry?: Partial<PhotometryParameters> | undefined;
  /** Parameters of the figure, named as in the state file. */
  readonly visualization?: Partial<VisualizationParameters> | undefined;
  /** Values of the program's configuration, such as `{"download.concurrency": 8}`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** What a pipeline does, and who is told. */
export interface PipelineRunOptions {
  /** The stages of {@linkcode Pipeline.runFullPipeline} and {@linkcode Pipeline.resume}; all when left out. */
  readonly stages?: readonly PipelineStage[] | undefined;
  /** Stops the work; what is done is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each event. */
  readonly onEvent?: EventListener | undefined;
}

/** A name made from a position, such as `J304.6900+42.4400`. */
function nameOfPosition(ra: number, dec: number): string {
  return `J${ra.toFixed(4)}${dec < 0 ? "-" : "+"}${Math.abs(dec).toFixed(4)}`;
}

/** The number of a band; what is none stays as it is and is refused later. */
function bandNumber(band: string | number): number {
  return typeof band === "number" ? band : Number(band.trim().replace(/^D/i, ""));
}

/** What stands for undefined in the parameters: nothing, so that the default holds. */
function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The parameters that a configuration stands for. Throws `usage/*` when it cannot be used. */
export function parametersOf(config: PipelineConfig): PipelineParameters {
  const checked = PIPELINE_PARAMETERS.safeParse(given({
    source: {
      ra: config.ra,
      dec: config.dec,
      name: config.name ?? nameOfPosition(config.ra, config.dec),
      proper_motion: config.properMotion ?? null,
    },
    query_service: config.queryService,
    data_dir: config.dataDir,
    bands: config.bands?.map(bandNumber),
    search_radius_arcsec: config.searchRadiusArcsec,
    cutout_size: config.cutoutSize,
    cutout_center: config.cutoutCenter,
    max_download_workers: config.maxDownloadWorkers,
    max_processing_workers: config.maxProcessingWorkers,
    calibration_dir: config.calibrationDir === undefined ? undefined : resolve(config.calibrationDir),
    sync_calibration: config.syncCalibration,
    photometry: given(config.photometry ?? {}),
    visualization: given(config.visualization ?? {}),
    archive: config.config ?? {},
  }));
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    const key = path.join(".");
    throw new TaggedError("usage/bad-parameter", `Cannot use the parameter ${key}: ${message}`, {
      context: { key },
    });
  }
  parseCutoutSize(checked.data.cutout_size);
  if (checked.data.cutout_center !== null) parseCutoutCenter(checked.data.cutout_center);
  return checked.data;
}

/** The configuration that parameters stand for. */
export function configOf(parameters: PipelineParameters, outputDirectory: string): PipelineConfig {
  const { source: { proper_motion, ...source }, bands, archive } = parameters;
  return {
    ...source,
    properMotion: proper_motion ?? undefined,
    queryService: parameters.query_service,
    dataDir: parameters.data_dir,
    outputDir: resolve(outputDirectory),
    bands: bands ?? undefined,
    cutoutSize: parameters.cutout_size,
    cutoutCenter: parameters.cutout_center ?? undefined,
    searchRadiusArcsec: parameters.search_radius_arcsec,
    maxDownloadWorkers: parameters.max_download_workers,
    maxProcessingWorkers: parameters.max_processing_workers,
    calibrationDir: parameters.calibration_dir ?? undefined,
    syncCalibration: parameters.sync_calibration,
    photometry: parameters.photometry,
    visualization: parameters.visualization,
    config: archive,
  };
}
