import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { encodePng, type PixelImage } from "./png.ts";

let ready: Promise<Uint8Array[]> | undefined;

/** Starts the rasteriser once and returns the fonts that it draws with. */
function startRasteriser(): Promise<Uint8Array[]> {
  ready ??= loadRasteriser();
  return ready;
}

async function loadRasteriser(): Promise<Uint8Array[]> {
  const [wasm, regular, bold] = await Promise.all([
    import("@resvg/resvg-wasm/index_bg.wasm", { with: { type: "bytes" } }),
    import("dejavu-fonts-ttf/ttf/DejaVuSans.ttf", { with: { type: "bytes" } }),
    import("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf", { with: { type: "bytes" } }),
  ]);
  await initWasm(wasm.default);
  return [regular.default, bold.default];
}

/**
 * Draws an SVG of `widthPixels` columns with the fonts that the program ships (DejaVu Sans), so that the result
 * is the same on every machine. Where the drawing is not opaque the colours are multiplied by the opacity.
 */
export async function rasteriseSvg(svg: string, widthPixels: number): Promise<PixelImage> {
  const fontBuffers = await startRasteriser();
  const drawing = new Resvg(svg, {
    fitTo: { mode: "width", value: widthPixels },
    font: { fontBuffers, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
  });
  try {
    const image = drawing.render();
    try {
      return { width: image.width, height: image.height, rgba: image.pixels };
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}

/** How a drawing becomes a PNG. */
export interface SvgToPngOptions {
  /** Columns of the PNG; rows follow from the drawing's shape. */
  readonly widthPixels: number;
  /** Dots per inch to note in the file; not noted when left out. */
  readonly dotsPerInch?: number;
}

/** Draws an SVG and encodes it as PNG; see {@linkcode rasteriseSvg}. */
export async function svgToPng(svg: string, options: SvgToPngOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { widthPixels, dotsPerInch } = options;
  return encodePng(await rasteriseSvg(svg, widthPixels), dotsPerInch === undefined ? {} : { dotsPerInch });
}
