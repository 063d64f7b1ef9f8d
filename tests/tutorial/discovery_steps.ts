import assert from "node:assert/strict";
import type { TutorialStep } from "./tutorial_walk.ts";

/** The command of sections 5 and 6 that a batch is run with. */
export const BATCH_RUN = `spxcutdb run \\
  --project ./project \\
  --catalog input_catalog.csv \\
  --batch-config batch_config.example.yaml \\
  --download-missing \\
  --resume \\
  --cleanup-cutouts success-after-source`;

/** Sections 4 and 5: discovery and batch configurations. */
export const DISCOVERY_STEPS: readonly TutorialStep[] = [
  {
    about: "6 a run before discovery fails with the command to run",
    command: BATCH_RUN,
    code: 4,
    says: [
      /^error\[discovery\/missing\]: /,
      /hint: Run `spxcutdb discover --project \S+ --resume`, or `spxcutdb run` with --discover\n$/,
    ],
    cutoutRequests: 0,
  },
  {
    about: "4 discover stores the matches",
    command: `spxcutdb discover \\
  --project ./project \\
  --resume`,
    prints: [/^2 sources, 0 asked before, 0 failed\n\d+ images in the answers, \d+ new\n$/],
    check(walk) {
      assert(walk.requests().sia > 0);
      const matches = walk.query("SELECT source_id, count(*) AS n FROM matches GROUP BY 1 ORDER BY 1");
      assert.deepEqual(matches.map((row) => row["source_id"]), ["TDE_2025aarm", "TDE_2026dmt"]);
      assert(matches.every((row) => Number(row["n"]) === 2));
    },
  },
  {
    about: "4 discover refuses --catalog",
    command: "spxcutdb discover --project ./project --resume --catalog input_catalog.csv",
    code: 2,
    says: [
      /^error\[usage\/unknown-option\]: `spxcutdb discover` has no option --catalog\n/,
      /hint: .*`spxcutdb init --project DIR --catalog FILE`.*`spxcutdb config validate --project DIR`\n$/,
    ],
  },
  {
    about: "4 discover --resume asks nothing twice",
    command: "spxcutdb discover --project ./project --resume --limit-sources 5",
    prints: [/^2 sources, 2 asked before, 0 failed\n0 images/],
    check: (walk) => assert.equal(walk.requests().sia, 0),
  },
  {
    about: "4 discover --limit-sources",
    command: "spxcutdb discover --project ./project --limit-sources 1",
    prints: [/^1 source, 0 asked before, 0 failed\n\d+ images in the answers, 0 new\n$/],
  },
  {
    about: "5 config show with a batch configuration",
    command:
      "spxcutdb config show --project ./project --batch-config batch_config.example.yaml --effective --hash",
    prints: [
      /\n {2}max_fit_workers: 4 # batch\n/,
      /\n {2}code_version: \S+ # project\n/,
      /\n {2}concurrency: 4096\n/,
    ],
  },
  {
    about: "5 config validate with a batch configuration",
    command: "spxcutdb config validate --project ./project --batch-config batch_config.example.yaml",
    prints: [/^The configuration is valid\n/],
  },
  {
    about: "5 config diff with a batch configuration",
    command:
      "spxcutdb config diff --project ./project --batch-config batch_config.example.yaml --against-defaults",
    prints: [/\nruntime\.max_source_workers: 64 -> 1 {2}\(batch\)\n/, /catalog\.path: .*\(project\)\n/],
  },
  {
    about: "6 a run without calibration marks its items, fetches nothing and fails with the command to run",
    command: BATCH_RUN,
    code: 4,
    says: [
      /^error\[calibration\/missing\]: /,
      /hint: Run `spxcutdb calibration sync --project \S+ --product required`, or run again with --sync-calibration\n$/,
    ],
    cutoutRequests: 0,
    check(walk) {
      const states = walk.query("SELECT DISTINCT state FROM work_items").map((row) => row["state"]);
      assert.deepEqual(states, ["calibration_missing"]);
    },
  },
  {
    about: "6 calibration sync fetches what the images need",
    command: "spxcutdb calibration sync --project ./project --product required",
    // The two maps of each release, and the PSF that need not come with every cutout then.
    prints: [/^6 calibration files ready, 6 fetched \(\S+ MB\), 0 failed\n$/],
    async check(walk) {
      const files = await walk.files("project/cache/calibrations");
      assert.deepEqual(files.map((path) => path.split("/").slice(3, 5).join(" ")), [
        "QR2 average_psf",
        "QR2 solid_angle_pixel_map",
        "QR2 spectral_wcs",
        "QR3 epsf",
        "QR3 solid_angle_pixel_map",
        "QR3 spectral_wcs",
      ]);
    },
  },
];
