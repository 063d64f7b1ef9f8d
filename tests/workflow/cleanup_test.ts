import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanSource, reconcileCutouts } from "../../lib/workflow/cleanup.ts";
import { Project } from "../../lib/workflow/project.ts";
import {
  benchTests,
  exists,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
  type Workbench,
} from "./project_fixture.ts";

const NOW = "2026-11-20T00:00:00.000Z";

/** What may lie where the database says that a cutout is, and what may be known of it. */
interface CutoutState {
  readonly place: (typeof PLACES)[number];
  readonly isInUse: boolean;
  readonly hasFailed: boolean;
  readonly isMeasured: boolean;
}

const PLACES = [
  "as measured",
  "gone",
  "larger",
  "a folder",
  "link to the outside",
  "in a linked folder",
  "above the folder of cutouts",
  "a calibration file",
  "a result",
] as const;

const PROJECT_STATE = fc.record({
  policy: fc.constantFrom("never", "success-after-measurement", "success-after-source", "success-after-run"),
  keepFailed: fc.boolean(),
  outputs: fc.constantFrom("current", "current", "current", "tampered", "missing"),
  cutouts: fc.array(
    fc.record<CutoutState>({
      place: fc.constantFrom(...PLACES, ...PLACES.map(() => "as measured" as const)),
      isInUse: fc.boolean(),
      hasFailed: fc.boolean(),
      isMeasured: fc.boolean(),
    }),
    { minLength: 4, maxLength: 4 },
  ),
});

/** Whether the seven conditions allow that a cutout is deleted. */
function mayGo(cutout: CutoutState, keepFailed: boolean): boolean {
  if (cutout.isInUse || !(cutout.place === "as measured" || cutout.place === "gone")) return false;
  return cutout.hasFailed ? !keepFailed : cutout.isMeasured;
}

/** Brings one cutout of a project into a state; returns the file that stands for it. */
function arrange(
  project: Project,
  key: string,
  state: CutoutState,
  victims: string,
  calibration: string,
): string {
  const cutout = project.cutouts.find(key)!;
  const path = `${project.root}/${cutout.localPath}`;
  const moveTo = (localPath: string) => {
    project.database.write("UPDATE cutouts SET local_path = ? WHERE cutout_key = ?", localPath, key);
    return `${project.root}/${localPath}`;
  };
  if (!state.isMeasured) {
    project.database.write("UPDATE measurements SET cutout_sha256 = 'of another' WHERE cutout_key = ?", key);
  }
  if (state.hasFailed) {
    const { sourceId, productId } = cutout;
    const failure = {
      sourceId,
      productId,
      phase: "fit",
      code: "fits/truncated",
      message: "",
      contextJson: "{}",
    };
    project.runs.addFailure({ ...failure, phase: "fit" }, NOW, "run");
  }
  const victim = `${victims}/${key}.fits`;
  switch (state.place) {
    case "as measured":
      return path;
    case "gone":
      Deno.removeSync(path);
      return path;
    case "larger":
      replaceFile(path, new Uint8Array(cutout.fileSizeBytes + 1));
      return path;
    case "a folder":
      Deno.removeSync(path);
      Deno.mkdirSync(path);
      return path;
    case "link to the outside":
      Deno.renameSync(path, victim);
      Deno.symlinkSync(victim, path);
      return victim;
    case "in a linked folder":
      Deno.renameSync(path, victim);
      Deno.symlinkSync(victims, `${project.paths.cutouts}/link-${key}`);
      return moveTo(`data/cutouts/link-${key}/${key}.fits`);
    case "above the folder of cutouts":
      Deno.renameSync(path, victim);
      return moveTo(`data/cutouts/../../../victims/${key}.fits`);
    case "a calibration file":
      return moveTo(calibration);
    case "a result":
      return moveTo("results/provenance/alpha_output_manifest.json");
  }
}

/** Size and age of the files that cleanup must never touch. */
function untouchables(project: string): string[] {
  const own = filesBelow(project).filter((path) => !/^(data\/cutouts|db)\/|^\.spxcutdb/.test(path));
  return [...own, ...filesBelow(`${project}/../victims`).map((path) => `../victims/${path}`)].map((path) => {
    const { size, mtime } = Deno.statSync(`${project}/${path}`);
    return `${path} ${size} ${mtime?.getTime()}`;
  });
}

async function checkState(
  bench: Workbench,
  state: typeof PROJECT_STATE extends fc.Arbitrary<infer T> ? T : never,
) {
  const root = await bench.project("measured");
  const victims = `${root}/../victims`;
  Deno.mkdirSync(victims);
  const csv = `${root}/results/spectra/alpha.csv`;
  if (state.outputs === "tampered") Deno.writeTextFileSync(csv, `${Deno.readTextFileSync(csv)}\n`);
  if (state.outputs === "missing") Deno.removeSync(csv);
  const config = { "cleanup.cutouts": state.policy, "cleanup.keep_failed_cutouts": state.keepFailed };
  using project = await Project.openForWriting({ project: root, config }, "test");
  const source = project.sources.find("alpha")!;
  const calibration = project.calibrations.all()[0]!.relativePath;
  const keys = [...project.cutouts.ofSource("alpha").keys()].slice(0, state.cutouts.length);
  const files = keys.map((key, index) => arrange(project, key, state.cutouts[index]!, victims, calibration));
  const inUse = new Set(keys.filter((_, index) => state.cutouts[index]!.isInUse));
  const before = untouchables(root);

  const result = await cleanSource(project, source, { runId: "run", isInUse: (key) => inUse.has(key) });

  const isAllowed = state.policy !== "never" && state.outputs === "current";
  for (const [index, cutout] of state.cutouts.entries()) {
    const goes = isAllowed && mayGo(cutout, state.keepFailed);
    const message = `${JSON.stringify(cutout)} ${JSON.stringify(result.kept)}`;
    assert.equal(project.cutouts.find(keys[index]!)!.state, goes ? "deleted" : "valid", message);
    assert.equal(exists(files[index]!), cutout.place !== "gone" && !goes, message);
    assert.equal(result.kept.some(({ cutoutKey }) => cutoutKey === keys[index]), !goes, message);
  }
  assert.deepEqual(untouchables(root), before, "nothing else is touched");
  assert.deepEqual(project.cutouts.unconfirmedDeletions(), []);
}

benchTests("Cleanup", {
  "cleanSource() deletes exactly what all seven conditions allow, whatever the project looks like": async (
    bench,
  ) => {
    await fc.assert(fc.asyncProperty(PROJECT_STATE, (state) => checkState(bench, state)), {
      numRuns: 30,
      endOnFailure: true,
    });
  },

  "cleanSource() waits for the full-QA plots when they are asked for": async (bench) => {
    const root = await bench.project("measured");
    using project = await Project.openForWriting(
      { project: root, config: { "photometry.qa_level": "full" } },
      "test",
    );
    const source = project.sources.find("alpha")!;
    const { deleted, kept } = await cleanSource(project, source, { runId: "run", isInUse: () => false });
    assert.equal(deleted, 0);
    assert.match(kept[0]!.reason, /full quality plot/);
  },

  "run() with success-after-run deletes after the last source only": async (bench) => {
    const project = await bench.project("measured");
    const { events, counts } = await recordRun({ project, cleanupCutouts: "success-after-run" });
    const order = events.map((event) => event.type);
    assert(order.indexOf("cleanup") > order.lastIndexOf("source_finalized"), order.join(" "));
    assert.equal(counts.deletedCutouts, queryProject(project, "SELECT 1 FROM cutouts").length);
    assert.deepEqual(filesBelow(`${project}/data/cutouts`), []);
  },

  "run() with never keeps all cutouts": async (bench) => {
    const project = await bench.project("measured");
    const before = filesBelow(`${project}/data/cutouts`);
    const { counts } = await recordRun({ project, cleanupCutouts: "never" });
    assert.equal(counts.deletedCutouts, 0);
    assert.deepEqual(filesBelow(`${project}/data/cutouts`), before);
  },

  "reconcileCutouts() confirms deletions that a crash cut off, and forgets cutouts that somebody removed":
    async (bench) => {
      const root = await bench.project("measured");
      using project = await Project.openForWriting({ project: root }, "test");
      const [first, second, third] = [...project.cutouts.ofSource("alpha").values()];
      for (const cutout of [first!, second!]) {
        project.cutouts.planDeletion(
          { ...cutout, policy: "success-after-source", manifestHash: "m" },
          NOW,
          "run",
        );
      }
      Deno.removeSync(`${root}/${first!.localPath}`);
      Deno.removeSync(`${root}/${third!.localPath}`);
      assert.equal(reconcileCutouts(project), 2);
      const states = [first!, second!, third!].map(({ cutoutKey }) => project.cutouts.find(cutoutKey)!.state);
      assert.deepEqual(states, ["deleted", "valid", "deleted"]);
      assert.deepEqual(project.cutouts.unconfirmedDeletions().map((entry) => entry.cutoutKey), [
        second!.cutoutKey,
      ]);
      assert.equal(reconcileCutouts(project), 0);
    },
});
