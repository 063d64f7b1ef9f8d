import assert from "node:assert/strict";
import type { CutoutRecord } from "../../lib/store/cutouts.ts";
import type { ItemCalibration } from "../../lib/workflow/calibration_choice.ts";
import {
  countPlan,
  cutoutPath,
  type PlanContext,
  type PlanItem,
  planSource,
  type SourceKnowledge,
} from "../../lib/workflow/plan_source.ts";
import { cutout, measurement, product, source } from "../store/store_fixture.ts";

const CONTEXT: PlanContext = {
  targetHash: (source) => source.rowHash,
  photometryConfigHash: "config",
  codeVersion: "1",
  schemaVersion: "1",
  dataRoot: "data",
  cutoutSizeArcsec: (target) => target.cutoutSizeArcsec ?? 60,
  skipValidMeasurements: true,
};
const CALIBRATION = {
  spectralWcs: { calibrationId: "wcs" },
  solidAngle: { calibrationId: "sapm" },
  isMismatch: false,
} as unknown as ItemCalibration;
const SOURCE = source("A");

/** What is known of one product of a source that nothing else is known of. */
function knowledge(changes: Partial<SourceKnowledge> = {}): SourceKnowledge {
  return {
    products: [product("P1")],
    cutouts: new Map(),
    currentMeasurementIds: new Map(),
    currentInputs: () => undefined,
    calibration: () => CALIBRATION,
    hasMeasurement: () => false,
    lostCalibration: () => undefined,
    fileSizeBytes: () => undefined,
    ...{ lacksPsf: () => false },
    ...changes,
  };
}

function planOne(changes: Partial<SourceKnowledge> = {}, context: PlanContext = CONTEXT): PlanItem {
  const [item] = planSource(SOURCE, knowledge(changes), context);
  return item!;
}

/** The cutout that the plan asks for, on disk and valid unless changed. */
function known(changes: Partial<CutoutRecord> = {}): ReadonlyMap<string, CutoutRecord> {
  const { cutoutKey } = planOne();
  return new Map([[cutoutKey, cutout("A", "P1", { cutoutKey, ...changes })]]);
}

const onDisk = { fileSizeBytes: () => 5_000_000 };
const { measurementId } = planOne({ cutouts: known(), ...onDisk });

Deno.test("planSource() tells what is to be done for each state of calibration, cutout and measurement", () => {
  const isStored = { hasMeasurement: (id: string) => id === measurementId };
  const isCurrent = { ...isStored, currentMeasurementIds: new Map([["P1", measurementId!]]) };
  const older = measurement("A", "P1", {
    codeVersion: "an older version",
    photometryConfigHash: "another hash",
  });
  const other = { currentMeasurementIds: new Map([["P1", "an older one"]]), currentInputs: () => older };
  const cases: [string, Partial<SourceKnowledge>, PlanItem["state"], RegExp][] = [
    ["nothing known", {}, "cutout_missing_or_invalid", /no cutout yet/],
    [
      "no calibration",
      { calibration: () => undefined },
      "calibration_missing",
      /QR2 calibration for detector 3/,
    ],
    [
      "no calibration, but a valid cutout",
      { calibration: () => undefined, cutouts: known(), ...onDisk },
      "calibration_missing",
      /calibration/,
    ],
    [
      "a valid cutout",
      { cutouts: known(), ...onDisk },
      "cutout_valid_measurement_missing",
      /not measured yet/,
    ],
    ["a cutout that is gone", { cutouts: known() }, "cutout_missing_or_invalid", /cutout is gone/],
    [
      "a cutout of another length",
      { cutouts: known(), fileSizeBytes: () => 4_999_999 },
      "cutout_missing_or_invalid",
      /cutout is gone/,
    ],
    [
      "an invalid cutout",
      { cutouts: known({ state: "invalid", validationStatus: "failed_missing_hdu" }), ...onDisk },
      "cutout_missing_or_invalid",
      /failed_missing_hdu/,
    ],
    [
      "a current measurement",
      { cutouts: known(), ...onDisk, ...isCurrent },
      "photometry_valid",
      /is current/,
    ],
    [
      "a current measurement of a cutout that was cleaned up",
      { cutouts: known({ state: "deleted" }), ...isCurrent },
      "photometry_valid",
      /is current/,
    ],
    [
      "a measurement whose inputs have changed",
      { cutouts: known(), ...onDisk, ...other },
      "cutout_valid_measurement_missing",
      /^out of date, changed: the photometry code, the photometry configuration/,
    ],
    [
      "the same without its cutout",
      { cutouts: known({ state: "deleted" }), ...other },
      "cutout_missing_or_invalid",
      /^out of date, .*, cutout is gone$/,
    ],
  ];
  for (const [name, state, expected, reason] of cases) {
    const item = planOne(state);
    assert.equal(item.state, expected, name);
    assert.match(item.reason, reason, name);
  }
});

Deno.test("planSource() names each input that has changed, with what it was and is", () => {
  const now = {
    spectralWcsCalibrationId: "wcs",
    solidAngleCalibrationId: "sapm",
    cutoutKey: planOne().cutoutKey,
  };
  const stored = measurement("A", "P1", {
    ...now,
    cutoutSha256: "content-A-P1",
    sourceRowHash: "another row",
    targetHash: "another target",
    psfCalibrationId: "a PSF product",
  });
  const measured = {
    currentMeasurementIds: new Map([["P1", stored.measurementId]]),
    currentInputs: () => stored,
  };
  const item = planOne({ cutouts: known(), ...onDisk, ...measured });
  assert.equal(item.reason, "out of date, changed: the catalog row, the PSF product");
  assert.deepEqual(item.changes, [
    { input: "sourceRowHash", name: "the catalog row", before: "another row", now: "row-A" },
    { input: "psfCalibrationId", name: "the PSF product", before: "a PSF product", now: null },
  ]);
  const moved = planOne({
    ...measured,
    currentInputs: () => ({ ...stored, psfCalibrationId: null, cutoutKey: "where it was" }),
  });
  assert.equal(moved.state, "cutout_missing_or_invalid");
  assert.equal(
    moved.reason,
    "out of date, changed: the catalog row, the place or size of the cutout, no cutout yet",
  );
  const unrecorded = { ...stored, sourceRowHash: null, targetHash: null, psfCalibrationId: null };
  assert.equal(
    planOne({ cutouts: known(), ...onDisk, ...measured, currentInputs: () => unrecorded }).reason,
    "out of date, changed: the target or its neighbours",
  );
});

Deno.test("planSource() tells a stored measurement that is current from one that can be again", () => {
  const stored = {
    cutouts: known({ state: "deleted" }),
    hasMeasurement: (id: string) => id === measurementId,
  };
  assert.equal(planOne(stored).isCurrent, false);
  const current = { ...stored, currentMeasurementIds: new Map([["P1", measurementId!]]) };
  assert.equal(planOne(current).isCurrent, true);
});

Deno.test("planSource() does not skip valid measurements when it is told not to", () => {
  const done = { cutouts: known(), hasMeasurement: () => true };
  const context = { ...CONTEXT, skipValidMeasurements: false };
  assert.equal(planOne({ ...done, ...onDisk }, context).state, "cutout_valid_measurement_missing");
  assert.equal(planOne(done, context).state, "cutout_missing_or_invalid");
});

Deno.test("planSource() gives a measurement another identity when anything that it depends on is another", () => {
  const disk = { cutouts: known(), ...onDisk };
  const ids = [
    planOne(disk),
    planOne(disk, { ...CONTEXT, photometryConfigHash: "another" }),
    planOne(disk, { ...CONTEXT, codeVersion: "2" }),
    planOne(disk, { ...CONTEXT, schemaVersion: "2" }),
    planOne({
      ...disk,
      calibration: () =>
        ({ ...CALIBRATION, spectralWcs: { calibrationId: "wcs-2" } }) as unknown as ItemCalibration,
    }),
    planSource({ ...SOURCE, rowHash: "another" }, knowledge(disk), CONTEXT)[0]!,
  ].map((item) => item.measurementId);
  assert(ids.every((id) => id !== undefined));
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("planSource() asks for another cutout when position or size change, and for one for each product", () => {
  const keys = [
    planSource(SOURCE, knowledge({ products: [product("P1"), product("P2")] }), CONTEXT),
    planSource({ ...SOURCE, cutoutSizeArcsec: 90 }, knowledge(), CONTEXT),
    planSource({ ...SOURCE, declinationDeg: -5.3701 }, knowledge(), CONTEXT),
  ].flat().map((item) => item.cutoutKey);
  assert.equal(new Set(keys).size, 4);
});

Deno.test("cutoutPath() names source, collection, period, version, detector, file, size and key", () => {
  assert.equal(
    cutoutPath("data", SOURCE, product("0684"), 60, "0123456789abcdef"),
    "data/cutouts/A/spherex_qr2/2025W51_1A/l2b-v21-2025-354/D3/" +
      "A__level2_2025W51_1A_0684_1D3_spx_l2b-v21-2025-354__sz60as__01234567.fits",
  );
});

Deno.test("countPlan() counts every item once", () => {
  const items = [
    planOne(),
    planOne({ calibration: () => undefined }),
    planOne({ cutouts: known(), ...onDisk }),
  ];
  assert.deepEqual(countPlan(items, 1), {
    sources: 1,
    items: 3,
    photometryValid: 0,
    cutoutValidMeasurementMissing: 1,
    cutoutMissingOrInvalid: 1,
    calibrationMissing: 1,
  });
});
