/** A drawing that a notebook shows by itself. */
export class Figure {
  /** The drawing as SVG. */
  readonly svg: string;
  readonly #drawPng: ((widthPixels: number) => Promise<Uint8Array>) | undefined;

  /** Wraps an SVG document; `drawPng` draws it where pixels are better painted than rasterised from the SVG. */
  constructor(svg: string, drawPng?: (widthPixels: number) => Promise<Uint8Array>) {
    this.svg = svg;
    this.#drawPng = drawPng;
  }

  /** What the Deno kernel of Jupyter shows of the figure. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "image/svg+xml": this.svg };
  }

  /** The drawing as PNG. */
  async png(widthPixels = 1050): Promise<Uint8Array> {
    if (this.#drawPng !== undefined) return await this.#drawPng(widthPixels);
    const { svgToPng } = await import("../plot/raster.ts");
    return await svgToPng(this.svg, { widthPixels });
  }
}
