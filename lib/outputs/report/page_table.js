// The table of sources: sorted and filtered, with rows only where they can be seen.
(() => {
  const report = globalThis.spxcutdbReport;
  const ROW_HEIGHT = 44;
  const SPARE_ROWS = 8;

  const stateText = (state) => state.replace(/^source_/, "").replaceAll("_", " ");

  const sparkline = (code) => {
    if (code === "") return report.make("span", "none", "no science points");
    const { letters, bands } = report.data.sparkline;
    const paths = Array(7).fill("");
    [...code].forEach((letter, bin) => {
      const height = letters.indexOf(letter);
      if (height >= 0) paths[bands[bin]] += `M${2 * bin + 1},${27 - 24 * height / (letters.length - 1)}h0`;
    });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "spark");
    svg.setAttribute("viewBox", "0 0 128 30");
    svg.setAttribute("aria-hidden", "true");
    paths.forEach((d, band) => {
      if (d === "") return;
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("class", `b${band}`);
      path.setAttribute("d", d);
      svg.append(path);
    });
    return svg;
  };

  const position = (ra, dec) => `${ra.toFixed(4)} ${dec < 0 ? "\u2212" : "+"}${Math.abs(dec).toFixed(4)}`;

  /** The sources in a scrolling box; `onChoose` is told of the place of the one that is chosen. */
  class SourceTable {
    constructor(panel, onChoose) {
      this.sources = report.data.sources;
      this.box = panel.querySelector(".rows");
      this.body = panel.querySelector("tbody");
      this.heads = [...panel.querySelectorAll("th[data-key]")];
      this.onChoose = onChoose;
      this.chosen = -1;
      this.sorting = null;
      this.filter = {};
      for (const head of this.heads) {
        if (head.dataset.key !== "") head.onclick = () => this.sort(head);
      }
      this.box.onscroll = () => requestAnimationFrame(() => this.draw());
      new ResizeObserver(() => this.draw()).observe(this.box);
    }

    sort(head) {
      const { key } = head.dataset;
      const isText = key === "name" || key === "state";
      const first = isText ? "ascending" : "descending";
      const other = isText ? "descending" : "ascending";
      const direction = this.sorting?.key === key && this.sorting.direction === first ? other : first;
      this.sorting = { key, direction };
      for (const each of this.heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction);
      this.update(this.filter);
    }

    /** Shows the sources that pass a filter: name, state, least S/N, recommended only. */
    update(filter) {
      this.filter = filter;
      const { name, state, recommended, bestSignalToNoise } = this.sources;
      const wanted = (filter.name ?? "").toLowerCase();
      this.order = name.map((_, place) => place).filter((place) =>
        name[place].toLowerCase().includes(wanted) &&
        (!filter.state || state[place] === filter.state) &&
        (!filter.leastSnr || (bestSignalToNoise[place] ?? -Infinity) >= filter.leastSnr) &&
        (!filter.recommendedOnly || recommended[place] > 0)
      );
      if (this.sorting !== null) {
        const values = this.sources[this.sorting.key];
        const sign = this.sorting.direction === "ascending" ? 1 : -1;
        this.order.sort((a, b) => sign * compare(values[a], values[b]) || a - b);
      }
      this.drawn = "";
      this.box.scrollTop = 0;
      this.draw();
    }

    draw() {
      const rows = Math.ceil((this.box.clientHeight || 560) / ROW_HEIGHT);
      const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
      const last = Math.min(this.order.length, first + rows + 2 * SPARE_ROWS);
      const key = `${first} ${last} ${this.chosen}`;
      if (this.drawn === key) return;
      this.drawn = key;
      this.body.replaceChildren(
        this.gap(first),
        ...this.order.slice(first, last).map((place) => this.row(place)),
        this.gap(this.order.length - last),
      );
    }

    gap(rows) {
      const row = report.make("tr", "gap", report.make("td"));
      row.firstChild.colSpan = this.heads.length;
      row.style.height = `${rows * ROW_HEIGHT}px`;
      return row;
    }

    row(place) {
      const { make } = report;
      const of = (column) => this.sources[column][place];
      const count = (column) => make("td", "n", String(of(column)));
      const name = make("th", "", [of("name"), make("small", "", position(of("ra"), of("dec")))]);
      name.scope = "row";
      name.title = of("name");
      const state = make("span", `state ${of("state")}`, stateText(of("state")));
      state.title = of("reason");
      const failed = count("failed");
      if (of("failed") > 0) failed.classList.add("bad");
      const ratio = of("bestSignalToNoise");
      const row = make("tr", place === this.chosen ? "row chosen" : "row", [
        name,
        make("td", "", state),
        make("td", "", sparkline(of("sparkline"))),
        ...["images", "measured", "detected", "recommended"].map(count),
        failed,
        make(
          "td",
          "n",
          ratio === null ? "\u2013" : ratio >= 100 ? String(Math.round(ratio)) : ratio.toFixed(1),
        ),
      ]);
      row.tabIndex = 0;
      row.dataset.slug = of("slug");
      row.onclick = () => this.choose(place);
      row.onkeydown = (event) => this.step(event, place);
      return row;
    }

    step(event, place) {
      const by = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const next = this.order[this.order.indexOf(place) + by];
      if (next === undefined) return;
      this.choose(next);
      this.body.querySelector(".chosen")?.focus();
    }

    choose(place) {
      this.chosen = place;
      const at = this.order.indexOf(place) * ROW_HEIGHT;
      if (
        at >= 0 &&
        (at < this.box.scrollTop || at + 2 * ROW_HEIGHT > this.box.scrollTop + this.box.clientHeight)
      ) {
        this.box.scrollTop = at;
      }
      this.draw();
      this.onChoose(place);
    }
  }

  const compare = (a, b) => {
    if (a === null || b === null) return Number(a !== null) - Number(b !== null);
    return typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  };

  report.SourceTable = SourceTable;
})();
