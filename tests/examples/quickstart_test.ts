import assert from "node:assert/strict";
import { quickstart } from "../../examples/quickstart.ts";

Deno.test("the quickstart goes from the catalog to spectra", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lines = await quickstart(folder);
    const spectrum = await Deno.readTextFile(`${folder}/project/results/spectra/TDE_2025aarm.csv`);
    assert(spectrum.split("\n").length > 10, "The spectrum has too few rows");
    assert(lines.some((line) => /^TDE_2026dmt: \d+ rows for science/.test(line)), lines.join("\n"));
    assert(
      lines.some((line) => /^(partial_)?success: \d+ measured, \d+ cutouts cleaned up/.test(line)),
      lines.join("\n"),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the quickstart stops when it is told to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const reason = new DOMException("Enough", "AbortError");
    await assert.rejects(quickstart(folder, AbortSignal.abort(reason)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
