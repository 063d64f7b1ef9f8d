import assert from "node:assert/strict";
import { join } from "node:path";
import { type OutputManifest, sealManifest } from "../../lib/outputs/output_manifest.ts";
import { outputPaths } from "../../lib/outputs/output_paths.ts";
import { publishSource } from "../../lib/outputs/publish_source.ts";
import { type ExpectedOutputs, verifyOutputs } from "../../lib/outputs/verify_outputs.ts";
import { examplePublication } from "./example_rows.ts";
import { expectedOf, fakeFigures, inProject } from "./project_fixture.ts";

const PATHS = outputPaths("TDE_2025aarm");
const OUTPUTS = [PATHS.csv, PATHS.sed, PATHS.sedSvg, PATHS.qa, PATHS.provenance, PATHS.index];

/** Publishes a source, lets `tamper` loose on it, and returns why the outputs are not current any more. */
function reasonsAfter(
  tamper: (projectRoot: string, expected: ExpectedOutputs) => Promise<Partial<ExpectedOutputs> | void>,
): Promise<readonly string[]> {
  return inProject(async (projectRoot) => {
    const input = examplePublication();
    await publishSource(input, { projectRoot, renderFigures: fakeFigures });
    const expected = expectedOf(input);
    const changes = await tamper(projectRoot, expected) ?? {};
    const { current, reasons } = await verifyOutputs({ ...expected, ...changes }, { projectRoot });
    assert.equal(current, reasons.length === 0);
    return reasons;
  });
}

async function editManifest(projectRoot: string, edit: (manifest: OutputManifest) => unknown): Promise<void> {
  const path = join(projectRoot, PATHS.manifest);
  const manifest = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify(edit(manifest)));
}

Deno.test("verifyOutputs() finds nothing to complain of when nothing has changed", async () => {
  assert.deepEqual(await reasonsAfter(() => Promise.resolve()), []);
});

for (const path of OUTPUTS) {
  Deno.test(`verifyOutputs() notices when ${path} is missing, empty, longer, or different`, async () => {
    const file = (root: string) => join(root, path);
    assert.deepEqual(await reasonsAfter((root) => Deno.remove(file(root))), [`${path} is missing`]);
    assert.deepEqual(await reasonsAfter((root) => Deno.truncate(file(root))), [`${path} is empty`]);
    const longer = await reasonsAfter((root) => Deno.writeTextFile(file(root), " ", { append: true }));
    assert.match(longer.join(), /bytes, expected/);
    const flipped = await reasonsAfter(async (root) => {
      const bytes = await Deno.readFile(file(root));
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(file(root), bytes);
    });
    assert.deepEqual(flipped, [`${path} does not match its checksum`]);
  });
}

Deno.test("verifyOutputs() notices a manifest that is missing or no manifest", async () => {
  const path = (root: string) => join(root, PATHS.manifest);
  for (const text of ["", "{}", "[1]", "not json", '{"source_id":1}']) {
    assert.match(
      (await reasonsAfter((root) => Deno.writeTextFile(path(root), text)))[0]!,
      /no readable manifest/,
    );
  }
  assert.match((await reasonsAfter((root) => Deno.remove(path(root))))[0]!, /no readable manifest/);
});

const EDITS: readonly [string, (manifest: OutputManifest) => Partial<OutputManifest>][] = [
  ["source_id", () => ({ source_id: "src-2" })],
  ["source_name", () => ({ source_name: "Somebody else" })],
  ["output_schema_version", () => ({ output_schema_version: "0" })],
  ["photometry_code_version", () => ({ photometry_code_version: "0.0.9" })],
  ["config_hash", () => ({ config_hash: "0" })],
  ["measurement_ids", (manifest) => ({ measurement_ids: manifest.measurement_ids.slice(1) })],
  ["measurement_row_count", () => ({ measurement_row_count: 11 })],
  ["measurement_rows_hash", () => ({ measurement_rows_hash: "0" })],
  ["files", (manifest) => ({ files: { ...manifest.files, csv: { ...manifest.files.csv, size_bytes: 1 } } })],
  ["manifest_hash", () => ({ manifest_hash: "0" })],
];

for (const [key, edit] of EDITS) {
  Deno.test(`verifyOutputs() notices when ${key} of the manifest is edited`, async () => {
    const reasons = await reasonsAfter((root) =>
      editManifest(root, (manifest) => ({ ...manifest, ...edit(manifest) }))
    );
    assert.match(reasons.join(), /manifest hash/);
  });
}

for (const [key, edit] of EDITS.filter(([key]) => key !== "source_name" && key !== "manifest_hash")) {
  Deno.test(`verifyOutputs() notices when ${key} is edited and the manifest sealed again`, async () => {
    const reasons = await reasonsAfter((root) =>
      editManifest(root, (manifest) => {
        const { manifest_hash: _, ...content } = { ...manifest, ...edit(manifest) };
        return sealManifest(content);
      })
    );
    assert.equal(reasons.length, 1, reasons.join("; "));
    assert.doesNotMatch(reasons[0]!, /manifest hash/);
  });
}

Deno.test("verifyOutputs() opens no file outside of the place where it belongs", async () => {
  for (const path of ["../../../etc/passwd", "/etc/passwd", PATHS.sed]) {
    const reasons = await reasonsAfter((root) =>
      editManifest(root, (manifest) => {
        const { manifest_hash: _, ...content } = manifest;
        return sealManifest({ ...content, files: { ...content.files, csv: { ...content.files.csv, path } } });
      })
    );
    assert.deepEqual(reasons, [`The manifest places csv at ${path}`]);
  }
});

Deno.test("verifyOutputs() compares with the rows, the settings and the code of now", async () => {
  const changed = async (changes: (expected: ExpectedOutputs) => Partial<ExpectedOutputs>) =>
    (await reasonsAfter((_, expected) => Promise.resolve(changes(expected)))).join("; ");
  const firstId = (expected: ExpectedOutputs) => [...expected.rowHashes.keys()][0]!;
  assert.match(
    await changed((expected) => ({ rowHashes: new Map(expected.rowHashes).set(firstId(expected), "new") })),
    /^The measurement rows hash is /,
  );
  assert.match(
    await changed((expected) => ({ rowHashes: new Map(expected.rowHashes).set("m-new", "h") })),
    /row count is 12 in the manifest, expected 13/,
  );
  assert.match(await changed(() => ({ configHash: "other" })), /^The configuration hash is /);
  const versions = { outputSchemaVersion: "2", photometryCodeVersion: "0.1.0" };
  assert.match(await changed(() => ({ versions })), /^The output schema version is 1 .*expected 2$/);
});
