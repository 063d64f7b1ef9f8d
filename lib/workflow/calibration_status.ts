import { join } from "node:path";
import { openFileSource } from "../files/file_source.ts";
import { sha256File } from "../files/sha256.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import { validateCalibrationFile } from "../spherex/validate_calibration.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import { calibrationDemands } from "./calibration_demands.ts";
import { Project, type ProjectOptions } from "./project.ts";

/** Which calibration files to look at. */
export interface CalibrationStatusOptions extends ProjectOptions {
  /** Only these products. */
  readonly products?: readonly string[] | undefined;
  /** Read and check the files in full, not their presence alone. */
  readonly checkContent?: boolean;
}

/** One calibration file. */
export interface CalibrationFileStatus {
  /** Data release. */
  readonly release: string;
  /** Kind of product. */
  readonly product: string;
  /** Detector, 1 to 6. */
  readonly detector: number;
  /** Version. */
  readonly version: string;
  /** Path below the project's folder. */
  readonly path: string;
  /** `ok`, `missing`, `damaged`, or why the content is refused. */
  readonly state: string;
}

/** The calibration files of a project, and those that its images lack. */
export interface CalibrationStatus {
  /** Files that are registered. */
  readonly files: readonly CalibrationFileStatus[];
  /** Required products of the discovered images that no valid file serves. */
  readonly missing: readonly {
    readonly release: string;
    readonly product: string;
    readonly detector: number;
  }[];
}

async function stateOf(project: Project, record: CalibrationRecord, checkContent: boolean): Promise<string> {
  const path = join(project.root, record.relativePath);
  try {
    if ((await Deno.stat(path)).size !== record.fileSizeBytes) return "damaged";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
  if (record.validationStatus !== "passed") return record.validationReason ?? record.validationStatus;
  if (!checkContent) return "ok";
  if (await sha256File(path) !== record.sha256) return "damaged";
  using source = openFileSource(path);
  const validation = await validateCalibrationFile(source, record.product, record.detector as DetectorNumber);
  return validation.status === "passed" ? "ok" : validation.reason ?? validation.status;
}

/** Lists the calibration files of a project with their state, and what is missing for its discovered images. */
export async function calibrationStatus(options: CalibrationStatusOptions): Promise<CalibrationStatus> {
  using project = await Project.open(options);
  const wanted = (product: string) => options.products === undefined || options.products.includes(product);
  const files: CalibrationFileStatus[] = [];
  for (const record of project.calibrations.all().filter((file) => wanted(file.product))) {
    const state = await stateOf(project, record, options.checkContent ?? false);
    const { release, product, detector, version, relativePath } = record;
    files.push({ release, product, detector, version, path: relativePath, state });
  }
  const usable = (release: string, product: string, detector: number) =>
    files.some((file) =>
      file.release === release && file.product === product && file.detector === detector &&
      file.state === "ok"
    );
  const missing = project.products.calibrationNeeds().flatMap(({ release, detector }) =>
    [
      ...project.config.calibration.required_products.map((product) => ({ product, release })),
      ...calibrationDemands(project.config, release),
    ].filter((demand) => wanted(demand.product) && !usable(demand.release, demand.product, detector))
      .map((demand) => ({ ...demand, detector }))
  );
  // Images of two releases may need the same file.
  const distinct = new Map(missing.map((need) => [JSON.stringify(need), need]));
  return { files, missing: [...distinct.values()] };
}
