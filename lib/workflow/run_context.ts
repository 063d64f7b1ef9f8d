import { resolveCutoutSize } from "../config/resolve_cutout_size.ts";
import type { RuntimeLimits } from "../config/runtime_limits.ts";
import { OUTPUT_SCHEMA_VERSION, PHOTOMETRY_CODE_VERSION } from "../config/versions.ts";
import { TaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import type { HttpClient } from "../net/http_client.ts";
import type { WorkerPool } from "../pool/worker_pool.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import type { SourceRecord } from "../store/sources.ts";
import { CalibrationChoice, calibrationRecords } from "./calibration_choice.ts";
import { calibrationDemands } from "./calibration_demands.ts";
import { CutoutAccess } from "./cutout_access.ts";
import type { MeasureChoices } from "./cutout_measurer.ts";
import type { PlanCounts } from "./events.ts";
import { measureChoices } from "./measure_choices.ts";
import type { FitJob, FitResult, MeasureJob } from "./fit_job.ts";
import { NeighbourIndex } from "./neighbour_index.ts";
import { sourceProfile } from "./source_profile.ts";
import { targetHash } from "./target_hash.ts";
import { type PlanContext, type PlanItem, planSource, type SourceKnowledge } from "./plan_source.ts";
import type { Project } from "./project.ts";
import type { RunTally } from "./run_tally.ts";

/** Size of a cutout of 60 arcseconds, most of it the PSF; until a run has fetched some. */
const EXPECTED_CUTOUT_BYTES = 5_100_000;

/** Size of a file below the project's folder; undefined when it is absent. */
function fileSizeBytes(root: string, localPath: string): number | undefined {
  try {
    return Deno.statSync(insideDirectory(root, localPath)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What a plan needs: the project, and which calibration is used. */
export class Planner {
  /** How calibration files are chosen. */
  readonly calibrationChoice: CalibrationChoice;
  /** What holds for the whole plan. */
  readonly planContext: PlanContext;
  readonly #project: Project;
  #neighbours: NeighbourIndex | undefined;

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
      hasMeasurement: (id) => measurements.exists(id),
      lacksPsf: ({ psfFileSha256 }) =>
        psfFileSha256 !== null && !this.#isAtHand(this.calibrationChoice.withSha256(psfFileSha256)),
      fileSizeBytes: (localPath) => fileSizeBytes(root, localPath),
    };
    return planSource(source, knowledge, this.planContext);
  }

  #isAtHand(record: CalibrationRecord | undefined): boolean {
    return record !== undefined &&
      fileSizeBytes(this.#project.root, record.relativePath) === record.fileSizeBytes;
  }
}

/** What a run is made of. */
export interface RunParts {
  /** The project, open for writing. */
  readonly project: Project;
  /** The program's client. */
  readonly client: HttpClient;
  /** Workers that measure. */
  readonly fitPool: WorkerPool<FitJob, FitResult>;
  /** Workers that draw. */
  readonly drawPool: WorkerPool<FitJob, FitResult>;
  /** Identity of the run. */
  readonly runId: string;
  /** What the run has done so far. */
  readonly tally: RunTally;
  /** The plan as it was before the work. */
  readonly plan: PlanCounts;
  /** What the run may use of the machine. */
  readonly limits: RuntimeLimits;
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
}

/** Everything that the parts of a run share. */
export class RunContext extends Planner {
  /** The project. */
  readonly project: Project;
  /** The program's client. */
  readonly client: HttpClient;
  /** Workers that measure. */
  readonly fitPool: WorkerPool<FitJob, FitResult>;
  /** Workers that draw. */
  readonly drawPool: WorkerPool<FitJob, FitResult>;
  /** Identity of the run. */
  readonly runId: string;
  /** What the run has done so far. */
  readonly tally: RunTally;
  /** The plan as it was before the work. */
  readonly plan: PlanCounts;
  /** What the run may use of the machine. */
  readonly limits: RuntimeLimits;
  /** Stops the run. */
  readonly signal: AbortSignal | undefined;
  /** The ways to the cutouts. */
  readonly access: CutoutAccess;
  readonly #choices: MeasureChoices;
  readonly #checkedCalibrations = new Map<string, Promise<void>>();

  /** Throws config/invalid-value for a mask that names an unknown flag. */
  constructor(parts: RunParts) {
    super(parts.project);
    this.project = parts.project;
    this.client = parts.client;
    this.fitPool = parts.fitPool;
    this.drawPool = parts.drawPool;
    this.runId = parts.runId;
    this.tally = parts.tally;
    this.plan = parts.plan;
    this.limits = parts.limits;
    this.signal = parts.signal;
    this.access = new CutoutAccess(parts.project, parts.client, this.calibrationChoice);
    this.#choices = measureChoices(parts.project.config);
  }

  /** Sources that are planned together. */
  get sourceChunkSize(): number {
    return this.project.config.workflow.source_chunk_size;
  }

  /** Bytes that the next cutout will probably take. */
  get expectedCutoutBytes(): number {
    const { downloaded, downloadedBytes } = this.tally.counts;
    return downloaded === 0 ? EXPECTED_CUTOUT_BYTES : downloadedBytes / downloaded;
  }

  /** Whether the cutout of an item may be fetched. */
  mayDownload(item: PlanItem): boolean {
    const { workflow, planning } = this.project.config;
    if (!workflow.download_missing) return false;
    return planning.redownload_invalid || this.project.cutouts.find(item.cutoutKey)?.state !== "invalid";
  }

  /** The job that measures an item. */
  measureJob(item: PlanItem): MeasureJob {
    const { spectralWcs, solidAngle, psf, fluxCorrection, isMismatch } = item.calibration!;
    const { root } = this.project;
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
      neighbours: this.neighbours?.near(item.source) ?? [],
      profile: sourceProfile(item.source),
      choices: this.#choices,
    };
  }

  /** The file that holds the PSF which was left out of the cutout of an item. */
  #leftOutPsf(item: PlanItem): CalibrationRecord | undefined {
    const sha256 = this.project.cutouts.find(item.cutoutKey)?.psfFileSha256 ?? undefined;
    return sha256 === undefined ? undefined : this.calibrationChoice.withSha256(sha256);
  }

  /**
   * Makes sure, once a run, that the calibration files of an item are the ones that were registered. Throws
   * calibration/damaged.
   */
  async checkCalibration(item: PlanItem): Promise<void> {
    if (!this.project.config.calibration.validate_on_use) return;
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
    const path = insideDirectory(this.project.root, record.relativePath);
    const isWhole = fileSizeBytes(this.project.root, record.relativePath) === record.fileSizeBytes &&
      await sha256File(path) === record.sha256;
    if (isWhole) return;
    throw new TaggedError(
      "calibration/damaged",
      `The calibration file ${record.filename} is not the one that was registered`,
      {
        context: { path: record.relativePath, calibration_id: record.calibrationId },
        hint: `Run \`spxcutdb calibration sync --project ${this.project.root} --product ${record.product}\``,
      },
    );
  }
}
