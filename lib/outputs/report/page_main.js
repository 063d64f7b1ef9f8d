// Joins the table, the filters and the spectrum of the page.
(() => {
  const report = globalThis.spxcutdbReport;
  const { data, make } = report;
  const spectra = new Map(Object.entries(data.spectra ?? {}));
  const panel = document.getElementById("spectrum");
  const pinned = panel.querySelector(".pinned");
  const byId = (id) => document.getElementById(id);
  let shown = -1;

  const link = (text, ...parts) => {
    const element = make("a", "", text);
    element.href = parts.join("/").split("/").map(encodeURIComponent).join("/");
    return element;
  };

  const chart = new report.Chart(
    panel.querySelector(".chart"),
    panel.querySelector(".tools"),
    pin,
    pictureOf,
  );

  /** Keeps the facts of a point below the chart, with the picture of its fit where there is one. */
  function pin(index) {
    const spectrum = spectra.get(data.sources.slug[shown]);
    const facts = report.describePoint(spectrum, index);
    const id = report.measurementOf(spectrum, index);
    facts.append(make("p", "", [make("small", "", "measurement "), make("code", "", id)]));
    pinned.replaceChildren(facts);
    const picture = pictureOf(index);
    if (picture !== null) pinned.append(picture);
  }

  /** The picture of a point's cutout and fit; null where none was drawn. */
  function pictureOf(index) {
    const slug = data.sources.slug[shown];
    const spectrum = spectra.get(slug);
    if (!spectrum.plots.includes(index)) return null;
    const id = report.measurementOf(spectrum, index);
    const picture = make("img");
    picture.alt = "Panels of the cutout, its background, the fitted model and the residuals";
    picture.src = link("", data.resultsPath, "qa", slug, "measurements", `${id}_qa.png`).href;
    return picture;
  }

  function showSpectrum(slug) {
    if (slug !== data.sources.slug[shown]) return;
    pinned.replaceChildren();
    chart.show(spectra.get(slug));
  }

  /** Called by the file of a spectrum when it has been loaded. */
  report.received = (slug, spectrum) => {
    spectra.set(slug, spectrum);
    showSpectrum(slug);
  };

  function load(slug) {
    const box = panel.querySelector(".chart");
    if (data.spectra !== null) {
      box.replaceChildren(make("p", "message", "This source has no measurements"));
      return;
    }
    const script = document.createElement("script");
    const file = data.sources.spectrumFile[data.sources.slug.indexOf(slug)];
    script.src = link("", data.dataFolder, file).href;
    script.onerror = () => {
      box.replaceChildren(make("p", "message", `${data.dataFolder}/${file} is not beside this page`));
    };
    document.head.append(script);
  }

  function choose(place) {
    shown = place;
    const of = (column) => data.sources[column][place];
    const slug = of("slug");
    panel.querySelector("h2").textContent = of("name");
    const links = of("hasOutputs")
      ? [
        link("CSV", data.resultsPath, "spectra", `${slug}.csv`),
        link("figure", data.resultsPath, "plots", `${slug}_sed.svg`),
        link("quality", data.resultsPath, "qa", slug, `${slug}_qa_summary.png`),
        link("provenance", data.resultsPath, "provenance", `${slug}_provenance.json`),
      ]
      : [];
    panel.querySelector(".links").replaceChildren(make("span", "", of("reason")), ...links);
    panel.querySelector(".tools").replaceChildren();
    pinned.replaceChildren();
    chart.spectrum = undefined;
    panel.querySelector(".chart").replaceChildren();
    if (spectra.has(slug)) showSpectrum(slug);
    else load(slug);
  }

  const table = new report.SourceTable(byId("sources"), choose);

  function filter() {
    const recommendedOnly = byId("filter-recommended").checked;
    table.update({
      name: byId("filter-name").value.trim(),
      state: byId("filter-state").value,
      leastSnr: Number(byId("filter-snr").value) || 0,
      recommendedOnly,
    });
    chart.hide(recommendedOnly ? ["upper_limit", "rejected"] : []);
    byId("shown").textContent = `${table.order.length} of ${data.sources.name.length} sources`;
  }

  for (const id of ["filter-name", "filter-state", "filter-snr", "filter-recommended"]) {
    byId(id).addEventListener("input", filter);
  }
  if (data.sources.name.length === 0) return;
  document.documentElement.classList.add("scripted");
  document.querySelector(".filters").hidden = false;
  panel.hidden = false;
  filter();
  table.choose(Math.max(0, data.sources.measured.findIndex((count) => count > 0)));
})();
