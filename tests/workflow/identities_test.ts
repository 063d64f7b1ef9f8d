import assert from "node:assert/strict";
import fc from "fast-check";
import type { MeasurementInputs } from "../../lib/store/measurements.ts";
import type { ItemCalibration } from "../../lib/workflow/calibration_choice.ts";
import { INPUT_NAMES, type InputName } from "../../lib/workflow/changed_inputs.ts";
import { cutoutKey, measurementId } from "../../lib/workflow/identities.ts";
import { measurementInputs, type PlanContext, type PlanItem } from "../../lib/workflow/plan_source.ts";
import { product, source } from "../store/store_fixture.ts";

const hash = fc.stringMatching(/^[0-9a-f]{8}$/);
const nothingOrHash = fc.option(hash, { nil: null });
const INPUTS: fc.Arbitrary<MeasurementInputs> = fc.record({
  sourceId: hash,
  productId: hash,
  sourceRowHash: hash,
  targetHash: hash,
  cutoutKey: hash,
  cutoutSha256: hash,
  spectralWcsCalibrationId: hash,
  solidAngleCalibrationId: hash,
  psfCalibrationId: nothingOrHash,
  fluxCorrectionCalibrationId: nothingOrHash,
  photometryConfigHash: hash,
  codeVersion: hash,
  schemaVersion: hash,
});

Deno.test("measurementId() changes with each input, the row by way of the target's hash", () => {
  const names = Object.keys(INPUT_NAMES) as InputName[];
  fc.assert(fc.property(INPUTS, fc.constantFrom(...names), hash, (inputs, name, other) => {
    fc.pre(inputs[name] !== other);
    const changed = { ...inputs, [name]: other };
    assert.equal(measurementId(changed) !== measurementId(inputs), name !== "sourceRowHash", name);
  }));
});

Deno.test("measurementId() is a SHA-256 of canonical JSON: the order of the inputs does not matter", () => {
  fc.assert(fc.property(INPUTS, (inputs) => {
    const backwards = Object.fromEntries(Object.entries(inputs).reverse()) as unknown as MeasurementInputs;
    assert.equal(measurementId(backwards), measurementId(inputs));
    assert.match(measurementId(inputs), /^[0-9a-f]{64}$/);
  }));
});

/** Everything that a plan knows of an item; what is listed under `beside` has nothing to do with its numbers. */
interface World {
  readonly inputs: { readonly row: string; readonly content: string; readonly config: string };
  readonly beside: {
    readonly name: string;
    readonly text: string;
    readonly number: number;
  };
}

const WORLD: fc.Arbitrary<World> = fc.record({
  inputs: fc.record({ row: hash, content: hash, config: hash }),
  beside: fc.record({ name: hash, text: hash, number: fc.nat() }),
});

function idIn({ inputs, beside }: World): string {
  const { name, text, number } = beside;
  const target = source("A", { rowHash: inputs.row, slug: name, extraJson: JSON.stringify({ notes: text }) });
  const image = product("P1", { accessUrl: `http://${text}.invalid/`, cloudKey: text, productJson: text });
  const file = { filename: text, relativePath: text, sourceUrl: text, fileSizeBytes: number };
  const calibration = {
    spectralWcs: { calibrationId: "wcs", ...file },
    solidAngle: { calibrationId: "sapm", ...file },
    isMismatch: false,
  } as unknown as ItemCalibration;
  const context: PlanContext = {
    targetHash: (each) => each.rowHash,
    photometryConfigHash: inputs.config,
    codeVersion: "1",
    schemaVersion: "1",
    dataRoot: text,
    cutoutSizeArcsec: () => 60,
    skipValidMeasurements: number % 3 === 0,
  };
  const item: Pick<PlanItem, "source" | "product" | "cutoutKey"> = {
    source: target,
    product: image,
    cutoutKey: cutoutKey({ ...target, productId: image.productId, sizeArcsec: 60 }),
  };
  return measurementId(measurementInputs(item, inputs.content, calibration, context));
}

Deno.test("measurementId() does not change with paths, addresses, file names, remarks or the way to plan", () => {
  fc.assert(fc.property(WORLD, WORLD, (one, other) => {
    assert.equal(idIn({ ...one, beside: other.beside }), idIn(one));
    const isSame = JSON.stringify(one.inputs) === JSON.stringify(other.inputs);
    assert.equal(idIn({ ...one, inputs: other.inputs }) === idIn(one), isSame);
  }));
});

Deno.test("cutoutKey() changes with source, product, centre and size, each as finely as it says", () => {
  const base = {
    sourceId: "A",
    productId: "P",
    rightAscensionDeg: 68.05166251,
    declinationDeg: -5.37764171,
    sizeArcsec: 60,
  };
  const key = cutoutKey(base);
  const different: Partial<typeof base>[] = [
    { sourceId: "B" },
    { productId: "Q" },
    { rightAscensionDeg: base.rightAscensionDeg + 2e-8 },
    { declinationDeg: base.declinationDeg - 2e-8 },
    { sizeArcsec: 60.0002 },
  ];
  for (const change of different) assert.notEqual(cutoutKey({ ...base, ...change }), key);
  const alike: Partial<typeof base>[] = [
    { rightAscensionDeg: base.rightAscensionDeg + 1e-10 },
    { declinationDeg: base.declinationDeg + 1e-10 },
    { sizeArcsec: 60.00001 },
  ];
  for (const change of alike) assert.equal(cutoutKey({ ...base, ...change }), key);
});
