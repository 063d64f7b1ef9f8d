import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { drawFigures, FIGURE_KINDS } from "../../lib/workflow/draw_figures.ts";
import { benchTests, checksumsBelow, filesBelow } from "./project_fixture.ts";

benchTests("drawFigures()", {
  "draws every kind as SVG and PNG, the same bytes each time": async (bench) => {
    const project = await bench.project("measured");
    const counts = { sed: 2, qa: 2, light_curve: 2, overview: 1, sky: 1 };
    for (const kind of FIGURE_KINDS) {
      const { figures, files } = await drawFigures({ project, kind, scale: "log", binned: true });
      assert.equal(figures, counts[kind], kind);
      for (const file of files) assert.ok(Deno.statSync(file).size > 1000, file);
    }
    const folder = `${project}/results/figures`;
    assert.equal(filesBelow(folder).length, 16);
    const before = await checksumsBelow(folder);
    for (const kind of FIGURE_KINDS) await drawFigures({ project, kind, scale: "log", binned: true });
    assert.deepEqual(await checksumsBelow(folder), before);
  },

  "names corrections in the figure": async (bench) => {
    const project = await bench.project("measured");
    const corrections = { barycentric: true, extinction: { colorExcess: 0.1 } };
    const { files } = await drawFigures({ project, kind: "sed", sourceNames: ["alpha"], corrections });
    assert.match(Deno.readTextFileSync(files[0]!), /barycentric, dereddened/);
  },

  "draws sources without measurements, and knows no unknown ones": async (bench) => {
    const project = await bench.project("discovered");
    for (const kind of FIGURE_KINDS) await drawFigures({ project, kind });
    assert.match(Deno.readTextFileSync(`${project}/results/figures/alpha_sed.svg`), /No measurements/);
    await assert.rejects(
      drawFigures({ project, kind: "sed", sourceNames: ["gamma"] }),
      (error) => isTaggedError(error, "catalog"),
    );
  },
});
