import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseHTML } from "linkedom";
import { breakableHtml, escapeHtml, pathLink, scriptJson } from "../../../lib/outputs/report/html_text.ts";
import { reportHtml, spectrumScript } from "../../../lib/outputs/report/report_html.ts";
import { STATIC_SOURCES } from "../../../lib/outputs/report/source_table.ts";
import { exampleReport, HOSTILE_NAME, largeReport } from "./example_report.ts";

// The package's types name the browser's document; the part used here is small.
interface Element {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Element[];
}

function page(html: string): { all: (selector: string) => Element[]; text: (selector: string) => string } {
  const { document } = parseHTML(html) as unknown as { document: Element };
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  return { all, text: (selector) => all(selector).map((element) => element.textContent).join(" ") };
}

Deno.test("reportHtml() can be read without scripts", () => {
  const { all, text } = page(reportHtml(exampleReport()));
  assert.match(text("header"), /partial success/);
  assert.match(text("header"), /2026-01-02 03:00:05 UTC/);
  assert.match(text("#bands"), /D3.*1\.63\u20132\.42.*100.*80.*60/);
  assert.match(text("#flags"), /SEVERE_IMAGE_FLAG12Pixels are bad/);
  assert.match(text("#flags"), /WAVELENGTH_FALLBACK3The wavelength is rough \(does not block science\)/);
  assert.match(text("#failures"), /2 \u00d7 download net\/stalled.*Run again with --resume.*and 6 more/);
  assert.match(text("#hosts"), /irsa\.ipac\.caltech\.edu1,2344.*240 MB1\.00 MB\/s16/);
  assert.match(text("#timing"), /full qa1 min 01 s1222\.00\/s/);
  assert.match(text("#config"), /runtime\.max_fit_workers232project/);
  assert.equal(all("#sources tbody tr").length, 3);
  assert.equal(all("#sources tbody svg.spark").length, 2);
  assert.equal(all("#sources tbody a")[0]!.getAttribute("href"), "../../results/plots/plain_sed.svg");
});

Deno.test("reportHtml() names the folder above a project that is called as its own folder", () => {
  const named = page(reportHtml(exampleReport({ projectName: "survey", projectPath: "/data/agn/survey" })));
  assert.equal(named.text("h1"), "agn/survey");
  assert.match(named.text("title"), /^agn\/survey \u2013 /);
  assert.match(named.text(".path"), /Project folder \/data\/agn\/survey/);
  assert.equal(page(reportHtml(exampleReport({ projectName: "AGN" }))).text("h1"), "AGN");
});

Deno.test("breakableHtml() lets names break after dots, underscores and slashes", () => {
  assert.equal(breakableHtml("a.b_c<d//e"), "a.<wbr>b_<wbr>c&lt;d//<wbr>e");
});

Deno.test("reportHtml() takes a name for markup nowhere", () => {
  const html = reportHtml(exampleReport());
  const { all, text } = page(html);
  assert.deepEqual(all("img"), []);
  assert.equal(html.includes("<img"), false);
  // Style apart, the page has its data and its four scripts; a name that ended a script would make more.
  assert.equal(all("script").length, 5);
  assert.equal(all("#sources tbody th")[1]!.textContent.startsWith(HOSTILE_NAME), true);
  assert.equal(text("title").includes(HOSTILE_NAME), true);
  const data = JSON.parse(text("#report-data")) as { sources: { name: string[] } };
  assert.equal(data.sources.name[1], HOSTILE_NAME);
});

Deno.test("reportHtml() lets no script run but its own, and loads nothing from elsewhere", () => {
  const html = reportHtml(exampleReport());
  const policy = page(html).all("meta[http-equiv]")[0]!.getAttribute("content")!;
  assert.match(policy, /^default-src 'none';/);
  const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map((match) => match[1]!);
  assert.equal(scripts.length, 4);
  for (const script of scripts) {
    const hash = createHash("sha256").update(script).digest("base64");
    assert(policy.includes(`'sha256-${hash}'`), "A script of the page is not in its policy");
  }
  assert.doesNotMatch(
    html.replaceAll("http://www.w3.org/2000/svg", ""),
    /(?:src|href)="?https?:|@import|url\(/,
  );
});

Deno.test("reportHtml() leaves out what there is nothing to say of", () => {
  const { all, text } = page(reportHtml(exampleReport({
    run: null,
    bands: [],
    flags: [],
    failures: [],
    hosts: [],
    stages: [],
    notice: "",
    configDifferences: [],
    sources: [],
    spectra: {},
  })));
  assert.deepEqual(all(".card").map((card) => card.getAttribute("id")), ["config"]);
  assert.match(text("#sources tbody"), /The project has no sources yet/);
});

Deno.test("reportHtml() writes the first sources of many into the page, and all of them into its data", () => {
  const html = reportHtml(largeReport(2000));
  const { all, text } = page(html);
  assert.equal(all("#sources tbody tr").length, STATIC_SOURCES + 1);
  assert.match(text("#sources tbody"), /and 1800 more/);
  const data = JSON.parse(text("#report-data")) as { sources: { slug: string[] }; spectra: unknown };
  assert.equal(data.sources.slug.length, 2000);
  assert.equal(data.spectra, null);
  assert(html.length < 1_500_000, `A page of 2,000 sources has ${html.length} bytes`);
});

Deno.test("spectrumScript() hands one spectrum to the page", () => {
  const { spectra } = exampleReport();
  const received: unknown[] = [];
  const code = spectrumScript("plain", spectra!["plain"]!);
  new Function("spxcutdbReport", code)({ received: (...values: unknown[]) => received.push(...values) });
  assert.deepEqual(received, ["plain", spectra!["plain"]]);
});

Deno.test("scriptJson() and escapeHtml() keep what a text says", () => {
  const text = `${HOSTILE_NAME}<!--\u2028]]>`;
  assert.equal(JSON.parse(scriptJson(text)), text);
  assert.doesNotMatch(scriptJson(text), /[<>&\u2028]/);
  assert.equal(escapeHtml(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
});

Deno.test("pathLink() encodes the parts of a path, not the slashes between them", () => {
  assert.equal(pathLink("../results/plots/a b~1#?_sed.svg"), "../results/plots/a%20b~1%23%3F_sed.svg");
});
