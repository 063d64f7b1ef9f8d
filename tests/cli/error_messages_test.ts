import assert from "node:assert/strict";
import { acquireProjectLock } from "../../lib/files/project_lock.ts";
import { init } from "../../lib/workflow/init.ts";
import { runProgram, TestFolder } from "./run_program.ts";

const CATALOG = "Name,RA_deg,DEC_deg\nA,10,20\nB,30,40\n";
const BAD_CATALOG = "Name,RA_deg,DEC_deg\nA,1,2\nA,3,4\nB,400,1\n,1,1\nC,12:75:00,x\n";

interface Case {
  readonly about: string;
  readonly args: string;
  readonly code: number;
}

const CASES: readonly Case[] = [
  { about: "a command that does not exist", args: "frobnicate", code: 2 },
  { about: "a command that is misspelt", args: "sumary --project p", code: 2 },
  { about: "a command below a command that is misspelt", args: "config sho", code: 2 },
  { about: "an option that is misspelt", args: "run --projet p", code: 2 },
  { about: "an option that does not exist", args: "run --project p --gpu", code: 2 },
  { about: "an option before the command", args: "--project p run", code: 2 },
  { about: "an option of another command", args: "discover --project p --catalog catalog.csv", code: 2 },
  { about: "an option without its value", args: "run --project", code: 2 },
  { about: "an argument too many", args: "run p", code: 2 },
  { about: "an argument too few", args: "inspect", code: 2 },
  { about: "a number that is none", args: "run --project p --max-fit-workers two", code: 2 },
  { about: "a number that is too small", args: "discover --project p --limit-sources 0", code: 2 },
  { about: "a word that is none of the choices", args: "run --project p --qa-level ful", code: 2 },
  {
    about: "a cleanup policy that does not exist",
    args: "run --project p --cleanup-cutouts always",
    code: 2,
  },
  { about: "detectors that do not exist", args: "calibration sync --project p --detectors 5,7", code: 2 },
  {
    about: "a calibration product that is misspelt",
    args: "calibration sync --project p --product spectral_wsc",
    code: 2,
  },
  { about: "an export without a format", args: "export --project p", code: 2 },
  { about: "an export in a format that is misspelt", args: "export --project p --format votabel", code: 2 },
  {
    about: "an export of unbinned spectra without their outliers",
    args: "export --project p --format csv --clip-sigma 5",
    code: 2,
  },
  {
    about: "an export of sources without extinction",
    args: "export --project p --format csv --table sources --extinction 0.1",
    code: 2,
  },
  { about: "a comparison with what is no table", args: "compare --project p key.yaml", code: 2 },
  { about: "a comparison with what is no spectrum", args: "compare --project p catalog.csv", code: 2 },
  { about: "a comparison without measurements", args: "compare --project p irsa.csv", code: 2 },
  { about: "a project that is there already", args: "init --project p --catalog catalog.csv", code: 2 },
  { about: "a project that does not exist", args: "summary --project nowhere", code: 4 },
  { about: "a catalog that does not exist", args: "init --project q --catalog nowhere.csv", code: 3 },
  { about: "a catalog with several errors", args: "validate --project p --catalog bad.csv", code: 3 },
  { about: "a catalog with other columns", args: "init --project q --catalog columns.csv", code: 3 },
  {
    about: "a configuration key that does not exist",
    args: "config validate --project p --batch-config key.yaml",
    code: 3,
  },
  {
    about: "configuration values that cannot be",
    args: "run --project p --batch-config value.yaml",
    code: 3,
  },
  {
    about: "a configuration that is no YAML",
    args: "config show --project p --batch-config broken.yaml",
    code: 3,
  },
  {
    about: "a batch configuration that does not exist",
    args: "run --project p --batch-config nowhere.yaml",
    code: 3,
  },
  { about: "a source that does not exist", args: "run --project p --source-name Nobody", code: 3 },
  { about: "a run before discovery", args: "run --project p", code: 4 },
  { about: "a file that does not exist", args: "inspect nowhere.fits", code: 3 },
  { about: "a file that is neither FITS nor VOTable", args: "inspect catalog.csv", code: 2 },
];

async function makeProject(folder: TestFolder): Promise<void> {
  await folder.write("catalog.csv", CATALOG);
  await folder.write("bad.csv", BAD_CATALOG);
  await folder.write("irsa.csv", "ra,dec,lambda,flux,flux_err\n10,20,1.5,100,1\n");
  await folder.write("columns.csv", "id,ra,DEC_deg\nA,10,20\n");
  await folder.write("key.yaml", "runtime:\n  max_fit_worker: 4\nclenup:\n  cutouts: never\n");
  await folder.write(
    "value.yaml",
    "runtime:\n  max_fit_workers: many\ncutouts:\n  default_size_arcsec: -5\n",
  );
  await folder.write("broken.yaml", "runtime: [1\n");
  await init({ project: `${folder.path}/p`, catalog: `${folder.path}/catalog.csv` });
}

Deno.test("What the program says when something is wrong, and its exit codes", async (t) => {
  await using folder = new TestFolder();
  await makeProject(folder);
  for (const { about, args, code } of CASES) {
    await t.step(about, async (step) => {
      const result = await runProgram(args.split(" ").filter(Boolean), { cwd: folder.path });
      assert.equal(result.stdout, "");
      assert.equal(result.code, code, result.stderr);
      await step.assertSnapshot(folder.masked(`$ spxcutdb ${args}\n${result.stderr}`));
    });
  }
});

Deno.test("A project that another process works on is told with exit code 7", async (t) => {
  await using folder = new TestFolder();
  await makeProject(folder);
  using _lock = acquireProjectLock(`${folder.path}/p`, "run");
  const { code, stderr } = await runProgram(["discover", "--project", "p"], { cwd: folder.path });
  assert.equal(code, 7);
  await t.assertSnapshot(folder.masked(stderr));
  // Reading goes on meanwhile.
  assert.equal((await runProgram(["summary", "--project", "p"], { cwd: folder.path })).code, 0);
});

Deno.test("Errors with --json are one document on stdout and text on stderr", async (t) => {
  await using folder = new TestFolder();
  await makeProject(folder);
  const commands = [
    "runn --json",
    "run --projet p --json",
    "config validate --project p --batch-config key.yaml --json",
    "validate --project p --catalog bad.csv --json",
    "run --project p --json",
  ];
  for (const args of commands) {
    const { stdout, stderr } = await runProgram(args.split(" "), { cwd: folder.path });
    const document = JSON.parse(folder.masked(stdout));
    assert.deepEqual(Object.keys(document), ["schema_version", "error"]);
    assert.deepEqual(Object.keys(document.error), ["code", "message", "context", "hint", "cause"]);
    assert(stderr.startsWith(`error[${document.error.code}]: `));
    await t.step(args, (step) => step.assertSnapshot(document));
  }
});
