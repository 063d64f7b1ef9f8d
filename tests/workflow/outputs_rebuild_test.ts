import assert from "node:assert/strict";
import { outputPaths } from "../../lib/outputs/output_paths.ts";
import { summary } from "../../lib/workflow/summary.ts";
import {
  benchTests,
  checksumsBelow,
  eventsOf,
  exists,
  filesBelow,
  queryProject,
  recordRun,
  replaceFile,
} from "./project_fixture.ts";

/** Checksums of a source's outputs; the provenance names the run that wrote it, and the manifest hashes that. */
async function outputsOf(project: string, slug: string): Promise<Record<string, string>> {
  const all = await checksumsBelow(`${project}/results`);
  return Object.fromEntries(
    Object.entries(all).filter(([path]) =>
      path.includes(slug) && !/_(provenance|output_manifest)\.json$/.test(path)
    ),
  );
}

/** What the provenance of a source says, apart from the run that wrote it and that run's configuration. */
function provenanceOf(project: string, slug: string): unknown {
  const { project: { run_id: _run, effective_config_hash: _config, ...rest }, ...provenance } = JSON.parse(
    Deno.readTextFileSync(`${project}/${outputPaths(slug).provenance}`),
  );
  return { ...provenance, project: rest };
}

/** The full-QA plots of a source. */
function plots(project: string, slug: string): string[] {
  return filesBelow(`${project}/results/qa/${slug}/measurements`);
}

benchTests("Outputs", {
  "summary() with rebuildMissingOutputs writes missing, tampered and stale outputs from the database, to the same bytes, without a cutout":
    async (
      bench,
      test,
    ) => {
      const project = await bench.project("measured");
      await recordRun({ project });
      assert.deepEqual(filesBelow(`${project}/data/cutouts`), [], "no cutout is left");
      const before = { ...await outputsOf(project, "alpha"), ...await outputsOf(project, "beta") };
      const provenance = provenanceOf(project, "alpha");
      const { csv, sed, manifest } = outputPaths("alpha");
      const damages: Record<string, () => void> = {
        "a missing spectrum": () => Deno.removeSync(`${project}/${csv}`),
        "a tampered spectrum of the same length": () => {
          const text = Deno.readTextFileSync(`${project}/${csv}`);
          replaceFile(`${project}/${csv}`, text.slice(0, -2) + (text.at(-2) === "1" ? "2" : "1") + "\n");
        },
        "an empty plot": () => replaceFile(`${project}/${sed}`, ""),
        "a manifest that is no JSON": () => replaceFile(`${project}/${manifest}`, "{"),
        "all of them": () => Deno.removeSync(`${project}/results`, { recursive: true }),
      };
      for (const [name, damage] of Object.entries(damages)) {
        await test.step(name, async () => {
          damage();
          const { rebuilt } = await summary({ project, rebuildMissingOutputs: true });
          assert.deepEqual(
            rebuilt,
            name === "all of them" ? { written: 2, current: 0 } : { written: 1, current: 1 },
          );
          assert.deepEqual(
            { ...await outputsOf(project, "alpha"), ...await outputsOf(project, "beta") },
            before,
          );
          assert.deepEqual(provenanceOf(project, "alpha"), provenance);
        });
      }
      assert.deepEqual(bench.archive.requests, []);
      assert.deepEqual((await summary({ project, rebuildMissingOutputs: true })).rebuilt, {
        written: 0,
        current: 2,
      });
    },

  "summary() tells outputs that are current, changed or missing, and why": async (bench) => {
    const project = await bench.project("measured");
    const told = async () =>
      (await summary({ project })).sources.map(({ outputs, outputsReason }) => [outputs, outputsReason]);
    assert.deepEqual(await told(), [["current", null], ["current", null]]);
    const [alpha, beta] = [outputPaths("alpha"), outputPaths("beta")];
    Deno.removeSync(`${project}/${alpha.csv}`);
    const plot = Deno.readFileSync(`${project}/${beta.sed}`);
    plot[plot.length - 20]! ^= 1;
    replaceFile(`${project}/${beta.sed}`, plot);
    assert.deepEqual(await told(), [
      ["missing", `${alpha.csv} is missing`],
      ["stale", `${beta.sed} does not match its checksum`],
    ]);
    const { sources } = await summary({ project, rebuildMissingOutputs: true });
    assert.deepEqual(sources.map((source) => source.outputs), ["current", "current"]);
    const fresh = await summary({ project: await bench.project("calibrated") });
    assert.deepEqual(fresh.sources.map((source) => source.outputs), ["none", "none"]);
  },

  "summary() with rebuildMissingOutputs leaves a project alone that was never run": async (bench) => {
    const project = await bench.project("calibrated");
    const { rebuilt, sources } = await summary({ project, rebuildMissingOutputs: true });
    assert.deepEqual(rebuilt, { written: 0, current: 2 });
    assert.deepEqual(sources.map((source) => source.state), ["not_run", "not_run"]);
    assert.deepEqual(filesBelow(`${project}/results`), []);
  },

  "run() writes what is missing again without measuring, unless told not to": async (bench) => {
    const project = await bench.project("measured");
    const { csv } = outputPaths("alpha");
    Deno.removeSync(`${project}/${csv}`);
    const kept = await recordRun({ project, regenerateMissingOutputs: false });
    assert.deepEqual([kept.counts.published, exists(`${project}/${csv}`)], [0, false]);
    assert(
      filesBelow(`${project}/data/cutouts`).every((path) => path.startsWith("alpha/")),
      "its cutouts stay",
    );
    const { counts } = await recordRun({ project });
    assert.deepEqual([counts.published, counts.measured, exists(`${project}/${csv}`)], [1, 0, true]);
    assert.deepEqual(bench.archive.requests, []);
  },

  "run() says in the outputs of a source that no image covers it": async (bench) => {
    const project = await bench.project("measured");
    const config = { "discovery.collections": ["spherex_qr3"] };
    Deno.writeTextFileSync(`${project}/../catalog.csv`, "Name,RA_deg,DEC_deg\nnowhere,200.5,10.25\n");
    const { status, counts, plan } = await recordRun({ project, config, discover: true });
    assert.deepEqual([status, plan.items, counts.sources.complete, counts.published], ["success", 0, 1, 1]);
    const { csv, manifest } = outputPaths("nowhere");
    assert.equal(JSON.parse(Deno.readTextFileSync(`${project}/${manifest}`)).measurement_row_count, 0);
    assert(Deno.readTextFileSync(`${project}/${csv}`).startsWith("source_id,"));
    const { sources } = await summary({ project });
    assert.deepEqual(sources.map(({ sourceName, reason }) => [sourceName, reason]), [[
      "nowhere",
      "no image covers the source",
    ]]);
  },

  "run() with full QA draws every measurement once, draws again what is missing, and tells when the cutout is gone":
    async (
      bench,
      test,
    ) => {
      const project = await bench.project("measured");
      const options = {
        project,
        sourceNames: ["alpha"],
        qaLevel: "full" as const,
        cleanupCutouts: "never" as const,
      };
      const ids = queryProject(
        project,
        "SELECT measurement_id FROM measurements WHERE source_id = 'alpha' ORDER BY 1",
      )
        .map((row) => `${row["measurement_id"]}_qa.png`);
      const folder = `${project}/results/qa/alpha/measurements`;

      await test.step("all plots are drawn from the cutouts on disk", async () => {
        const { counts, events } = await recordRun(options);
        assert.deepEqual([counts.measured, counts.downloaded], [0, 0]);
        assert.deepEqual(plots(project, "alpha"), ids);
        assert.equal(eventsOf(events, "full_qa_written")[0]!.plots, ids.length);
      });
      const before = await checksumsBelow(folder);

      await test.step("a second run draws nothing", async () => {
        const { events, counts } = await recordRun(options);
        assert.deepEqual(eventsOf(events, "full_qa_written"), []);
        assert.equal(counts.outputsCurrent, 1);
      });

      await test.step("a missing and a tampered plot are drawn again, to the same bytes", async () => {
        Deno.removeSync(`${folder}/${ids[0]}`);
        const second = Deno.readFileSync(`${folder}/${ids[1]}`);
        second[second.length - 20]! ^= 1;
        replaceFile(`${folder}/${ids[1]}`, second);
        const { events, counts } = await recordRun(options);
        assert.equal(counts.measured, 0);
        assert.equal(eventsOf(events, "full_qa_written")[0]!.plots, 2);
        assert.deepEqual(await checksumsBelow(folder), before);
      });

      await test.step("cutouts go only once all plots are there", async () => {
        const { counts } = await recordRun({ ...options, cleanupCutouts: "success-after-source" });
        assert.equal(counts.deletedCutouts, ids.length);
      });

      await test.step("without a cutout the measurement stays valid and nothing is fetched for a plot", async () => {
        Deno.removeSync(`${folder}/${ids[0]}`);
        const { status, counts, events } = await recordRun(options);
        assert.deepEqual([status, counts.measured, counts.downloaded], ["success", 0, 0]);
        const [told] = eventsOf(events, "full_qa_missing_no_cutout");
        assert.deepEqual([told!.sourceName, told!.items], ["alpha", 1]);
        assert.match(told!.hint, /--force-photometry-rerun --qa-level full --cleanup-cutouts never/);
        assert.deepEqual(plots(project, "alpha"), ids.slice(1));
      });
      assert.deepEqual(bench.archive.requests, []);
    },
});
