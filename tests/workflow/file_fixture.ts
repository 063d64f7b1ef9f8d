/** Cutouts, whole images and calibration products of a small simulation, as files. */
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { Header } from "../../lib/fits/header.ts";
import { calibrationFile, OFFERED_CALIBRATIONS } from "../../lib/simulator/calibration_files.ts";
import { Level2Writer } from "../../lib/simulator/level2_writer.ts";
import { Simulation } from "../../lib/simulator/simulation.ts";
import type { CoveringImage } from "../../lib/simulator/survey.ts";
import type { VirtualFile } from "../../lib/simulator/virtual_file.ts";
import { calibrationArchiveKey } from "../../lib/spherex/calibration_products.ts";
import type { Release } from "../../lib/spherex/release.ts";
import type { FileTarget } from "../../lib/workflow/file_target.ts";

/** The detector whose images and calibrations there are. */
export const DETECTOR = 2;
/** The target of all images: an isolated star in a quiet field. */
export const TARGET = { rightAscensionDeg: 68.05, declinationDeg: -5.37 } as const;
/** Factor of the flux correction in every pixel. */
export const FLUX_FACTOR = 0.96875;

/** Where a path's folder is made first. */
function writeFile(path: string, bytes: Uint8Array): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeFileSync(path, bytes);
}

/** A simulation's files in a folder that goes away with it. */
export class FileFixture implements Disposable {
  /** The folder. */
  readonly folder: string = Deno.makeTempDirSync({ prefix: "spxcutdb_measure_" });
  readonly #simulation = new Simulation({
    seed: 5,
    visitsPerDetector: 8,
    qr3Fraction: 0.5,
    fieldStarsPerSquareDegree: 0,
    targets: [{
      name: "star",
      ...TARGET,
      neighbours: [],
      spectrum: { kind: "blackbody", fluxAtTwoMicronMicroJy: 4000, temperatureKelvin: 5000 },
    }],
  });
  readonly #writer = new Level2Writer(this.#simulation);
  #count = 0;

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  /** The images of the target on the detector, in order of time. */
  images(release: Release): CoveringImage[] {
    const { rightAscensionDeg, declinationDeg } = TARGET;
    return this.#simulation.survey.imagesCovering(rightAscensionDeg, declinationDeg, -40).filter((
      { image },
    ) => image.detector === DETECTOR && image.exposure.visit.release === release);
  }

  /** A cutout around the target, `size` pixels wide, `shift` of them off its middle, in a file. */
  cutout({ image, x, y }: CoveringImage, size = 31, shift = 0): FileTarget & { readonly path: string } {
    const half = Math.floor(size / 2);
    const window = { x0: Math.round(x) - half + shift, y0: Math.round(y) - half, width: size, height: size };
    const path = `${this.folder}/${++this.#count}__${image.fileName}`;
    writeFile(path, this.#writer.cutout(image, window).read());
    return { path, ...TARGET, name: `star ${this.#count}` };
  }

  /** The whole image, as it is when its bytes are asked for. */
  parent({ image }: CoveringImage): VirtualFile {
    return this.#writer.parent(image);
  }

  /** A folder with the newest and the outdated calibration products of the detector, and a flux correction by one factor. */
  calibrations(): string {
    const root = `${this.folder}/calibrations`;
    for (const offer of OFFERED_CALIBRATIONS) {
      if (!offer.detectors.includes(DETECTOR) || offer.product === "l3_flux_corrections") continue;
      const key = calibrationArchiveKey(offer.release, offer.product, DETECTOR, offer.version);
      // An outdated file that is chosen shows: it cannot be read.
      const bytes = offer.isOutdated
        ? new Uint8Array(10)
        : calibrationFile(offer, DETECTOR, this.#writer).read();
      writeFile(`${root}/some folder/${key}`, bytes);
    }
    const flux = calibrationArchiveKey("QR3", "l3_flux_corrections", DETECTOR, "cal-flxc-v1-2026-191");
    const map = new Float32Array(2040 * 2040).fill(FLUX_FACTOR);
    const header = Header.of([["DETECTOR", DETECTOR]]);
    writeFile(`${root}/${flux}`, encodeFits([primaryHdu(header), imageHdu("IMAGE", map, [2040, 2040])]));
    return root;
  }
}
