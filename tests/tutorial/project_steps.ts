import assert from "node:assert/strict";
import type { TutorialStep } from "./tutorial_walk.ts";

/** Sections 1 to 3: catalog, project, validation. */
export const PROJECT_STEPS: readonly TutorialStep[] = [
  {
    about: "2 init makes the project",
    command: `spxcutdb init \\
  --project ./project \\
  --catalog input_catalog.csv \\
  --target-id-column Name`,
    prints: [/Catalog +\S+input_catalog\.csv, 2 targets/],
    says: [/hint: .*`spxcutdb discover --project \S+ --resume`/],
    async check(walk) {
      for (const folder of ["data/cutouts", "cache", "results", "logs"]) {
        assert((await Deno.stat(walk.path(`project/${folder}`))).isDirectory, folder);
      }
      assert.deepEqual(await walk.files("project"), [
        "project/db/cutoutdb.sqlite",
        "project/spherex_cutoutdb.yaml",
      ]);
      const yaml = await walk.read("project/spherex_cutoutdb.yaml");
      assert.match(yaml, /source_id_column: Name\n[^\n]+\n +source_name_column: Name\n/);
      assert.match(yaml, /\n {2}default_size_arcsec: 60\n/);
      await walk.pointAtArchive();
    },
  },
  {
    about: "3 config show --effective --hash prints paths, limits and hash",
    command: "spxcutdb config show --project ./project --effective --hash",
    prints: [
      /\n# config_hash: [0-9a-f]{64}\n/,
      /\n# {3}database: \/\S+\/project\/db\/cutoutdb\.sqlite\n/,
      /\n# {3}catalog: \/\S+\/input_catalog\.csv\n/,
      /\n# {3}fit_workers: \d+\n/,
      /\ncleanup:\n {2}cutouts: success-after-source\n {2}keep_failed_cutouts: true\n/,
    ],
  },
  {
    about: "3 config show --format json",
    command: "spxcutdb config show --project ./project --effective --format json",
    check: (_walk, { stdout }) => assert.equal(JSON.parse(stdout).runtime.max_live_cutout_gb, 10),
  },
  {
    about: "3 config validate",
    command: "spxcutdb config validate --project ./project",
    prints: [/^The configuration is valid\nconfig_hash: [0-9a-f]{64}\n$/],
  },
  {
    about: "3 config diff",
    command: "spxcutdb config diff --project ./project --against-defaults",
    prints: [/^catalog\.path: "input_catalog\.csv" -> "\.\.\/input_catalog\.csv" {2}\(project\)\n/],
  },
  {
    about: "3 config diff --format json",
    command: "spxcutdb config diff --project ./project --against-defaults --format json",
    check(_walk, { stdout }) {
      const { differences } = JSON.parse(stdout) as { differences: { key: string }[] };
      assert(differences.some(({ key }) => key === "discovery.sia_endpoint"));
    },
  },
  {
    about: "3 config defaults",
    command: "spxcutdb config defaults --format yaml",
    prints: [/\n {2}# Cutouts in transfer at once[^\n]*\n {2}max_download_workers: 32\n/],
  },
  {
    about: "3 validate checks project and catalog",
    command: `spxcutdb validate \\
  --project ./project \\
  --catalog input_catalog.csv`,
    prints: [
      /\nConfig +valid, [0-9a-f]{64}\n/,
      /: 2 targets, 0 warnings\n/,
      /\nDatabase +sound\n/,
      /\nLimits +/,
    ],
  },
  {
    about: "3 validate-cutouts",
    command: "spxcutdb validate-cutouts --project ./project",
    prints: [/^0 cutouts/],
  },
  {
    about: "3 validate --path",
    command: "spxcutdb validate --project ./project --path project/data/cutouts",
    prints: [/^0 cutouts checked, 0 passed, 0 failed\n$/],
  },
  {
    about: "3 a key that does not exist is an error that names the right one",
    command: "spxcutdb config validate --project ./project --batch-config wrong_batch.yaml",
    before: (walk) => Deno.writeTextFile(walk.path("wrong_batch.yaml"), "runtime:\n  max_fit_worker: 4\n"),
    code: 3,
    says: [
      /^error\[config\/unknown-key\]: wrong_batch\.yaml:2:3: Unknown key runtime\.max_fit_worker\n/,
      /\nhint: Did you mean runtime\.max_fit_workers\?\n$/,
    ],
  },
  {
    about: "3 validate refuses a folder outside of the project",
    command: "spxcutdb validate --project ./project --batch-config unsafe_batch.yaml",
    before: (walk) =>
      Deno.writeTextFile(walk.path("unsafe_batch.yaml"), "project:\n  data_root: ../elsewhere\n"),
    code: 3,
    says: [/^error\[config\/invalid-value\]: .*project\.data_root.*expected a path inside the project/],
  },
  {
    about: "3 validate refuses limits that contradict each other",
    command: "spxcutdb validate --project ./project --batch-config odd_batch.yaml",
    before: (walk) =>
      Deno.writeTextFile(
        walk.path("odd_batch.yaml"),
        "cutouts:\n  min_size_arcsec: 90\n  max_size_arcsec: 80\n",
      ),
    code: 3,
    says: [/^error\[config\/inconsistent\]: /],
  },
  {
    about: "3 validate tells all that is wrong with a catalog, with lines",
    command: "spxcutdb validate --project ./project --catalog wrong_catalog.csv",
    before: (walk) =>
      Deno.writeTextFile(
        walk.path("wrong_catalog.csv"),
        "Name,RA_deg,DEC_deg\nA,10,20\nA,11,21\nB,NaN,0\nC,10,95\n",
      ),
    code: 3,
    says: [/wrong_catalog\.csv:3: /, /wrong_catalog\.csv:4: /, /wrong_catalog\.csv:5: /],
  },
];
