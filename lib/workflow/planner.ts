import { resolveCutoutSize } from "../config/resolve_cutout_size.ts";
import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../config/versions.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { SourceRecord } from "../store/sources.ts";
import { CalibrationChoice, calibrationRecords, type ItemCalibration } from "./calibration_choice.ts";
import { calibrationDemands } from "./calibration_demands.ts";
import { NeighbourIndex } from "./neighbour_index.ts";
import { type PlanContext, type PlanItem, planSource, type SourceKnowledge } from "./plan_source.ts";
import type { Project } from "./project.ts";
import { projectFileSize } from "./project_file_size.ts";
import { targetHash } from "./target_hash.ts";

/** What a plan needs: the project, and which calibration is used. */
export class Planner {
  /** How calibration files are chosen. */
  readonly calibrationChoice: CalibrationChoice;
  /** What holds for the whole plan. */
  readonly planContext: PlanContext;
  readonly #project: Project;
  #neighbours: NeighbourIndex | undefined;
  readonly #lostFiles = new Map<ItemCalibration, string | undefined>();

  /** A planner for the project as it is now. */
  constructor(project: Project) {
    this.#project = project;
    const { calibration, workflow, project: folders } = project.config;
    this.calibrationChoice = new CalibrationChoice(project.calibrations.all(), {
      release: calibration.release,
      allowOtherRelease: calibration.allow_latest_fallback,
      demands: (release) => calibrationDemands(project.config, release),
    });
    this.planContext = {
      photometryConfigHash: project.effective.photometryHash,
      codeVersion: PHOTOMETRY_CODE_VERSION,
      schemaVersion: OUTPUT_SCHEMA_VERSION,
      targetHash: (source) => targetHash(source, this.neighbours?.near(source) ?? []),
      dataRoot: folders.data_root,
      cutoutSizeArcsec: (source) => resolveCutoutSize(source.cutoutSizeArcsec, project.effective).sizeArcsec,
      skipValidMeasurements: workflow.skip_valid_measurements,
    };
  }

  /** The known sources around targets; undefined when they are not to be fitted. */
  get neighbours(): NeighbourIndex | undefined {
    const { sources, neighbourCatalog, config } = this.#project;
    if (!config.photometry.deblending.catalog_neighbors) return undefined;
    return this.#neighbours ??= new NeighbourIndex([...sources.positions(), ...neighbourCatalog]);
  }

  /** Plans the work on one source from what the database and the disk say now. */
  planSource(source: SourceRecord): PlanItem[] {
    const { products, cutouts, measurements, root, config } = this.#project;
    const detectors = new Set(config.spherex.detectors);
    const knowledge: SourceKnowledge = {
      products: products.matchedProducts(source.sourceId).filter((product) =>
        detectors.has(product.detector)
      ),
      cutouts: cutouts.ofSource(source.sourceId),
      currentMeasurementIds: measurements.currentIds(source.sourceId),
      currentInputs: (productId) => measurements.current(source.sourceId, productId),
      calibration: (release, detector) => this.calibrationChoice.forImage(release, detector),
      lostCalibration: (calibration) => this.#lostFile(calibration),
      hasMeasurement: (id) => measurements.exists(id),
      lacksPsf: ({ psfFileSha256 }) =>
        psfFileSha256 !== null && !this.#isAtHand(this.calibrationChoice.withSha256(psfFileSha256)),
      fileSizeBytes: (localPath) => projectFileSize(root, localPath),
    };
    return planSource(source, knowledge, this.planContext);
  }

  /** Whether the cutout of an item may be fetched. */
  mayDownload(item: PlanItem): boolean {
    const { workflow, planning } = this.#project.config;
    if (!workflow.download_missing) return false;
    return planning.redownload_invalid || this.#project.cutouts.find(item.cutoutKey)?.state !== "invalid";
  }

  /** The first file of a calibration that is not on disk; looked for once. */
  #lostFile(calibration: ItemCalibration): string | undefined {
    if (!this.#lostFiles.has(calibration)) {
      const lost = calibrationRecords(calibration).find((record) =>
        projectFileSize(this.#project.root, record.relativePath) === undefined
      );
      this.#lostFiles.set(calibration, lost?.filename);
    }
    return this.#lostFiles.get(calibration);
  }

  #isAtHand(record: CalibrationRecord | undefined): boolean {
    return record !== undefined &&
      projectFileSize(this.#project.root, record.relativePath) === record.fileSizeBytes;
  }
}
