import assert from "node:assert/strict";
import { OUTPUT_FILES } from "./run_steps.ts";
import type { TutorialStep } from "./tutorial_walk.ts";

/** The command of sections 10 and 12 that looks closely at one source. */
const DEBUG_RUN = `spxcutdb run \\
  --project ./project \\
  --source-name TDE_2025aarm \\
  --qa-level full \\
  --qa-workers 4 \\
  --cleanup-cutouts never \\
  --verbose`;

const PLOTS = "project/results/qa/TDE_2025aarm/measurements";

/** Sections 8 and 9: summary, rebuilding and update. */
export const SUMMARY_STEPS: readonly TutorialStep[] = [
  {
    about: "8 summary",
    command: "spxcutdb summary --project ./project",
    prints: [
      /^source +state +images +measured /,
      /\nTDE_2025aarm +complete +2 +2 /,
      /\nTotals +2 sources, 4 meas/,
    ],
  },
  {
    about: "8 summary --rebuild-missing-outputs rebuilds from the database alone",
    command: `spxcutdb summary \\
  --project ./project \\
  --rebuild-missing-outputs`,
    async before(walk) {
      await Deno.remove(walk.path("project/results/plots/TDE_2025aarm_sed.png"));
      await Deno.writeTextFile(walk.path("project/results/spectra/TDE_2026dmt.csv"), "tampered\n");
    },
    prints: [/^Rebuilt +2 written, 0 were current\n/],
    cutoutRequests: 0,
    async check(walk) {
      const outputs = await walk.files("project/results");
      for (const file of OUTPUT_FILES) assert(outputs.includes(`project/results/${file}`), file);
      assert.equal((await walk.rows("project/results/spectra/TDE_2026dmt.csv")).length, 2);
    },
  },
  {
    about: "9 run --update finds new images; one that arrives damaged is a failure and stays on disk",
    command: `spxcutdb run \\
  --project ./project \\
  --catalog input_catalog.csv \\
  --batch-config batch_config.example.yaml \\
  --update \\
  --download-missing \\
  --resume`,
    before(walk) {
      // As if one image had been published only now.
      const [newest] = walk.query(
        "SELECT product_id FROM matches WHERE source_id = 'TDE_2026dmt' ORDER BY product_id LIMIT 1",
      );
      for (const table of ["work_items", "measurements", "cleanup_ledger", "cutouts", "matches"]) {
        const which = table === "cleanup_ledger"
          ? `cutout_key IN (SELECT cutout_key FROM cutouts WHERE product_id = '${newest!["product_id"]}')`
          : `product_id = '${newest!["product_id"]}'`;
        walk.query(`DELETE FROM ${table} WHERE ${which}`);
      }
      walk.setFault("corrupt-header");
    },
    code: 1,
    prints: [
      /\nPlan +4 images of 2 sources: 3 current, 0 to measure, 1 to fetch/,
      /\nMeasured +0, 3 were current\n/,
    ],
    says: [
      /warning: TDE_2026dmt: cutout \w+ failed \(validation\)/,
      /hint: .*`spxcutdb summary .*--failed-only`/,
    ],
    async check(walk) {
      walk.setFault(undefined);
      const kept = await walk.files("project/data/quarantine");
      assert(kept.some((path) => path.endsWith(".fits")));
      assert(kept.some((path) => path.endsWith(".reason.json")));
      assert.deepEqual(await walk.files("project/data/cutouts"), []);
    },
  },
  {
    about: "12 summary --failed-only shows failed sources",
    command: "spxcutdb summary --project ./project --failed-only",
    prints: [/^source +state .*\nTDE_2026dmt +partial .*\n/, /\nTDE_2026dmt: 1 × validation \[/],
    check: (_walk, { stdout }) => assert.doesNotMatch(stdout, /TDE_2025aarm/),
  },
  {
    about: "12 the next run takes up what failed",
    command:
      "spxcutdb run --project ./project --catalog input_catalog.csv --batch-config batch_config.example.yaml --download-missing --resume",
    prints: [/\nMeasured +1, 3 were current\n/, /\nSources +2 complete, 0 partial, 0 failed\n/],
    cutoutRequests: 1,
    async check(walk) {
      assert.deepEqual(await walk.files("project/data/cutouts"), []);
    },
  },
];

/** Sections 10 to 12: full QA, logs, recovery. */
export const RECOVERY_STEPS: readonly TutorialStep[] = [
  {
    about: "10 full QA after cleanup: measurements stay valid, a hint instead of a download",
    command: DEBUG_RUN,
    prints: [/\nMeasured +0, 2 were current\n/],
    says: [
      /^Run \S+ of run, configuration /m,
      /^Plan: 2 images of 1 source: 2 current, /m,
      /^TDE_2025aarm: 2 full-QA plots cannot be made\. Their cutouts were cleaned up/m,
    ],
    cutoutRequests: 0,
  },
  {
    about: "10 the hint's command measures again and keeps the cutouts",
    command:
      "spxcutdb run --project ./project --source-name TDE_2025aarm --force-photometry-rerun --qa-level full --cleanup-cutouts never --verbose --max-download-workers 1",
    before: (walk) => Deno.remove(walk.path("project/results/spectra/TDE_2025aarm.csv")),
    prints: [/\nMeasured +2, 0 were current\n/, /\nCleanup +0 cutouts/],
    says: [
      /^TDE_2025aarm: cutout \w+ fetched, /m,
      /^TDE_2025aarm: \d\.\d+ um, \S+ ± \S+ uJy, /m,
      /^TDE_2025aarm: outputs written, 2 rows$/m,
      /^TDE_2025aarm: 2 full-QA plots written$/m,
    ],
    cutoutRequests: 2,
    async check(walk) {
      const names = walk.query(
        "SELECT measurement_id FROM measurements WHERE source_id = 'TDE_2025aarm' AND current = 1 ORDER BY 1",
      ).map((row) => `${PLOTS}/${row["measurement_id"]}_qa.png`);
      assert.deepEqual(await walk.files(PLOTS), names);
      const events = (await walk.events()).map(({ type }) => type);
      assert(events.indexOf("outputs_written") < events.indexOf("full_qa_written"));
    },
  },
  {
    about: "3 validate-cutouts checks the cutouts on disk",
    command: "spxcutdb validate-cutouts --project ./project",
    prints: [/^2 cutouts checked, 2 passed, 0 failed\n$/],
  },
  {
    about: "10 a missing full-QA plot is drawn from the cutout that is still there",
    command: DEBUG_RUN,
    async before(walk) {
      await Deno.remove(walk.path((await walk.files(PLOTS))[0]!));
    },
    says: [/^TDE_2025aarm: 1 full-QA plot written$/m],
    cutoutRequests: 0,
    check: async (walk) => assert.equal((await walk.files(PLOTS)).length, 2),
  },
  {
    about: "13 a valid cutout is measured without a download",
    command: "spxcutdb run --project ./project --source-name TDE_2025aarm --force-photometry-rerun",
    prints: [/\nPlan +2 images of 1 source: 0 current, 2 to measure, 0 to fetch/, /\nMeasured +2, /],
    cutoutRequests: 0,
    check: async (walk) => assert.deepEqual(await walk.files("project/data/cutouts"), []),
  },
  {
    about: "11 nohup with --no-progress",
    command: `nohup spxcutdb run \\
  --project ./project \\
  --catalog input_catalog.csv \\
  --batch-config batch_config.example.yaml \\
  --download-missing \\
  --resume \\
  --no-progress > run.out 2>&1 &`,
    async check(walk) {
      const output = await walk.read("run.out");
      assert.match(output, /^Run +\S+: success\n/);
      assert.doesNotMatch(output, /stage=|\r/);
    },
  },
  { about: "12 discover", command: "spxcutdb discover --project ./project --resume" },
  {
    about: "12 run after discovery",
    command: "spxcutdb run --project ./project --catalog input_catalog.csv --download-missing --resume",
    prints: [/\nMeasured +0, 4 were current\n/],
    cutoutRequests: 0,
  },
  {
    about: "12 run --discover",
    command:
      "spxcutdb run --project ./project --catalog input_catalog.csv --discover --download-missing --resume",
    prints: [/\nMeasured +0, 4 were current\n/],
    check: (walk) => assert.equal(walk.requests().sia, 0),
  },
  {
    about: "12 nothing is left to rebuild",
    command: "spxcutdb summary --project ./project --rebuild-missing-outputs",
    prints: [/^Rebuilt +0 written, 2 were current\n/],
  },
  {
    about: "12 nothing has failed",
    command: "spxcutdb summary --project ./project --failed-only",
    prints: [/^No source has failures\n/],
  },
  {
    about: "12 full diagnostics on one line",
    command:
      "spxcutdb run --project ./project --source-name TDE_2025aarm --qa-level full --qa-workers 4 --cleanup-cutouts never --verbose",
    cutoutRequests: 0,
  },
  {
    about: "12 calibration that is there is not fetched again",
    command: "spxcutdb calibration sync --project ./project --product required",
    prints: [/^6 calibration files ready, 0 fetched/],
  },
];
