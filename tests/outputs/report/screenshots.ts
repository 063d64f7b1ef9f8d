/**
 * Makes the pictures of the README: `deno task screenshots`. Needs Chromium.
 *
 * The two example targets are measured on the synthetic sky of the demo, with full QA; then come the spectrum, the light
 * curve, and the report with the mouse over a point.
 */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { standInConfig } from "../../../lib/cli/commands/archive.ts";
import { startStandInArchive } from "../../../lib/simulator/stand_in_archive.ts";
import { syncCalibrations } from "../../../lib/workflow/calibrations.ts";
import { discover } from "../../../lib/workflow/discover.ts";
import { drawFigures } from "../../../lib/workflow/draw_figures.ts";
import { init } from "../../../lib/workflow/init.ts";
import { run } from "../../../lib/workflow/run.ts";
import { withBrowser } from "./chromium.ts";

const EXAMPLES = decodeURIComponent(new URL("../../../examples", import.meta.url).pathname);
const SOURCE = "TDE_2025aarm";
/** A point in the middle of the spectrum, so that its picture has room. */
const POINT = "document.querySelectorAll('.plot circle.science.b3')[20]";

/** Measures the example targets below a folder; returns the project and its report. */
async function measuredProject(folder: string): Promise<{ project: string; report: string }> {
  await using archive = await startStandInArchive({ seed: 1 });
  const project = `${folder}/tde_survey`;
  await init({ project, catalog: `${EXAMPLES}/input_catalog.csv`, config: standInConfig(archive.urls) });
  await discover({ project });
  await syncCalibrations({ project });
  const { reportPath } = await run({ project, qaLevel: "full", qaColorbars: true });
  return { project, report: reportPath! };
}

/** Runs in the page: the temporary folder gets a name that means something. */
const inPublic = `(name) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement.tagName === "SCRIPT") continue;
    node.data = node.data.replaceAll("/tmp/" + name, "/data").replaceAll(name, "data");
  }
}`;

/** Takes a picture of a report with the mouse over a point. */
async function pictureOfReport(report: string, folderName: string): Promise<Uint8Array> {
  let picture = new Uint8Array();
  await withBrowser(async (page) => {
    await page.open(pathToFileURL(report).href);
    await page.until("document.querySelectorAll('.plot circle').length > 10");
    await page.evaluate(`(${inPublic})(${JSON.stringify(folderName)})`);
    await page.evaluate(`${POINT}.id = "shown-point"`);
    await page.mouse("#shown-point");
    await page.until("(document.querySelector('.tip img')?.naturalWidth ?? 0) > 0");
    const { data } = await page.send("Page.captureScreenshot", { format: "png" });
    picture = Uint8Array.fromBase64(String(data));
  });
  return picture;
}

const folder = await Deno.makeTempDir();
try {
  const { project, report } = await measuredProject(folder);
  await Deno.copyFile(`${project}/results/plots/${SOURCE}_sed.png`, `${EXAMPLES}/${SOURCE}_sed.png`);
  const { files } = await drawFigures({ project, kind: "light_curve", sourceNames: [SOURCE] });
  await Deno.copyFile(files.find((file) => file.endsWith(".png"))!, `${EXAMPLES}/${SOURCE}_light_curve.png`);
  await Deno.writeFile(`${EXAMPLES}/report.png`, await pictureOfReport(report, basename(folder)));
} finally {
  await Deno.remove(folder, { recursive: true });
}
