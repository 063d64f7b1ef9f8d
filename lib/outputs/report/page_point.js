// What the page says of one point of a spectrum. Everything is put in as text, never as markup.
globalThis.spxcutdbReport = { data: JSON.parse(document.getElementById("report-data").textContent) };

(() => {
  const report = globalThis.spxcutdbReport;

  /** Makes an element with a class, text and children. */
  report.make = (tag, className = "", content = []) => {
    const element = document.createElement(tag);
    if (className !== "") element.className = className;
    element.append(...[content].flat());
    return element;
  };

  /** A number in so many significant digits, with a real minus sign. */
  report.number = (value, digits) => {
    if (value === null || value === undefined) return "\u2013";
    const size = Math.abs(value);
    const text = size >= 1e6 || (size > 0 && size < 1e-3)
      ? value.toExponential(digits - 1)
      : String(Number(value.toPrecision(digits)));
    return text.replaceAll("-", "\u2212");
  };

  /** A number on an axis, as the figures write it: with commas between thousands. */
  report.axisNumber = (value) =>
    report.number(value, 4).replace(
      /^(\u2212?\d+)(?=\.|$)/,
      (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","),
    );

  const names = (column, index) =>
    (column.texts[column.at[index]] ?? "").split(";").filter((name) => name !== "");

  const verdictOf = (spectrum, index) => {
    const standing = report.data.standings[spectrum.standing[index]];
    const status = (spectrum.status.texts[spectrum.status.at[index]] ?? "").replaceAll("_", " ");
    if (standing === "science") return ["good", "Recommended for science"];
    if (standing === "upper_limit") return ["warn", "Not detected: use the limit, or the flux in averages"];
    if (standing === "unmeasured") return ["bad", `No flux: ${status}`];
    return ["warn", `Not recommended (${status})`];
  };

  const flagItem = (name) => {
    const [meaning, blocks] = report.data.flags[name] ?? ["", false];
    const code = report.make("code", blocks ? "warn" : "", name);
    return report.make("li", "", [code, " ", report.make("small", "", meaning)]);
  };

  /** Everything there is to say of a point. */
  report.describePoint = (spectrum, index) => {
    const { make, number } = report;
    const flux = spectrum.flux[index];
    const error = spectrum.error[index];
    const ratio = flux === null || !error ? "" : `  (S/N ${number(flux / error, 3)})`;
    const [kind, verdict] = verdictOf(spectrum, index);
    const facts = make("div", "facts", [
      make("p", "", make("b", "", `${number(spectrum.wavelength[index], 5)} \u00b5m`)),
      make("p", "", `${number(flux, 4)} \u00b1 ${number(error, 3)} \u00b5Jy${ratio}`),
      make(
        "p",
        "",
        `3\u03c3 limit ${number(spectrum.limit[index], 3)} \u00b5Jy, bandwidth ${
          number(spectrum.bandwidth[index], 3)
        } \u00b5m, fit quality ${number(spectrum.fitQuality[index], 2)}`,
      ),
      make(
        "p",
        "",
        `D${spectrum.detector[index]}  \u00b7  ${
          spectrum.observation.texts[spectrum.observation.at[index]]
        }  \u00b7  MJD ${number(spectrum.mjd[index], 9)}`,
      ),
      make("p", `verdict ${kind}`, verdict),
    ]);
    const flags = names(spectrum.flags, index);
    if (flags.length > 0) facts.append(make("ul", "", flags.map(flagItem)));
    const imageFlags = names(spectrum.imageFlags, index);
    if (imageFlags.length > 0) {
      facts.append(make("p", "", make("small", "", `Image flags in the cutout: ${imageFlags.join(", ")}`)));
    }
    return facts;
  };

  /** The short form of {@link describePoint}'s measurement. */
  report.measurementOf = (spectrum, index) => spectrum.id[index];
})();
