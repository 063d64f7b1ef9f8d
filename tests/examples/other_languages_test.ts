import assert from "node:assert/strict";
import { exportTables } from "../../lib/workflow/export_tables.ts";
import { PROGRAM } from "../cluster/sharded_project.ts";
import { benchTests, exists, Workbench } from "../workflow/project_fixture.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url).pathname;
const PYTHON = Deno.env.get("SPXCUTDB_TEST_PYTHON");

async function call(program: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

benchTests("Examples in other languages", {
  "examples/shell/keep_current.sh measures what is new, exports, and is silent": async (bench) => {
    const project = await bench.project("calibrated");
    const script = `${EXAMPLES}shell/keep_current.sh`;
    const { code, stdout, stderr } = await call(script, [project], { SPXCUTDB: PROGRAM });
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
    assert(exists(`${project}/results/exports/spectra.vot`));
    const wrong = await call(script, [`${project}/none`], { SPXCUTDB: PROGRAM });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /error\[/);
  },
});

Deno.test({
  name: "examples/python/read_spectra.py reads spectra and channels with their units",
  ignore: PYTHON === undefined,
  fn: async () => {
    await using bench = await Workbench.open();
    const project = await bench.project("measured");
    const [spectra, binned] = [`${project}/spectra.ecsv`, `${project}/binned.parquet`];
    await exportTables({ project, format: "ecsv", output: spectra });
    await exportTables({ project, format: "parquet", table: "binned", output: binned });
    const { code, stdout, stderr } = await call(PYTHON!, [
      `${EXAMPLES}python/read_spectra.py`,
      spectra,
      binned,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^alpha: \d+ measured, \d+ recommended, median [-\d.]+ uJy, [\d.]+ um to [\d.]+ um$/m,
    );
    assert.match(stdout, /^beta: red over blue (nan|[-\d.]+)$/m);
  },
});
