import { TaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import { calibrationRecords } from "./calibration_choice.ts";
import type { MeasureChoices } from "./cutout_measurer.ts";
import type { MeasureJob } from "./fit_job.ts";
import { measureChoices } from "./measure_choices.ts";
import type { PlanItem } from "./plan_source.ts";
import type { Planner } from "./planner.ts";
import type { Project } from "./project.ts";
import { projectFileSize } from "./project_file_size.ts";
import { sourceProfile } from "./source_profile.ts";

/** Says what is measured in which cutout with which calibration, and that the calibration files are whole. */
export class MeasureJobs {
  readonly #project: Project;
  readonly #planner: Planner;
  readonly #choices: MeasureChoices;
  readonly #checkedCalibrations = new Map<string, Promise<void>>();

  /** Jobs of a planned project. Throws config/invalid-value for a mask that names an unknown flag. */
  constructor(project: Project, planner: Planner) {
    this.#project = project;
    this.#planner = planner;
    this.#choices = measureChoices(project.config);
  }

  /** The job that measures an item. */
  jobOf(item: PlanItem): MeasureJob {
    const { spectralWcs, solidAngle, psf, fluxCorrection, isMismatch } = item.calibration!;
    const { root } = this.#project;
    const leftOutPsf = this.#leftOutPsf(item);
    const pathOf = (record: CalibrationRecord | undefined) =>
      record === undefined ? undefined : insideDirectory(root, record.relativePath);
    return {
      kind: "measure",
      cutoutPath: insideDirectory(root, item.localPath),
      calibration: {
        spectralWcs: pathOf(spectralWcs),
        solidAngle: pathOf(solidAngle),
        psf: pathOf(psf),
        leftOutPsf: pathOf(leftOutPsf),
        fluxCorrection: pathOf(fluxCorrection),
      },
      detector: item.product.detector,
      calibrationMismatch: isMismatch,
      target: item.source,
      neighbours: this.#planner.neighbours?.near(item.source) ?? [],
      profile: sourceProfile(item.source),
      choices: this.#choices,
    };
  }

  /** The file that holds the PSF which was left out of the cutout of an item. */
  #leftOutPsf(item: PlanItem): CalibrationRecord | undefined {
    const sha256 = this.#project.cutouts.find(item.cutoutKey)?.psfFileSha256 ?? undefined;
    return sha256 === undefined ? undefined : this.#planner.calibrationChoice.withSha256(sha256);
  }

  /**
   * Makes sure, once a run, that the calibration files of an item are the ones that were registered. Throws
   * calibration/damaged.
   */
  async checkCalibration(item: PlanItem): Promise<void> {
    if (!this.#project.config.calibration.validate_on_use) return;
    const leftOutPsf = this.#leftOutPsf(item);
    const records = calibrationRecords(item.calibration!);
    for (const record of leftOutPsf === undefined ? records : [...records, leftOutPsf]) {
      let check = this.#checkedCalibrations.get(record.calibrationId);
      if (check === undefined) {
        check = this.#checkFile(record);
        this.#checkedCalibrations.set(record.calibrationId, check);
      }
      await check;
    }
  }

  async #checkFile(record: CalibrationRecord): Promise<void> {
    const path = insideDirectory(this.#project.root, record.relativePath);
    const isWhole = projectFileSize(this.#project.root, record.relativePath) === record.fileSizeBytes &&
      await sha256File(path) === record.sha256;
    if (isWhole) return;
    throw new TaggedError(
      "calibration/damaged",
      `The calibration file ${record.filename} is not the one that was registered`,
      {
        context: { path: record.relativePath, calibration_id: record.calibrationId },
        hint: `Run \`spxcutdb calibration sync --project ${this.#project.root} --product ${record.product}\``,
      },
    );
  }
}
