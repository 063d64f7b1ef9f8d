import process from "node:process";
import type { DownloadCompleted } from "../../lib/archive/download_event.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import type { SourceFigures } from "../../lib/outputs/source_figures.ts";
import type { MeasurementRow } from "../../lib/outputs/measurement_row.ts";
import type { ProductRecord } from "../../lib/store/products.ts";
import type { SourceRecord } from "../../lib/store/sources.ts";
import type { DownloadContext } from "../../lib/workflow/download_batches.ts";
import type { MeasuredCutout } from "../../lib/workflow/fit_job.ts";
import { ingestCatalog } from "../../lib/workflow/ingest_catalog.ts";
import { ItemRecords } from "../../lib/workflow/item_records.ts";
import { planProject } from "../../lib/workflow/plan_project.ts";
import { Planner } from "../../lib/workflow/planner.ts";
import { Project } from "../../lib/workflow/project.ts";
import { RunTally } from "../../lib/workflow/run_tally.ts";
import { publishSourceOutputs } from "../../lib/workflow/source_outputs.ts";
import { queryProject, type Workbench, writeCatalog } from "../workflow/project_fixture.ts";

const RUN = "20261121T000000Z-abcdef";
const COLLECTION = "spherex_qr2";
/** Sources that lie in the same images. */
const SOURCES_IN_AN_IMAGE = 10;

/** What items cost: their plan, their records, the outputs of their sources and their cleanup. */
export interface ItemCost {
  readonly items: number;
  readonly processorMilliseconds: number;
}

/** What is alike in all simulated items: a real product, a real measurement and what was said of a real cutout. */
interface Template {
  readonly product: ProductRecord;
  readonly row: MeasurementRow;
  readonly validation: { readonly warnings: []; readonly summary: unknown };
}

function readTemplate(project: string): Template {
  const [stored] = queryProject(
    project,
    `SELECT row_json, validation_json, measurements.product_id FROM measurements JOIN cutouts USING (cutout_key) LIMIT 1`,
  );
  const [product] = queryProject(
    project,
    `SELECT product_id AS productId, collection, release, observation_id AS observationId, detector,
       planning_period AS planningPeriod, processing_version AS processingVersion, processing_date AS processingDate,
       parent_filename AS parentFilename, access_url AS accessUrl, cloud_key AS cloudKey, start_mjd AS startMjd,
       end_mjd AS endMjd, product_json AS productJson FROM products WHERE product_id = ?`,
    String(stored!["product_id"]),
  );
  return {
    product: product as unknown as ProductRecord,
    row: JSON.parse(String(stored!["row_json"])) as MeasurementRow,
    validation: JSON.parse(String(stored!["validation_json"])),
  };
}

/** A catalog of so many targets on a grid. */
function gridCatalog(sources: number): string {
  const rows = Array.from(
    { length: sources },
    (_, index) => `S${index},${(index % 360) + 0.5},${Math.floor(index / 360) * 2 - 60}`,
  );
  return `Name,RA_deg,DEC_deg\n${rows.join("\n")}\n`;
}

const NO_FIGURES: SourceFigures = {
  sedSvg: "<svg/>",
  sedPng: new Uint8Array(8),
  qaSummaryPng: new Uint8Array(8),
};

/** Processor time of this process so far, milliseconds: other work on the machine does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A project of any size whose rows all went through the real planning, records, outputs and ledger; only pixels are made up. */
export class ScaleProject {
  /** Folder of the project. */
  readonly root: string;
  readonly #template: Template;
  readonly #images: number;

  private constructor(root: string, template: Template, images: number) {
    this.root = root;
    this.#template = template;
    this.#images = images;
  }

  /** An empty project with a catalog of `sources` targets in `images` images each. */
  static async make(bench: Workbench, sources: number, images: number): Promise<ScaleProject> {
    const template = readTemplate(await bench.project("measured"));
    const root = await bench.project("calibrated");
    writeCatalog(root, gridCatalog(sources));
    using project = await Project.openForWriting({ project: root }, "scale");
    for await (const _ of ingestCatalog(project)) { /* the catalog is taken over */ }
    return new ScaleProject(root, template, images);
  }

  /** Works through the sources, at most `limit`, telling the cost of every `sourcesAtOnce` of them. */
  async *fill(sourcesAtOnce: number, limit?: number): AsyncGenerator<ItemCost> {
    using project = await Project.openForWriting({ project: this.root }, "scale");
    const context = { project, runId: RUN, tally: new RunTally(), planner: new Planner(project) };
    let [items, processorMilliseconds, sources] = [0, 0, 0];
    for (const source of [...project.sources.iterate(limit === undefined ? {} : { limit })]) {
      this.#discover(project, source, sources++);
      const started = processorTime();
      items += await this.#work(context as DownloadContext, source);
      processorMilliseconds += processorTime() - started;
      if (sources % sourcesAtOnce > 0) continue;
      yield { items, processorMilliseconds };
      [items, processorMilliseconds] = [0, 0];
    }
  }

  #discover(project: Project, source: SourceRecord, index: number): void {
    const { product } = this.#template;
    const group = Math.floor(index / SOURCES_IN_AN_IMAGE);
    const products = Array.from({ length: this.#images }, (_, image): ProductRecord => {
      const observationId = `2025W51_1A_${String(group).padStart(4, "0")}_${image}`;
      const productId = sha256Hex(observationId);
      const parentFilename = product.parentFilename.replace(product.observationId, observationId);
      return { ...product, productId, observationId, parentFilename };
    });
    const query = { sourceId: source.sourceId, collection: COLLECTION, queryHash: "q", overflow: false };
    const now = new Date().toISOString();
    project.products.recordAnswer({ ...query, rowCount: this.#images }, products, 1, now, RUN);
  }

  async #work(context: DownloadContext, source: SourceRecord): Promise<number> {
    const { project, planner } = context;
    const records = new ItemRecords(context);
    const items = planner.planSource(source);
    for (const item of items) {
      records.tell(item, "found_no_cutout");
      records.tell(item, "download_started");
      records.arrived(item, this.#arrival(item.cutoutKey));
      records.tell(item, "fit_started");
      records.measured(item, this.#measured(item.cutoutKey));
    }
    const manifest = await publishSourceOutputs(project, source, RUN, () => Promise.resolve(NO_FIGURES));
    for (const cutout of project.cutouts.ofSource(source.sourceId).values()) {
      const entry = { ...cutout, policy: "success-after-source", manifestHash: manifest.manifest_hash };
      project.cutouts.planDeletion(entry, new Date().toISOString(), RUN);
      project.cutouts.confirmDeletion(cutout.cutoutKey, cutout.sha256, new Date().toISOString());
    }
    project.database.flush();
    for (const event of ["opened", "all_done"] as const) {
      project.states.advanceSource(source.sourceId, event, new Date().toISOString(), RUN);
    }
    return items.length;
  }

  #arrival(key: string): DownloadCompleted {
    const { warnings, summary } = this.#template.validation;
    return {
      type: "download_completed",
      key,
      path: "",
      bytes: 5_063_040,
      sha256: key,
      validation: { status: "passed", warnings, summary: summary as never, contentSha256: key },
      attempts: 1,
      access: "cutout",
      bytesReceived: 5_063_040,
      resumedFromBytes: 0,
      startedAt: "",
      completedAt: "",
      durationMs: 0,
    };
  }

  #measured(key: string): MeasuredCutout {
    const wavelength = 1 + parseInt(key.slice(0, 8), 16) / 2 ** 30;
    return {
      kind: "measured",
      columns: { ...this.#template.row, wavelength_um: wavelength },
      psfOrigin: "file",
      isFluxCorrected: false,
      header: { version: "6.5.4+psffix1", release: "QR2", calibrationIdentifiers: {} },
    };
  }
}

/** Plans a project as a run does; returns how many items are current. */
export async function planScaleProject(root: string): Promise<number> {
  using project = await Project.open({ project: root });
  const plan = planProject(project, {});
  for (;;) {
    const step = plan.next();
    if (step.done) return step.value.counts.photometryValid;
  }
}
