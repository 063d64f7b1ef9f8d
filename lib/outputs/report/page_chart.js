// The spectrum of one source as an interactive drawing: hover or step through points, hide kinds, zoom by dragging.
(() => {
  const report = globalThis.spxcutdbReport;
  const HEIGHT = 430;
  const MARGIN = { left: 66, right: 14, top: 30, bottom: 44 };
  const REACH = 26;

  /** Makes an SVG element. */
  const draw = (parent, tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };

  const linearTicks = (low, high, count) => {
    const raw = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10);
    const ticks = [];
    for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
    return ticks.map((tick) => Math.abs(tick) < step * 1e-9 ? 0 : tick);
  };

  const logTicks = (low, high) => {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const factor of [1, 2, 5]) ticks.push(factor * 10 ** power);
    }
    return ticks.filter((tick) => tick >= low && tick <= high);
  };

  const unitFor = (largest) => largest >= 1e8 ? ["Jy", 1e6] : largest >= 1e5 ? ["mJy", 1e3] : ["\u00b5Jy", 1];

  const flagsOf = (spectrum, index) =>
    (spectrum.flags.texts[spectrum.flags.at[index]] ?? "").split(";").filter((name) => name !== "");

  /** The kinds of points that are drawn, and the ones that are not hidden now. */
  const KINDS = [["science", "science"], ["upper_limit", "3\u03c3 upper limits"], [
    "rejected",
    "not recommended",
  ]];

  /**
   * Shows one spectrum in `box`, with its buttons in `tools`; `onPin` is told of the point that is clicked, `pictureOf`
   * gives the picture of a point, if there is one.
   */
  class Chart {
    constructor(box, tools, onPin, pictureOf) {
      this.box = box;
      this.tools = tools;
      this.onPin = onPin;
      this.pictureOf = pictureOf;
      this.flag = "";
      this.worstFit = Infinity;
      this.hidden = new Set();
      this.isLogarithmic = false;
      this.zoom = null;
      this.current = -1;
      new ResizeObserver(() => this.draw()).observe(box);
    }

    show(spectrum) {
      this.spectrum = spectrum;
      this.zoom = null;
      this.current = -1;
      this.points = spectrum.wavelength.flatMap((x, index) => {
        const kind = report.data.standings[spectrum.standing[index]];
        const flux = spectrum.flux[index];
        if (x === null || flux === null || kind === "unmeasured") return [];
        const isLimit = kind === "upper_limit" && spectrum.limit[index] !== null;
        return [{
          index,
          x,
          half: (spectrum.bandwidth[index] ?? 0) / 2,
          y: isLimit ? spectrum.limit[index] : flux,
          error: isLimit ? 0 : spectrum.error[index] ?? 0,
          kind,
          flags: flagsOf(spectrum, index),
          fitQuality: spectrum.fitQuality[index] ?? Infinity,
          band: kind === "rejected" ? 0 : spectrum.detector[index],
        }];
      });
      this.drawTools();
      this.draw();
    }

    hide(kinds) {
      this.hidden = new Set(kinds);
      if (this.spectrum === undefined) return;
      this.drawTools();
      this.draw();
    }

    drawTools() {
      const { make } = report;
      const buttons = KINDS.map(([kind, text]) => {
        const count = this.points.filter((point) => point.kind === kind).length;
        const button = make("button", "", `${text} ${count}`);
        button.setAttribute("aria-pressed", String(!this.hidden.has(kind)));
        button.onclick = () => {
          if (!this.hidden.delete(kind)) this.hidden.add(kind);
          this.drawTools();
          this.draw();
        };
        return button;
      });
      const scale = make("button", "mode right", this.isLogarithmic ? "logarithmic" : "linear");
      scale.title = "Scale of the flux axis";
      scale.onclick = () => {
        this.isLogarithmic = !this.isLogarithmic;
        this.drawTools();
        this.draw();
      };
      this.tools.replaceChildren(...buttons, ...this.qualityTools(), scale);
      if (this.zoom !== null) {
        const whole = make("button", "mode", "whole range");
        whole.onclick = () => this.zoomTo(null);
        this.tools.append(whole);
      }
    }

    /** What leaves out points by their quality: a limit of the fit's, and one flag. */
    qualityTools() {
      const { make } = report;
      const limit = make("input");
      Object.assign(limit, { type: "number", min: "0", step: "0.1", id: "point-fit", placeholder: "any" });
      limit.value = Number.isFinite(this.worstFit) ? String(this.worstFit) : "";
      limit.onchange = () => {
        this.worstFit = limit.value === "" ? Infinity : Number(limit.value);
        this.draw();
      };
      const fit = make("label", "", ["fit quality \u2264 ", limit]);
      fit.title = "Median absolute residual over sigma; about 0.7 for a good fit";
      const raised = [...new Set(this.points.flatMap((point) => point.flags))].sort();
      if (raised.length === 0) return [fit];
      const choice = make("select", "", [
        make("option", "", "any flags"),
        ...raised.map((flag) => make("option", "", `without ${flag}`)),
      ]);
      choice.id = "point-flag";
      choice.selectedIndex = 1 + raised.indexOf(this.flag);
      choice.onchange = () => {
        this.flag = raised[choice.selectedIndex - 1] ?? "";
        this.draw();
      };
      return [fit, choice];
    }

    zoomTo(range) {
      this.zoom = range;
      this.drawTools();
      this.draw();
    }

    shown() {
      const [low, high] = this.zoom ?? [-Infinity, Infinity];
      return this.points.filter((point) =>
        !this.hidden.has(point.kind) && !point.flags.includes(this.flag) &&
        (point.fitQuality <= this.worstFit || this.worstFit === Infinity) && point.x >= low &&
        point.x <= high &&
        (!this.isLogarithmic || point.y > 0)
      );
    }

    fluxRange(points) {
      if (this.isLogarithmic) {
        const values = points.map((point) => point.y);
        if (values.length === 0) return [1, 10];
        return [Math.min(...values) / 1.4, Math.max(...values) * 1.4];
      }
      if (this.zoom === null || points.length === 0) return this.spectrum.fluxRange;
      const low = Math.min(0, ...points.map((point) => point.y - point.error));
      const high = Math.max(0, ...points.map((point) => point.y + point.error));
      const air = 0.06 * (high - low || 1);
      return [low - air, high + air];
    }

    draw() {
      if (this.spectrum === undefined || this.box.clientWidth === 0) return;
      const width = this.box.clientWidth;
      this.visible = this.shown();
      const xRange = this.zoom ?? this.wholeRange();
      const yRange = this.fluxRange(this.visible);
      const along = (value, [low, high]) => (value - low) / (high - low);
      const height = this.isLogarithmic
        ? (y) => along(Math.log(y), yRange.map(Math.log))
        : (y) => along(y, yRange);
      this.frame = {
        left: MARGIN.left,
        right: width - MARGIN.right,
        top: MARGIN.top,
        bottom: HEIGHT - MARGIN.bottom,
      };
      const { left, right, top, bottom } = this.frame;
      this.toX = (x) => left + along(x, xRange) * (right - left);
      this.toY = (y) => Math.min(bottom, Math.max(top, bottom - height(y) * (bottom - top)));
      this.isBeyond = (y) => y > yRange[1] ? -1 : y < yRange[0] ? 1 : 0;
      this.fromX = (px) => xRange[0] + (px - left) / (right - left) * (xRange[1] - xRange[0]);
      const svg = draw(document.createDocumentFragment(), "svg", {
        class: "plot",
        viewBox: `0 0 ${width} ${HEIGHT}`,
        tabindex: 0,
        role: "img",
        "aria-label": "Spectrum; the arrow keys step through its points",
      });
      this.drawAxes(svg, xRange, yRange);
      this.drawBars(svg);
      for (const point of this.visible) this.drawPoint(svg, point);
      if (this.visible.length === 0) {
        draw(
          svg,
          "text",
          { x: (left + right) / 2, y: (top + bottom) / 2, "text-anchor": "middle" },
          "No points to show",
        );
      }
      this.svg = svg;
      this.ring = draw(svg, "circle", { class: "ring", r: 7, visibility: "hidden" });
      this.tip = report.make("div", "tip");
      this.tip.hidden = true;
      this.box.replaceChildren(svg, this.tip);
      this.listen(svg);
    }

    wholeRange() {
      const wavelengths = this.points.map((point) => point.x);
      return [Math.min(0.68, ...wavelengths), Math.max(5.07, ...wavelengths)];
    }

    drawAxes(svg, xRange, yRange) {
      const { left, right, top, bottom } = this.frame;
      const [symbol, microJy] = unitFor(Math.max(...yRange.map(Math.abs)));
      const yTicks = this.isLogarithmic ? logTicks(...yRange) : linearTicks(...yRange, 6);
      for (const tick of yTicks) {
        const y = this.toY(tick);
        draw(svg, "path", { class: tick === 0 ? "zero" : "grid", d: `M${left},${y}H${right}` });
        draw(svg, "text", { x: left - 8, y: y + 4, "text-anchor": "end" }, report.axisNumber(tick / microJy));
      }
      for (const tick of linearTicks(...xRange, Math.max(3, Math.floor((right - left) / 50)))) {
        const x = this.toX(tick);
        draw(svg, "path", { class: "axis", d: `M${x},${bottom}v5` });
        draw(svg, "text", { x, y: bottom + 19, "text-anchor": "middle" }, report.number(tick, 4));
      }
      draw(svg, "path", { class: "axis", d: `M${left},${top}H${right}V${bottom}H${left}Z` });
      const middle = (top + bottom) / 2;
      draw(svg, "text", {
        class: "label",
        "text-anchor": "middle",
        transform: `translate(16,${middle}) rotate(-90)`,
      }, `Flux density (${symbol})`);
      draw(
        svg,
        "text",
        { class: "label", x: (left + right) / 2, y: bottom + 38, "text-anchor": "middle" },
        "Wavelength (\u00b5m)",
      );
      report.data.bands.forEach(([from, to], index) => {
        const start = Math.max(left, this.toX(from));
        const end = Math.min(right, this.toX(to));
        if (end <= start) return;
        draw(svg, "rect", {
          class: `strip b${index + 1}`,
          x: start,
          y: top - 5,
          width: end - start,
          height: 5,
        });
        if (end - start > 24) {
          draw(svg, "text", { x: (start + end) / 2, y: top - 11, "text-anchor": "middle" }, `D${index + 1}`);
        }
      });
    }

    drawBars(svg) {
      const { left, right } = this.frame;
      for (let band = 0; band <= 6; band++) {
        let widths = "";
        let errors = "";
        for (const point of this.visible) {
          if (point.band !== band || this.isBeyond(point.y) !== 0) continue;
          const x = this.toX(point.x);
          const y = this.toY(point.y);
          const from = Math.max(left, this.toX(point.x - point.half));
          widths += `M${from.toFixed(1)},${y.toFixed(1)}H${
            Math.min(right, this.toX(point.x + point.half)).toFixed(1)
          }`;
          if (point.error === 0) continue;
          const low = this.isLogarithmic
            ? Math.max(point.y - point.error, point.y / 1e3)
            : point.y - point.error;
          errors += `M${x.toFixed(1)},${this.toY(low).toFixed(1)}V${
            this.toY(point.y + point.error).toFixed(1)
          }`;
        }
        draw(svg, "path", { class: `widths b${band}`, d: widths });
        draw(svg, "path", { class: `bars b${band}`, d: errors });
      }
    }

    drawPoint(svg, point) {
      const x = this.toX(point.x).toFixed(1);
      const y = this.toY(point.y).toFixed(1);
      const beyond = this.isBeyond(point.y);
      if (beyond !== 0) {
        // An arrow at the edge that points to where the point lies.
        const d = `M${x},${y}m-4.5,${-9 * beyond}l4.5,${8 * beyond}l4.5,${-8 * beyond}`;
        draw(svg, "path", { class: `arrow b${point.band}`, d });
      } else if (point.kind === "upper_limit") {
        draw(svg, "path", { class: `open b${point.band}`, d: `M${x},${y}m-4,-3h8l-4,7Z` });
      } else {
        const isScience = point.kind === "science";
        const className = `${isScience ? "science" : "open"} b${point.band}`;
        draw(svg, "circle", { class: className, cx: x, cy: y, r: isScience ? 3.4 : 2.8 });
      }
    }

    listen(svg) {
      let start = null;
      let brush = null;
      const place = (event) => {
        const box = svg.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
      };
      svg.onpointermove = (event) => {
        const [x, y] = place(event);
        if (start !== null && Math.abs(x - start) > 6) {
          brush ??= draw(svg, "rect", {
            class: "brush",
            y: this.frame.top,
            height: this.frame.bottom - this.frame.top,
          });
          brush.setAttribute("x", Math.min(x, start));
          brush.setAttribute("width", Math.abs(x - start));
          this.point(-1);
        } else this.point(this.nearest(x, y));
      };
      svg.onpointerleave = () => this.point(-1);
      svg.onpointerdown = (event) => {
        start = place(event)[0];
        svg.setPointerCapture(event.pointerId);
      };
      svg.onpointerup = (event) => {
        const [x, y] = place(event);
        const from = start;
        start = null;
        if (brush !== null) this.zoomTo([from, x].map(this.fromX).sort((a, b) => a - b));
        else if (this.nearest(x, y) >= 0) this.onPin(this.visible[this.nearest(x, y)].index);
      };
      svg.ondblclick = () => this.zoomTo(null);
      svg.onkeydown = (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step !== undefined && this.visible.length > 0) {
          event.preventDefault();
          this.point((this.current + step + this.visible.length) % this.visible.length);
        } else if (event.key === "Enter" && this.current >= 0) this.onPin(this.visible[this.current].index);
        else if (event.key === "Escape") this.point(-1);
      };
    }

    nearest(x, y) {
      let best = -1;
      let least = REACH ** 2;
      this.visible.forEach((point, place) => {
        const distance = (this.toX(point.x) - x) ** 2 + (this.toY(point.y) - y) ** 2;
        if (distance < least) [best, least] = [place, distance];
      });
      return best;
    }

    /** Marks the point at a place among the visible ones and tells of it; none for -1. */
    point(place) {
      this.current = place;
      this.tip.hidden = place < 0;
      this.ring.setAttribute("visibility", place < 0 ? "hidden" : "visible");
      if (place < 0) return;
      const { x, y, index } = this.visible[place];
      this.ring.setAttribute("cx", this.toX(x));
      this.ring.setAttribute("cy", this.toY(y));
      const picture = this.pictureOf(index);
      this.tip.replaceChildren(
        report.describePoint(this.spectrum, index),
        ...(picture === null ? [] : [picture]),
      );
      const { offsetWidth, offsetHeight } = this.tip;
      const left = this.toX(x) + 14;
      const fits = left + offsetWidth < this.box.clientWidth;
      this.tip.style.left = `${fits ? left : Math.max(0, this.toX(x) - 14 - offsetWidth)}px`;
      this.tip.style.top = `${
        Math.max(0, Math.min(this.toY(y) - offsetHeight / 2, HEIGHT - offsetHeight))
      }px`;
    }
  }

  report.Chart = Chart;
})();
