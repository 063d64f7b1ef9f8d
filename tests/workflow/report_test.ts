import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { writeReport } from "../../lib/workflow/report.ts";
import { benchTests, filesBelow, queryProject, recordRun } from "./project_fixture.ts";

/** The data that a page carries. */
interface PageData {
  readonly sources: { readonly name: string[]; readonly measured: number[]; readonly sparkline: string[] };
  readonly spectra: Record<string, { readonly wavelength: number[] }> | null;
  readonly resultsPath: string;
  readonly dataFolder: string;
}

function dataOf(path: string): PageData {
  const html = Deno.readTextFileSync(path);
  const text = /<script type="application\/json" id="report-data">([^]*?)<\/script>/.exec(html)![1]!;
  return JSON.parse(text) as PageData;
}

function measurements(project: string, sourceId: string): number {
  const sql = "SELECT count(*) AS n FROM measurements WHERE current = 1 AND source_id = ?";
  return Number(queryProject(project, sql, sourceId)[0]!["n"]);
}

benchTests("reports", {
  "a run leaves one of what was found and measured, and tells where": async (bench) => {
    const project = await bench.project("calibrated");
    const { events, reportPath, runId } = await recordRun({ project, cleanupCutouts: "never" });
    assert.equal(reportPath, `${project}/runs/${runId}/report.html`);
    const told = events.find((event) => event.type === "report_written");
    assert.deepEqual(told, { type: "report_written", path: reportPath, sources: 2, dataFiles: 0 });
    const { sources, spectra, resultsPath } = dataOf(reportPath!);
    assert.deepEqual(sources.name, ["alpha", "beta"]);
    const counts = ["alpha", "beta"].map((name) => measurements(project, name));
    assert.deepEqual(sources.measured, counts);
    assert.deepEqual(["alpha", "beta"].map((name) => spectra![name]!.wavelength.length), counts);
    assert((await stat(`${project}/runs/${runId}/${resultsPath}/spectra/alpha.csv`)).size > 0);
    // Without the places where names may break.
    const html = Deno.readTextFileSync(reportPath!).replaceAll("<wbr>", "");
    assert.match(html, new RegExp(new URL(bench.archive.urls.origin).host));
    assert.match(html, /<td>measure<\/td>/);
    assert.match(html, /spherex\.detectors<\/code><\/td><td><code>\[2,5\]<\/code>/);
  },

  "a dry run leaves none": async (bench) => {
    const project = await bench.project("calibrated");
    const { reportPath, events } = await recordRun({ project, dryRun: true });
    assert.equal(reportPath, null);
    assert.equal(events.some((event) => event.type === "report_written"), false);
  },

  "writeReport() tells of the project as it is, with the latest run's traffic": async (bench) => {
    const project = await bench.project("measured");
    const { path } = await writeReport({ project });
    assert.equal(path, `${project}/results/report.html`);
    assert.equal(dataOf(path).resultsPath, ".");
    assert.match(Deno.readTextFileSync(path), /id="hosts"/);
  },

  "writeReport() splits the spectra of a large project into files beside the page": async (bench) => {
    const project = await bench.project("measured");
    const folder = bench.folder();
    const written = await writeReport({ project, output: `${folder}/page.html`, inlineMeasurements: 3 });
    assert.deepEqual(written, {
      path: `${folder}/page.html`,
      sources: 2,
      dataFiles: 2,
      isUnchanged: false,
    });
    const { spectra, dataFolder } = dataOf(written.path);
    assert.equal(spectra, null);
    assert.equal(dataFolder, "page_data");
    const [alpha, beta] = filesBelow(`${folder}/page_data`);
    assert.match(alpha!, /^alpha\.[0-9a-f]{12}\.js$/);
    assert.match(beta!, /^beta\./);
    assert.match(
      Deno.readTextFileSync(`${folder}/page_data/${alpha}`),
      /^spxcutdbReport\.received\("alpha",\{/,
    );
  },

  "writeReport() writes nothing when there is nothing new to say, and only what is": async (bench) => {
    const project = await bench.project("measured");
    const folder = bench.folder();
    const output = `${folder}/page.html`;
    const write = () => writeReport({ project, output, inlineMeasurements: 3 });
    const times = () =>
      ["page.html", ...filesBelow(`${folder}/page_data`).map((name) => `page_data/${name}`)]
        .map((name) => [name, Deno.statSync(`${folder}/${name}`).mtime!.getTime()] as const);
    assert.equal((await write()).isUnchanged, false);
    const first = times();
    assert.equal((await write()).isUnchanged, true);
    assert.deepEqual(times(), first);
    queryProject(project, "UPDATE measurements SET current = 0 WHERE source_id = 'alpha'");
    assert.equal((await write()).isUnchanged, false);
    const names = times().map(([name]) => name);
    assert.equal(names.filter((name) => name.startsWith("page_data/alpha.")).length, 2);
    assert.equal(names.filter((name) => name.startsWith("page_data/beta.")).length, 1);
  },

  "writeReport() of a project without any work has little to say, and says it": async (bench) => {
    const project = await bench.project("new");
    const { path } = await writeReport({ project });
    assert.match(Deno.readTextFileSync(path), /All values|differs from the defaults/);
  },
});
