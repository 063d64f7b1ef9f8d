/**
 * How long the processing stage takes for 200 cutouts that the page cache holds, in this thread and on two workers:
 * part of `bench/aperture_bench.ts`.
 * @module
 */
import process from "node:process";
import { join } from "node:path";
import { calibrationFile, OFFERED_CALIBRATIONS } from "../lib/simulator/calibration_files.ts";
import { Level2Writer } from "../lib/simulator/level2_writer.ts";
import { Simulation } from "../lib/simulator/simulation.ts";
import { calibrationArchiveKey } from "../lib/spherex/calibration_products.ts";
import { parseLevel2FileName } from "../lib/spherex/file_names.ts";
import { DEFAULT_CONFIG } from "../lib/config/schema.ts";
import { DEFAULT_APERTURE_SETTINGS } from "../lib/photometry/aperture/aperture_settings.ts";
import { fileMeasureSetup } from "../lib/workflow/file_measure_setup.ts";
import { measuredApertures } from "../lib/workflow/pipeline/aperture_batches.ts";
import type { ApertureFile, ApertureSetup } from "../lib/workflow/pipeline/aperture_job.ts";

const SIZE_PIXELS = 50;
const COUNT = 200;
const TARGET = { name: "star", rightAscensionDeg: 80, declinationDeg: -35, neighbours: [] };

/** What one way of working took. */
export interface SpeedRow {
  /** Workers; 0 is this thread. */
  readonly workers: number;
  /** Seconds on the clock, starting the workers included. */
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly cpuSeconds: number;
}

function write(path: string, bytes: Uint8Array): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeFileSync(path, bytes);
}

function makeFiles(folder: string): ApertureFile[] {
  const simulation = new Simulation({
    seed: 3,
    visitsPerDetector: 40,
    qr3Fraction: 0.3,
    fieldStarsPerSquareDegree: 200,
    targets: [TARGET],
  });
  const writer = new Level2Writer(simulation);
  for (const offer of OFFERED_CALIBRATIONS) {
    if (offer.isOutdated || !["spectral_wcs", "solid_angle_pixel_map"].includes(offer.product)) continue;
    for (const detector of offer.detectors) {
      const key = calibrationArchiveKey(offer.release, offer.product, detector, offer.version);
      write(`${folder}/calibrations/${key}`, calibrationFile(offer, detector, writer).read());
    }
  }
  const { rightAscensionDeg: ra, declinationDeg: dec } = TARGET;
  return simulation.survey.imagesCovering(ra, dec, -SIZE_PIXELS).slice(0, COUNT).map(({ image, x, y }) => {
    const path = join(folder, image.fileName);
    const [x0, y0] = [Math.round(x) - SIZE_PIXELS / 2, Math.round(y) - SIZE_PIXELS / 2];
    write(path, writer.cutout(image, { x0, y0, width: SIZE_PIXELS, height: SIZE_PIXELS }).read());
    const { detector, fileName } = image;
    const obs_id = parseLevel2FileName(fileName)!.observationId;
    const none = { collection: "", processing_version: "", mjd: 0, access_url: "", size_kb: null };
    return { path, observation: { obs_id, band: `D${detector}`, detector, ...none } };
  });
}

async function timed(
  files: readonly ApertureFile[],
  setup: ApertureSetup,
  workers: number,
): Promise<SpeedRow> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  let done = 0;
  for await (const { outcomes } of measuredApertures(files, setup, workers)) {
    done += outcomes.filter((outcome) => "row" in outcome && outcome.row.flux !== null).length;
  }
  const { user, system } = process.cpuUsage(before);
  if (done !== COUNT) throw new Error(`${done} of ${COUNT} cutouts were measured`);
  return { workers, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** The best of some runs in this thread and on two workers, with calibration products. */
export async function apertureSpeeds(runs = 5): Promise<SpeedRow[]> {
  const folder = Deno.makeTempDirSync({ prefix: "spxcutdb_bench_" });
  try {
    const files = makeFiles(folder);
    if (files.length < COUNT) throw new Error(`The sky has ${files.length} images, expected ${COUNT}`);
    const setup: ApertureSetup = {
      settings: DEFAULT_APERTURE_SETTINGS,
      target: {
        ...TARGET,
        properMotionRaMasPerYear: null,
        properMotionDecMasPerYear: null,
        referenceEpochYear: null,
      },
      calibration: await fileMeasureSetup(DEFAULT_CONFIG, {
        calibrationDirectory: `${folder}/calibrations`,
      }),
    };
    const rows: SpeedRow[] = [];
    for (const workers of [0, 2]) {
      const tried: SpeedRow[] = [];
      for (let i = 0; i < runs; i++) tried.push(await timed(files, setup, workers));
      rows.push(tried.reduce((best, row) => row.cpuSeconds < best.cpuSeconds ? row : best));
    }
    return rows;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
