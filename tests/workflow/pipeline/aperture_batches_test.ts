/** Processing with calibration products, in this thread and in workers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../../lib/config/schema.ts";
import { DEFAULT_APERTURE_SETTINGS } from "../../../lib/photometry/aperture/aperture_settings.ts";
import { calibrationFile, OFFERED_CALIBRATIONS } from "../../../lib/simulator/calibration_files.ts";
import { Level2Writer } from "../../../lib/simulator/level2_writer.ts";
import { Simulation } from "../../../lib/simulator/simulation.ts";
import { calibrationArchiveKey } from "../../../lib/spherex/calibration_products.ts";
import { fileMeasureSetup } from "../../../lib/workflow/file_measure_setup.ts";
import { measuredApertures } from "../../../lib/workflow/pipeline/aperture_batches.ts";
import type {
  ApertureFile,
  ApertureOutcome,
  ApertureSetup,
} from "../../../lib/workflow/pipeline/aperture_job.ts";

const TARGET = { name: "star", rightAscensionDeg: 80, declinationDeg: -35, neighbours: [] };
const SIZE = 25;
const DETECTOR = 2;

/** Cutouts of one detector with its maps, and a file that is none. */
class CutoutFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "spxcutdb_apertures_" });
  readonly simulation = new Simulation({
    seed: 3,
    visitsPerDetector: 3,
    qr3Fraction: 0.5,
    fieldStarsPerSquareDegree: 0,
    targets: [TARGET],
  });
  readonly #writer = new Level2Writer(this.simulation);

  files(): ApertureFile[] {
    const { rightAscensionDeg: ra, declinationDeg: dec } = TARGET;
    const images = this.simulation.survey.imagesCovering(ra, dec, -SIZE)
      .filter(({ image }) => image.detector === DETECTOR);
    return images.map(({ image, x, y }) => {
      const path = join(this.path, image.fileName);
      const [x0, y0] = [Math.round(x) - 12, Math.round(y) - 12];
      Deno.writeFileSync(
        path,
        this.#writer.cutout(image, { x0, y0, width: SIZE, height: SIZE }).read() as Uint8Array<ArrayBuffer>,
      );
      const none = { collection: "", processing_version: "", mjd: 0, access_url: "", size_kb: null };
      return {
        path,
        observation: { obs_id: image.fileName, band: `D${DETECTOR}`, detector: DETECTOR, ...none },
      };
    });
  }

  maps(): string {
    for (const offer of OFFERED_CALIBRATIONS) {
      if (offer.isOutdated || !["spectral_wcs", "solid_angle_pixel_map"].includes(offer.product)) continue;
      const path = join(
        this.path,
        "maps",
        calibrationArchiveKey(offer.release, offer.product, DETECTOR, offer.version),
      );
      Deno.mkdirSync(join(path, ".."), { recursive: true });
      Deno.writeFileSync(
        path,
        calibrationFile(offer, DETECTOR, this.#writer).read() as Uint8Array<ArrayBuffer>,
      );
    }
    return join(this.path, "maps");
  }

  async setup(calibrationDirectory?: string): Promise<ApertureSetup> {
    return {
      settings: DEFAULT_APERTURE_SETTINGS,
      target: {
        ...TARGET,
        properMotionRaMasPerYear: null,
        properMotionDecMasPerYear: null,
        referenceEpochYear: null,
      },
      calibration: await fileMeasureSetup(DEFAULT_CONFIG, { calibrationDirectory }),
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

async function measure(
  files: readonly ApertureFile[],
  setup: ApertureSetup,
  workers: number,
): Promise<ApertureOutcome[]> {
  const batches = await Array.fromAsync(measuredApertures(files, setup, workers));
  return batches.flatMap(({ outcomes }) => outcomes);
}

Deno.test("measuredApertures() gives the same rows to the bit in this thread and in workers", async () => {
  using folder = new CutoutFolder();
  const files = folder.files();
  const invalid = join(folder.path, "invalid.fits");
  await Deno.writeTextFile(invalid, "no FITS file");
  const list = [...files, ...files, { ...files[0]!, path: invalid }, ...files, ...files, ...files, ...files];
  const setup = await folder.setup();
  const here = await measure(list, setup, 0);
  assert.deepEqual(await measure(list, setup, 3), here);
  assert.equal(here.length, list.length);
  assert.deepEqual(here.filter((outcome) => "code" in outcome).length, 1);
  assert("code" in here[2 * files.length]!);
  assert.deepEqual(await measure([], setup, 3), []);
});

Deno.test("measuredApertures() takes wavelengths and solid angles from the maps, else from the file, and says so", async () => {
  using folder = new CutoutFolder();
  const files = folder.files();
  const maps = folder.maps();
  const rows = async (directory?: string) =>
    (await measure(files, await folder.setup(directory), 0)).map((outcome) => {
      assert("row" in outcome);
      return outcome.row;
    });
  const [mapped, unmapped] = [await rows(maps), await rows()];
  const truth = folder.simulation.truth(TARGET.name);
  for (const [i, row] of mapped.entries()) {
    const own = unmapped[i]!;
    const { wavelengthMicron } = truth.find(({ fileName }) => row.obs_id === fileName)!;
    assert.match(row.spectral_wcs_calibration_id!, /^spectral_wcs_D2_/);
    assert.match(row.solid_angle_calibration_id!, /^solid_angle_pixel_map_D2_/);
    assert.equal(row.photometry_flags, "");
    assert(Math.abs(row.wavelength! - wavelengthMicron) < 2e-5, `${row.wavelength} ${wavelengthMicron}`);
    assert.deepEqual([own.spectral_wcs_calibration_id, own.solid_angle_calibration_id], [null, null]);
    assert.equal(own.photometry_flags, "SOLID_ANGLE_FROM_WCS;CALIBRATION_MISSING");
    assert(own.wavelength !== row.wavelength && Math.abs(own.wavelength! - wavelengthMicron) < 0.005);
    assert(Math.abs(own.flux! - row.flux!) < 0.01 * row.flux_error! + 1e-3 * Math.abs(row.flux!));
  }
});
