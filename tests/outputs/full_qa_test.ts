import assert from "node:assert/strict";
import { join } from "node:path";
import { fullQaPanels, recordFullQa, renderFullQa, writeFullQa } from "../../lib/outputs/full_qa.ts";
import { measurementCells } from "../../lib/outputs/measurement_cells.ts";
import { fullQaPath } from "../../lib/outputs/output_paths.ts";
import { publishSource } from "../../lib/outputs/publish_source.ts";
import { verifyOutputs } from "../../lib/outputs/verify_outputs.ts";
import { decodePng } from "../plot/decode_png.ts";
import { exampleModels } from "../plot/example_models.ts";
import { exampleMeasurement } from "./example_measurement.ts";
import { examplePublication, exampleRow, exampleRows } from "./example_rows.ts";
import { expectedOf, fakeFigures, inProject } from "./project_fixture.ts";

const PNG = Uint8Array.of(9, 9, 9);

/** Publishes two rows in a project folder, gives the first of them a full quality plot, and goes on. */
function withOnePlot(
  run: (fixture: Awaited<ReturnType<typeof publishWithOnePlot>> & { projectRoot: string }) => Promise<void>,
): Promise<void> {
  return inProject(async (projectRoot) =>
    await run({ projectRoot, ...await publishWithOnePlot(projectRoot) })
  );
}

async function publishWithOnePlot(projectRoot: string) {
  const input = examplePublication({ rows: exampleRows(2) });
  await publishSource(input, { projectRoot, renderFigures: fakeFigures });
  const [first, second] = input.rows.map((row) => String(row["measurement_id"]));
  const plot = await writeFullQa(input.source.slug, input.rows[0]!, PNG, { projectRoot });
  const manifest = await recordFullQa(input.source, input.rows, { [first!]: plot }, { projectRoot });
  return { input, first: first!, second: second!, plot, manifest: manifest! };
}

Deno.test("renderFullQa() draws the numbers of the row above eight panels", async () => {
  const row = { ...exampleRow(), ...measurementCells(exampleMeasurement()) };
  const models = exampleModels(9, 9);
  const image = decodePng(await renderFullQa({ row, models }, { dotsPerInch: 60 }));
  assert.equal(image.width, 600);
  const { title, lines, targetX } = fullQaPanels({ row, models });
  assert.equal(title, "TDE_2025aarm   D3   2.0100 \u00b5m");
  assert.match(lines[1]!, /^point 120.0 \u00b1 5.00 \u00b5Jy .* S\/N 24.0 .* neighbours 0$/);
  assert.match(lines[2]!, /flags EDGE_OF_CUTOUT$/);
  assert.equal(targetX, 4.2);
});

Deno.test("fullQaPanels() shows a dash for what a failed measurement lacks", () => {
  const { lines } = fullQaPanels({ row: { measurement_id: "m" }, models: exampleModels(3, 3) });
  assert.doesNotMatch(lines.join(), /NaN|undefined|null/);
  assert.match(lines[1]!, /point \u2013 \u00b1 \u2013/);
});

Deno.test("recordFullQa() enters a plot into manifest and index, and verification asks for all when told", async () => {
  await withOnePlot(async ({ projectRoot, input, first, second, plot, manifest }) => {
    assert.equal(plot.path, `results/qa/TDE_2025aarm/measurements/${first}_qa.png`);
    assert.deepEqual(manifest.full_qa.measurement_ids, [first]);
    assert.equal(manifest.full_qa.complete, false);
    const index = JSON.parse(await Deno.readTextFile(join(projectRoot, manifest.files.index.path)));
    assert.equal(index.measurements[first].qa_plot_path, plot.path);
    assert.equal(index.measurements[second].qa_plot_path, null);
    const expected = expectedOf(input);
    assert((await verifyOutputs(expected, { projectRoot })).current);
    const full = { ...expected, requireFullQa: true };
    assert.deepEqual((await verifyOutputs(full, { projectRoot })).reasons, [
      `Measurement ${second} has no full quality plot`,
    ]);
    const other = await writeFullQa(input.source.slug, input.rows[1]!, PNG, { projectRoot });
    const complete = await recordFullQa(input.source, input.rows, { [second]: other }, { projectRoot });
    assert.equal(complete?.full_qa.complete, true);
    assert((await verifyOutputs(full, { projectRoot })).current);
    await Deno.remove(join(projectRoot, plot.path));
    assert.deepEqual((await verifyOutputs(full, { projectRoot })).reasons, [`${plot.path} is missing`]);
    assert((await verifyOutputs(expected, { projectRoot })).current, "compact outputs do not need it");
  });
});

Deno.test("publishSource() keeps the plots of unchanged rows and drops those of changed ones", async () => {
  await withOnePlot(async ({ projectRoot, input, first }) => {
    const again = await publishSource(input, { projectRoot, renderFigures: fakeFigures });
    assert.deepEqual(again.full_qa.measurement_ids, [first]);
    const rows = [{ ...input.rows[0]!, selected_flux_uJy: 1 }, input.rows[1]!];
    const changed = await publishSource({ ...input, rows }, { projectRoot, renderFigures: fakeFigures });
    assert.deepEqual(changed.full_qa.measurement_ids, []);
  });
});

Deno.test("recordFullQa() asks for publication first when the manifest stands for other rows", async () => {
  await withOnePlot(async ({ projectRoot, input }) => {
    const rows = [...input.rows, exampleRow({ measurement_id: "m-new" })];
    assert.equal(await recordFullQa(input.source, rows, {}, { projectRoot }), undefined);
    const unknown = { ...input.source, slug: "unpublished" };
    assert.equal(await recordFullQa(unknown, input.rows, {}, { projectRoot }), undefined);
  });
});

Deno.test("fullQaPath() takes plain ids only", () => {
  assert.equal(fullQaPath("s", "0a1b", "out"), "out/qa/s/measurements/0a1b_qa.png");
  for (const id of ["../x", "a/b", "", ".hidden"]) assert.throws(() => fullQaPath("s", id), RangeError);
});
