import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { encodePng } from "../../../lib/plot/png.ts";
import { reportHtml, spectrumScript } from "../../../lib/outputs/report/report_html.ts";
import type { RunReport } from "../../../lib/outputs/report/run_report.ts";
import { reportSpectrum } from "../../../lib/outputs/report/spectrum_data.ts";
import { type BrowserPage, hasChromium, withBrowser } from "./chromium.ts";
import { exampleReport, HOSTILE_NAME, largeReport, reportRows } from "./example_report.ts";

const encoder = new TextEncoder();

/** Opens a report from the disk in a browser of its own. */
async function inBrowser(
  report: RunReport,
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (page: BrowserPage) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries({ ...files, "report.html": reportHtml(report) })) {
      await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
      await Deno.writeFile(
        join(folder, name),
        typeof content === "string" ? encoder.encode(content) : content,
      );
    }
    await withBrowser(async (page) => {
      await page.open(pathToFileURL(join(folder, "report.html")).href);
      await test(page);
      assert.deepEqual(page.complaints, []);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The picture of the one point that has one. */
const PICTURES = {
  [`results/qa/plain/measurements/${"f".repeat(64)}_qa.png`]: encodePng({
    width: 3,
    height: 2,
    rgba: new Uint8Array(24).fill(255),
  }),
};

const names = `[...document.querySelectorAll("tr.row th")].map((cell) => cell.firstChild.data)`;

Deno.test({
  name: "a report shows the source that is clicked and the point under the mouse, and filters",
  ignore: !hasChromium(),
  fn: () =>
    inBrowser(exampleReport({ resultsPath: "results" }), PICTURES, async (page) => {
      assert.equal(await page.evaluate("document.querySelector('#spectrum h2').textContent"), "Plain star");
      await page.mouse("tr[data-slug^=hostile] th", true);
      assert.equal(await page.evaluate("document.querySelector('#spectrum h2').textContent"), HOSTILE_NAME);
      assert.equal(await page.evaluate("document.querySelectorAll('img').length"), 0);
      assert.equal(await page.evaluate("globalThis.wasAttacked"), undefined);
      const points = await page.evaluate<number>(
        "document.querySelectorAll('.plot circle:not(.ring), .plot .arrow, .plot path.open').length",
      );
      assert(points > 40, `Only ${points} points are drawn`);

      await page.mouse("tr[data-slug=plain]", true);
      await page.mouse(".plot circle.open.b0");
      await page.until("!document.querySelector('.tip').hidden");
      const tip = await page.evaluate<string>("document.querySelector('.tip').textContent");
      assert.match(tip, /3\.3 \u00b5m/);
      assert.match(tip, /140 \u00b1 6\.25 \u00b5Jy {2}\(S\/N 22\.4\)/);
      assert.match(tip, /D4 {2}\u00b7 {2}2025W18_2B_0001_1 {2}\u00b7 {2}MJD 61067\.5546/);
      assert.match(tip, /Not recommended \(detected\)/);
      assert.match(tip, /SEVERE_IMAGE_FLAG Pixels with science-blocking flags/);
      assert.match(tip, /Image flags in the cutout: HOT, SOURCE/);

      await page.evaluate("document.querySelector('#filter-recommended').click()");
      assert.deepEqual(await page.evaluate(names), ["Plain star", HOSTILE_NAME]);
      assert.equal(await page.evaluate("document.querySelectorAll('.plot circle.open.b0').length"), 0);
      await page.type("#filter-name", "plain");
      assert.deepEqual(await page.evaluate(names), ["Plain star"]);
      assert.equal(await page.evaluate("document.querySelector('#shown').textContent"), "1 of 3 sources");
    }),
});

Deno.test({
  name: "points are left out by the quality of their fit and by a flag",
  ignore: !hasChromium(),
  fn: () =>
    inBrowser(exampleReport(), {}, async (page) => {
      const drawn =
        "document.querySelectorAll('.plot circle:not(.ring), .plot .arrow, .plot path.open').length";
      const choose = (id: string, set: string) =>
        page.evaluate(`(() => {
          const input = document.getElementById("${id}");
          ${set};
          input.dispatchEvent(new Event("change"));
        })()`);
      const all = await page.evaluate<number>(drawn);
      await choose("point-flag", "input.selectedIndex = 1");
      const withoutFlag = await page.evaluate<number>(drawn);
      assert(withoutFlag < all, `${withoutFlag} of ${all} points without a flag`);
      await choose("point-flag", "input.selectedIndex = 0");
      assert.equal(await page.evaluate<number>(drawn), all);
      await choose("point-fit", "input.value = '0'");
      assert.equal(await page.evaluate<number>(drawn), 0);
      await choose("point-fit", "input.value = ''");
      assert.equal(await page.evaluate<number>(drawn), all);
    }),
});

Deno.test({
  name: "a report writes its axis as the figures do, and cuts no table of a card",
  ignore: !hasChromium(),
  fn: () =>
    inBrowser(exampleReport(), {}, async (page) => {
      const written = "[2500, -12500, 0.25, 500, 999999, 2e7].map((n) => spxcutdbReport.axisNumber(n))";
      assert.deepEqual(
        await page.evaluate(written),
        ["2,500", "\u221212,500", "0.25", "500", "1,000,000", "2.000e+7"],
      );
      const cut =
        `[...document.querySelectorAll(".card .scroll")].filter((e) => e.scrollWidth > e.clientWidth).length`;
      assert.equal(await page.evaluate(cut), 0);
      const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      assert.equal(await page.evaluate(overflow), 0);
    }),
});

Deno.test({
  name: "a point under the mouse shows the picture of its cutout and fit, and stays when it is clicked",
  ignore: !hasChromium(),
  fn: () => {
    return inBrowser(exampleReport({ resultsPath: "results" }), PICTURES, async (page) => {
      await page.mouse(".plot circle.open.b0");
      await page.until("document.querySelector('.tip img').naturalWidth === 3");
      await page.mouse(".plot circle.open.b0", true);
      assert.match(await page.evaluate("document.querySelector('.pinned').textContent"), /measurement f{64}/);
      await page.until("document.querySelector('.pinned img').naturalWidth === 3");
    });
  },
});

Deno.test({
  name: "a report of 2,000 sources keeps few rows, sorts, and loads a spectrum when it is asked for",
  ignore: !hasChromium(),
  fn: () => {
    const script = (slug: string) => spectrumScript(slug, reportSpectrum(reportRows(5)));
    const files = {
      "report_data/source_1.js": script("source_1"),
      "report_data/source_2000.js": script("source_2000"),
    };
    return inBrowser(largeReport(2000), files, async (page) => {
      await page.until("document.querySelectorAll('.plot circle').length > 10");
      const rows = await page.evaluate<number>("document.querySelectorAll('tr.row').length");
      assert(rows > 10 && rows < 60, `${rows} rows stand in the table`);
      await page.mouse("th[data-key=bestSignalToNoise]", true);
      assert.equal((await page.evaluate<string[]>(names))[0], "Source 2000");
      await page.mouse("tr[data-slug=source_2000]", true);
      await page.until("document.querySelectorAll('.plot circle').length > 10");
      await page.type("#filter-snr", "1990");
      assert.equal(
        await page.evaluate("document.querySelector('#shown').textContent"),
        "10 of 2000 sources",
      );
      const started = await page.evaluate<number>("performance.now()");
      await page.evaluate("document.querySelector('#filter-recommended').click()");
      const took = await page.evaluate<number>("performance.now()") - started;
      assert(took < 2000, `Filtering took ${took} ms`);
      assert.equal((await page.evaluate<string[]>(names)).length, 8);
    });
  },
});
