import assert from "node:assert/strict";
import fc from "fast-check";
import { isTaggedError } from "../../lib/core/errors.ts";
import { CutoutTable } from "../../lib/store/cutouts.ts";
import { Database } from "../../lib/store/database.ts";
import { MeasurementTable } from "../../lib/store/measurements.ts";
import { ProductTable } from "../../lib/store/products.ts";
import { SourceTable } from "../../lib/store/sources.ts";
import { StateTable } from "../../lib/store/states.ts";
import {
  WORK_ITEM_MACHINE,
  type WorkItemEvent,
  type WorkItemState,
} from "../../lib/store/work_item_states.ts";
import type { ItemCalibration } from "../../lib/workflow/calibration_choice.ts";
import { measurementId } from "../../lib/workflow/identities.ts";
import { measurementInputs, PLAN_EVENTS, type PlanItem, planSource } from "../../lib/workflow/plan_source.ts";
import { cutout, measurement, NOW, product, source } from "../store/store_fixture.ts";
import { type ModelItem, ProjectModel } from "./state_model.ts";

const SOURCES = ["A", "B"] as const;
const IMAGES = ["P", "Q"] as const;

/** The real tables and the real plan, with the outside world as a few numbers. */
class RealProject implements Disposable {
  readonly database = new Database(":memory:");
  readonly states = new StateTable(this.database);
  readonly products = new ProductTable(this.database);
  readonly cutouts = new CutoutTable(this.database);
  readonly measurements = new MeasurementTable(this.database);
  readonly onDisk = new Set<string>();
  calibration: number | undefined = 0;
  config = 0;

  constructor() {
    this.ingest(() => 0);
    for (const name of SOURCES) this.offer(name, IMAGES.map((image) => [image, 0]));
  }

  ingest(row: (name: string) => number): void {
    const rows = SOURCES.map((name) =>
      source(name, { rowHash: `row ${row(name)}`, rightAscensionDeg: 68 + row(name) / 100 })
    );
    new SourceTable(this.database).ingest(rows, { id: "catalog", path: "c.csv", rowCount: 2 }, NOW);
  }

  /** Stores what the archive offers for a source: the newest processings, all older ones of which are superseded. */
  offer(name: string, processings: readonly (readonly [string, number])[]): void {
    const offered = processings.map(([image, processing]) =>
      product(`${image}${processing}`, { observationId: image })
    );
    const query = { sourceId: name, collection: "spherex_qr2", queryHash: "q", rowCount: 2, overflow: false };
    this.products.recordAnswer(query, offered, 1, NOW, "run");
    this.states.replaceOutdated(name, NOW, "run");
  }

  plan(name: string): PlanItem[] {
    const target = new SourceTable(this.database).find(name)!;
    const calibration = {
      spectralWcs: { calibrationId: `wcs ${this.calibration}` },
      solidAngle: { calibrationId: "sapm" },
      isMismatch: false,
    } as unknown as ItemCalibration;
    return planSource(target, {
      products: this.products.matchedProducts(name),
      cutouts: this.cutouts.ofSource(name),
      currentMeasurementIds: this.measurements.currentIds(name),
      currentInputs: (id) => this.measurements.current(name, id),
      calibration: () => this.calibration === undefined ? undefined : calibration,
      hasMeasurement: (id) => this.measurements.exists(id),
      lacksPsf: () => false,
      lostCalibration: () => undefined,
      fileSizeBytes: (path) => this.onDisk.has(path) ? 5_000_000 : undefined,
    }, this.context);
  }

  get context() {
    return {
      photometryConfigHash: `config ${this.config}`,
      codeVersion: "1",
      schemaVersion: "1",
      dataRoot: "data",
      targetHash: (each: { rowHash: string }) => each.rowHash,
      cutoutSizeArcsec: () => 60,
      skipValidMeasurements: true,
    };
  }

  tell(item: ModelItem, event: WorkItemEvent): void {
    this.states.advanceWorkItem(keyOf(item), event, NOW, "run");
  }

  planned(item: ModelItem): PlanItem {
    return this.plan(item.source).find((each) => each.product.productId === keyOf(item).productId)!;
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

function keyOf({ source, image, processing }: ModelItem): { sourceId: string; productId: string } {
  return { sourceId: source, productId: `${image}${processing}` };
}

type Command = fc.Command<ProjectModel, RealProject>;

/** A command on one item that is in a state; others are passed over. */
function onItem(
  name: string,
  index: number,
  state: WorkItemState,
  run: (item: ModelItem, model: ProjectModel, real: RealProject) => void,
): Command {
  const pick = (model: ProjectModel) => {
    const candidates = model.items.filter((item) => item.state === state && model.isNewest(item));
    return candidates[index % Math.max(1, candidates.length)];
  };
  return {
    check: (model) => pick(model) !== undefined,
    run(model, real) {
      run(pick(model)!, model, real);
      compare(model, real);
    },
    toString: () => `${name}(${index})`,
  };
}

function always(name: string, run: (model: ProjectModel, real: RealProject) => void): Command {
  return {
    check: () => true,
    run(model, real) {
      run(model, real);
      compare(model, real);
    },
    toString: () => name,
  };
}

function beginRun(model: ProjectModel, real: RealProject): void {
  real.states.recover(NOW, "run");
  for (const name of SOURCES) {
    for (const item of real.plan(name)) {
      const expected = model.items.find((each) =>
        each.source === name && keyOf(each).productId === item.product.productId
      )!;
      assert.equal(item.state, model.plan(expected), `${name} ${item.product.productId}`);
      const key = { sourceId: name, productId: item.product.productId };
      real.states.advanceWorkItem(key, PLAN_EVENTS[item.state], NOW, "run");
      if (item.state === "photometry_valid" && !item.isCurrent) real.measurements.revive(item.measurementId!);
    }
  }
  model.beginRun();
}

function arrive(item: ModelItem, model: ProjectModel, real: RealProject): void {
  const { cutoutKey, localPath } = real.planned(item);
  const pixels = ++model.pixels;
  const { sourceId, productId } = keyOf(item);
  const contentSha256 = `pixels ${pixels}`;
  real.cutouts.put(cutout(sourceId, productId, { cutoutKey, localPath, contentSha256 }), NOW, "run");
  real.onDisk.add(localPath);
  real.tell(item, "cutout_arrived");
  item.cutouts.set(model.rows.get(item.source)!, { pixels, isOnDisk: true });
  item.state = "cutout_valid_measurement_missing";
}

function measure(item: ModelItem, model: ProjectModel, real: RealProject): void {
  const planned = real.planned(item);
  const { contentSha256 } = real.cutouts.find(planned.cutoutKey)!;
  const inputs = measurementInputs(planned, contentSha256, planned.calibration!, real.context);
  const id = measurementId(inputs);
  assert(!real.measurements.exists(id), "nothing is measured twice");
  real.measurements.put(
    measurement(item.source, inputs.productId, { ...inputs, measurementId: id }),
    NOW,
    "run",
  );
  real.tell(item, "measured");
  item.state = "persisted";
  item.current = model.inputs(item)!;
  item.measured.set(item.current, id);
}

/** What a run is in the middle of belongs to the inputs with which it began: they change between runs alone. */
function betweenRuns(name: string, change: (model: ProjectModel, real: RealProject) => void): Command {
  return always(name, (model, real) => {
    change(model, real);
    beginRun(model, real);
  });
}

/** The next step on the way of an item that goes well. */
const GOOD_STEPS: Partial<
  Record<WorkItemState, (item: ModelItem, model: ProjectModel, real: RealProject) => void>
> = {
  cutout_missing_or_invalid: (item, _model, real) => {
    real.tell(item, "download_started");
    item.state = "downloading";
  },
  downloading: arrive,
  cutout_valid_measurement_missing: (item, _model, real) => {
    real.tell(item, "fit_started");
    item.state = "fitting";
  },
  fitting: measure,
};

function goOn(index: number): Command {
  const pick = (model: ProjectModel) => {
    const open = model.items.filter((item) => model.isNewest(item) && GOOD_STEPS[item.state] !== undefined);
    return open[index % Math.max(1, open.length)];
  };
  return {
    check: (model) => pick(model) !== undefined,
    run(model, real) {
      const item = pick(model)!;
      GOOD_STEPS[item.state]!(item, model, real);
      compare(model, real);
    },
    toString: () => `go on(${index})`,
  };
}

const index = fc.nat(3);
const COMMANDS = [
  // Most of the time all goes well: what has changed matters to items that are measured.
  ...Array.from({ length: 30 }, () => index.map(goOn)),
  fc.constant(always("run", beginRun)),
  index.map((n) =>
    onItem("fail download", n, "downloading", (item, _model, real) => {
      real.tell(item, "download_failed");
      item.state = "failed_download";
    })
  ),
  index.map((n) =>
    onItem("refuse", n, "downloading", (item, _model, real) => {
      real.tell(item, "cutout_rejected");
      item.state = "failed_validation";
    })
  ),
  index.map((n) =>
    onItem("leave out", n, "downloading", (item, _model, real) => {
      const { sourceId, productId } = keyOf(item);
      real.products.leaveOut(sourceId, productId);
      real.tell(item, "target_off_image");
      item.state = "not_covered";
      item.isLeftOut = true;
    })
  ),
  index.map((n) =>
    onItem("fail fit", n, "fitting", (item, _model, real) => {
      real.tell(item, "fit_failed");
      item.state = "failed_fit";
    })
  ),
  index.map((n) =>
    onItem("no room", n, "cutout_missing_or_invalid", (item, _model, real) => {
      real.tell(item, "no_room");
      item.state = "blocked_storage_backpressure";
    })
  ),
  index.map((n) =>
    onItem("forbid", n, "cutout_missing_or_invalid", (item, _model, real) => {
      real.tell(item, "download_forbidden");
      item.state = "blocked_no_download";
    })
  ),
  index.map((n) =>
    onItem("clean", n, "persisted", (item, model, real) => {
      const { cutoutKey, localPath } = real.planned(item);
      real.cutouts.markDeleted(cutoutKey);
      real.onDisk.delete(localPath);
      model.cutout(item)!.isOnDisk = false;
    })
  ),
  fc.nat(2).map((config) =>
    betweenRuns(`configure(${config})`, (model, real) => {
      model.config = real.config = config;
    })
  ),
  fc.constantFrom(undefined, 0, 1).map((calibration) =>
    betweenRuns(`calibrate(${calibration})`, (model, real) => {
      model.calibration = real.calibration = calibration;
    })
  ),
  fc.tuple(fc.constantFrom(...SOURCES), fc.nat(1)).map(([name, row]) =>
    betweenRuns(`row(${name}, ${row})`, (model, real) => {
      model.changeRow(name, row);
      real.ingest((each) => model.rows.get(each)!);
    })
  ),
  fc.tuple(fc.constantFrom(...SOURCES), fc.constantFrom(...IMAGES), fc.nat(2)).map((
    [name, image, processing],
  ) =>
    betweenRuns(`offer(${name}, ${image}, ${processing})`, (model, real) => {
      // The archive is asked before the plan, when a run has taken back what was cut off.
      real.states.recover(NOW, "run");
      model.beginRun();
      beginRun(model, real);
      for (const item of model.items) {
        const isOld = item.source === name && item.image === image && item.processing !== processing;
        if (isOld && item.state !== "unplanned" && !item.isLeftOut) item.state = "superseded";
      }
      model.offer(name, image, processing);
      real.offer(name, IMAGES.map((each) => [each, model.newest.get(`${name} ${each}`)!]));
    })
  ),
  fc.tuple(index, fc.constantFrom(...WORK_ITEM_MACHINE.events)).map(([n, event]) =>
    always(`refuse an impossible ${event}(${n})`, (model, real) => {
      const item = model.items[n % model.items.length]!;
      if (isPossible(item.state, event)) return;
      assert.throws(
        () => real.tell(item, event),
        (error) => isTaggedError(error, "store/illegal-transition"),
      );
    })
  ),
];

/** Whether something can happen to an item: said in other words than the machine's. */
function isPossible(state: WorkItemState, event: WorkItemEvent): boolean {
  if (state === "downloading") {
    return ["cutout_arrived", "download_failed", "cutout_rejected", "target_off_image", "interrupted"]
      .includes(event);
  }
  if (state === "fitting") return ["measured", "fit_failed", "interrupted"].includes(event);
  if (event.startsWith("found_") || event === "replaced") return true;
  if (event === "fit_started") return state === "cutout_valid_measurement_missing";
  return ["download_started", "download_forbidden", "no_room"].includes(event) &&
    state === "cutout_missing_or_invalid";
}

/** The real project must look like the model after every command. */
function compare(model: ProjectModel, real: RealProject): void {
  for (const item of model.items) {
    const key = keyOf(item);
    assert.equal(real.states.workItem(key), item.state, JSON.stringify(key));
    const current = real.measurements.current(key.sourceId, key.productId);
    const expected = item.current === undefined ? undefined : item.measured.get(item.current);
    assert.equal(current?.measurementId, expected, JSON.stringify(key));
    const { n } = real.database.first<{ n: number }>(
      "SELECT count(*) AS n FROM measurements WHERE source_id = ? AND product_id = ?",
      key.sourceId,
      key.productId,
    )!;
    assert.equal(n, item.measured.size, "older measurements are kept, and none is stored twice");
  }
  for (const name of SOURCES) {
    const shown = model.items.filter((item) =>
      item.source === name && item.current !== undefined && model.isNewest(item)
    );
    assert.equal(real.measurements.publishedRows(name).length, shown.length);
  }
}

Deno.test("The store and the plan go through any history of catalogs, calibrations, failures and crashes like the model", () => {
  fc.assert(
    fc.property(fc.commands(COMMANDS, { maxCommands: 200, size: "max" }), (commands) => {
      using real = new RealProject();
      const model = new ProjectModel(SOURCES, IMAGES);
      fc.modelRun(() => ({ model, real }), commands);
    }),
    { numRuns: 100 },
  );
});
