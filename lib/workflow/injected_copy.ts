import { basename, join } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { memorySource } from "../fits/byte_source.ts";
import { encodeFits, type HduContent } from "../fits/encode_fits.ts";
import { openFits } from "../fits/fits_file.ts";
import type { Hdu } from "../fits/hdu.ts";
import { imageScaling } from "../fits/read_image.ts";
import type { CutoutPixels } from "../photometry/cutout_pixels.ts";
import type { ReadCutoutPixels } from "../spherex/cutout_pixels.ts";
import type { SkyPosition } from "../wcs/celestial_wcs.ts";
import type { PreparedCutout } from "./cutout_measurer.ts";
import type { Injection } from "./injection_statistics.ts";

/** One altered copy of a cutout: what was put in, where, and what was measured. */
export interface InjectedCopy {
  /** Where the source is. */
  readonly position: SkyPosition;
  /** Sources that were fitted with it. */
  readonly neighbors: readonly SkyPosition[];
  /** The cutout as it was read. */
  readonly before: ReadCutoutPixels;
  /** The same with the source in it. */
  readonly after: CutoutPixels;
  /** What became of the source. */
  readonly injection: Injection;
}

/** Describes a copy while its cutout is open. */
export function injectedCopy(
  { level2, pixels }: PreparedCutout,
  after: CutoutPixels,
  injection: Injection,
): InjectedCopy {
  const { x0, y0 } = pixels.section;
  const skyOf = ({ x, y }: { readonly x: number; readonly y: number }) =>
    level2.celestial.pixelToSky(x + x0, y + y0);
  return {
    position: skyOf({ x: after.targetX, y: after.targetY }),
    neighbors: (after.knownNeighbors ?? []).map(skyOf),
    before: pixels,
    after,
    injection,
  };
}

/**
 * The bytes of a plane's data with the pixels of a section replaced. Planes that were multiplied by a flux correction
 * on reading are divided by it. Throws `fits/unsupported` for a plane that is not plain float32.
 */
function alteredPlane(
  hdu: Hdu,
  data: Uint8Array,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  { section }: ReadCutoutPixels,
): Uint8Array {
  const { scale, zero } = imageScaling(hdu.header);
  if (hdu.kind !== "image" || hdu.header.get("BITPIX") !== -32 || scale !== 1 || zero !== 0) {
    throw new TaggedError("fits/unsupported", `Cannot alter ${hdu.name}: it is not plain float32`, {
      hint: "Leave --keep-copies out; the measurements do not need it",
    });
  }
  const width = hdu.header.getNumber("NAXIS1")!;
  const bytes = data.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let y = 0, i = 0; y < section.height; y++) {
    for (let x = 0; x < section.width; x++, i++) {
      if (after[i] === before[i] || !Number.isFinite(after[i]!)) continue;
      const offset = 4 * ((section.y0 + y) * width + section.x0 + x);
      const stored = view.getFloat32(offset);
      const factor = before[i] === 0 || stored === 0 ? 1 : before[i]! / stored;
      view.setFloat32(offset, stored + (after[i]! - before[i]!) / factor);
    }
  }
  return bytes;
}

/** The bytes of a cutout file with the source of a copy in its planes IMAGE and VARIANCE, and a note of it. */
export async function injectedFile(file: Uint8Array, copy: InjectedCopy): Promise<Uint8Array> {
  const { before, after, injection, position } = copy;
  const contents: HduContent[] = [];
  let hasChecksums = false;
  for (const hdu of await (await openFits(memorySource(file))).hdus()) {
    const data = file.subarray(hdu.dataOffset, hdu.dataOffset + hdu.dataByteLength);
    hasChecksums ||= hdu.header.has("DATASUM");
    if (hdu.name === "IMAGE") {
      const header = hdu.header.clone();
      header.append(
        "HISTORY",
        `spxcutdb inject: ${injection.trueFluxMicroJy} uJy at ` +
          `${position.rightAscensionDeg.toFixed(7)} ${position.declinationDeg.toFixed(7)}`,
      );
      contents.push({
        header,
        data: alteredPlane(hdu, data, before.imageMJySr, after.imageMJySr, before),
      });
    } else if (hdu.name === "VARIANCE") {
      const { varianceMJy2Sr2 } = before;
      contents.push({
        header: hdu.header,
        data: alteredPlane(hdu, data, varianceMJy2Sr2, after.varianceMJy2Sr2, before),
      });
    } else contents.push({ header: hdu.header, data });
  }
  return encodeFits(contents, { checksum: hasChecksums });
}

/** The list of copies that is written beside them; `spxcutdb measure --list` reads it. */
export const COPIES_LIST = "injected.csv";

const HEADING = "path,ra_deg,dec_deg,name,neighbors,true_flux_uJy,selected_flux_uJy,selected_flux_err_uJy";

/** Writes altered copies of cutouts into a folder, with a list of what is in them. */
export class CopyFolder {
  readonly #directory: string;
  readonly #lines: string[] = [];

  /** `directory` is absolute and is made when it is absent. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes the copies of one cutout. Throws `storage/*`, `fits/unsupported`. */
  async add(cutoutPath: string, copies: readonly InjectedCopy[]): Promise<void> {
    await Deno.mkdir(this.#directory, { recursive: true });
    const file = await Deno.readFile(cutoutPath);
    const stem = basename(cutoutPath).replace(/\.fits$/, "");
    for (const [n, copy] of copies.entries()) {
      const path = join(this.#directory, `${stem}__injected_${n + 1}.fits`);
      await writeFileAtomic(path, await injectedFile(file, copy));
      this.#lines.push(listLine(path, `${this.#lines.length + 1}`, copy));
    }
  }

  /** Writes the list. Returns its path. */
  async finish(): Promise<string> {
    const path = join(this.#directory, COPIES_LIST);
    await Deno.mkdir(this.#directory, { recursive: true });
    await writeFileAtomic(path, `${[HEADING, ...this.#lines].join("\n")}\n`);
    return path;
  }
}

function listLine(path: string, name: string, { position, neighbors, injection }: InjectedCopy): string {
  const places = neighbors.map((each) => `${each.rightAscensionDeg} ${each.declinationDeg}`).join("; ");
  const { trueFluxMicroJy, fluxMicroJy, fluxErrorMicroJy } = injection;
  const quoted = `"${path.replaceAll('"', '""')}"`;
  const numbers = [fluxMicroJy, fluxErrorMicroJy].map((value) => Number.isFinite(value) ? value : "");
  return [
    quoted,
    position.rightAscensionDeg,
    position.declinationDeg,
    `injected ${name}`,
    places,
    trueFluxMicroJy,
    ...numbers,
  ].join(",");
}
