/** A drawing that a notebook shows by itself. */
export class Figure {
  /** The drawing as SVG. */
  readonly svg: string;

  /** Wraps an SVG document. */
  constructor(svg: string) {
    this.svg = svg;
  }

  /** What the Deno kernel of Jupyter shows of the figure. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "image/svg+xml": this.svg };
  }

  /** The drawing as PNG. */
  async png(widthPixels = 1050): Promise<Uint8Array> {
    const { svgToPng } = await import("../plot/raster.ts");
    return await svgToPng(this.svg, { widthPixels });
  }
}
