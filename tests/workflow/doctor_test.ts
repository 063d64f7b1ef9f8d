import assert from "node:assert/strict";
import { doctor } from "../../lib/workflow/doctor/doctor.ts";
import type { DoctorCheck } from "../../lib/workflow/doctor/check.ts";
import { acquireProjectLock } from "../../lib/files/project_lock.ts";
import { benchTests, checksumsBelow, exists, queryProject, writeCatalog } from "./project_fixture.ts";

/** Name and status of what is not as it should be. */
function trouble(checks: readonly DoctorCheck[]): string[] {
  return checks.filter(({ status }) => status !== "ok").map(({ name, status }) => `${name}: ${status}`);
}

benchTests("doctor()", {
  "finds nothing in a sound project, and changes nothing": async (bench) => {
    const project = await bench.project("measured");
    const before = await checksumsBelow(`${project}/results`);
    const { healthy, checks } = await doctor({ project });
    assert.deepEqual([healthy, trouble(checks)], [true, []]);
    const { host } = new URL(bench.archive.urls.origin);
    assert(checks.some(({ name, finding }) => name === host && /^answers after/.test(finding)));
    assert.match(checks.find(({ name }) => name === "versions")!.finding, /Deno \d.*SQLite \d/);
    assert.match(checks.find(({ name }) => name === "clock")!.finding, /^\d+ s (before|behind)/);
    assert.deepEqual(await checksumsBelow(`${project}/results`), before);
    assert(!exists(`${project}/data/.doctor`));
  },

  "asks nobody when it is to be offline": async (bench) => {
    const project = await bench.project("measured");
    const { healthy, checks } = await doctor({ project, offline: true });
    assert.deepEqual([healthy, trouble(checks)], [true, ["hosts: skipped"]]);
    assert.deepEqual(bench.archive.requests, []);
  },

  "names each thing that is wrong, with what to do": async (bench, test) => {
    const cases: Record<string, readonly [(project: string) => Disposable | void, string]> = {
      "a missing calibration file": [(project) => {
        const [{ path }] = queryProject(
          project,
          "SELECT relative_path AS path FROM calibration_products LIMIT 1",
        ) as [
          { path: string },
        ];
        Deno.removeSync(`${project}/${path}`);
      }, "calibration files: failed"],
      "a missing cutout": [(project) => {
        const [{ path }] = queryProject(project, "SELECT local_path AS path FROM cutouts LIMIT 1") as [
          { path: string },
        ];
        Deno.removeSync(`${project}/${path}`);
      }, "cutouts: warning"],
      "a missing output": [
        (project) => Deno.removeSync(`${project}/results/spectra/alpha.csv`),
        "outputs: failed",
      ],
      "a broken catalog": [(project) => writeCatalog(project, "Name\nalpha\n"), "configuration: failed"],
      "a run at work": [(project) => acquireProjectLock(project, "run"), "lock: warning"],
    };
    for (const [name, [break_, expected]] of Object.entries(cases)) {
      await test.step(name, async () => {
        const project = await bench.project("measured");
        using _held = break_(project) ?? { [Symbol.dispose]() {} };
        const { checks, healthy } = await doctor({ project, offline: true });
        assert.deepEqual(trouble(checks), [expected, "hosts: skipped"]);
        assert.equal(healthy, !expected.endsWith("failed"));
        const hint = checks.find((check) => trouble([check])[0] === expected)!.hint!;
        assert.match(hint, /spxcutdb|Wait/);
      });
    }
  },

  "tells of hosts that do not answer": async (bench) => {
    const project = await bench.project("measured");
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = closed.addr;
    closed.close();
    const config = { "discovery.sia_endpoint": `http://127.0.0.1:${port}/SIA` };
    const { healthy, checks } = await doctor({ project, config });
    assert.deepEqual([healthy, trouble(checks)], [false, [`127.0.0.1:${port}: failed`]]);
    assert.match(checks.find(({ status }) => status === "failed")!.finding, /^does not answer: /);
  },
});
