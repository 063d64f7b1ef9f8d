/**
 * How many files are measured in a second, from the page cache to lines of JSON, and where the time goes:
 * `deno run -A bench/measure_bench.ts [measurements]`.
 *
 * The files are cutouts of 30 x 30 pixels of QR2 (5 MB each, of all detectors) of isolated targets, made in a temporary
 * folder with the calibration products they need (about 1 GB in all).
 * @module
 */
import process from "node:process";
import { calibrationFile, OFFERED_CALIBRATIONS } from "../lib/simulator/calibration_files.ts";
import { Level2Writer } from "../lib/simulator/level2_writer.ts";
import { Simulation } from "../lib/simulator/simulation.ts";
import { calibrationArchiveKey } from "../lib/spherex/calibration_products.ts";
import { DEFAULT_CONFIG } from "../lib/config/schema.ts";
import { CutoutMeasurer } from "../lib/workflow/cutout_measurer.ts";
import type { FileTarget } from "../lib/workflow/file_target.ts";
import { measureChoices } from "../lib/workflow/measure_choices.ts";
import { measuredFileLine } from "../lib/workflow/measured_file_line.ts";
import { measureFileLines } from "../lib/workflow/measure_files.ts";

const SIZE_PIXELS = 30;
const TARGETS = [0, 1].map((index) => ({
  name: `target ${index}`,
  rightAscensionDeg: 80 + 11.3 * index,
  declinationDeg: -35 + 60 * index,
  neighbours: [],
}));

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function write(path: string, bytes: Uint8Array): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeFileSync(path, bytes);
}

/** Makes the files; returns the list of them. */
function makeFiles(folder: string): FileTarget[] {
  const options = { seed: 3, visitsPerDetector: 10, qr3Fraction: 0, fieldStarsPerSquareDegree: 0 };
  const simulation = new Simulation({ ...options, targets: TARGETS });
  const writer = new Level2Writer(simulation);
  for (const offer of OFFERED_CALIBRATIONS) {
    if (offer.isOutdated || offer.release !== "QR2" || offer.product === "average_psf") continue;
    for (const detector of offer.detectors) {
      const key = calibrationArchiveKey(offer.release, offer.product, detector, offer.version);
      write(`${folder}/calibrations/${key}`, calibrationFile(offer, detector, writer).read());
    }
  }
  return TARGETS.flatMap(({ name, rightAscensionDeg, declinationDeg }) =>
    simulation.survey.imagesCovering(rightAscensionDeg, declinationDeg, -SIZE_PIXELS).map(
      ({ image, x, y }) => {
        const [x0, y0] = [Math.round(x) - SIZE_PIXELS / 2, Math.round(y) - SIZE_PIXELS / 2];
        const path = `${folder}/${name}__${image.fileName}`;
        write(path, writer.cutout(image, { x0, y0, width: SIZE_PIXELS, height: SIZE_PIXELS }).read());
        return { path, rightAscensionDeg, declinationDeg, name };
      },
    )
  );
}

/** The list over and over. */
function* repeated(files: readonly FileTarget[], count: number): Generator<FileTarget> {
  for (let index = 0; index < count; index++) yield files[index % files.length]!;
}

/** Processor time of all threads so far, microseconds. */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Measurements a second, and processor time of a measurement in microseconds, after the first tenth, in which code is
 * compiled and the page cache filled.
 */
async function rateOf(
  files: readonly FileTarget[],
  folder: string,
  workers: number,
  count: number,
): Promise<{ readonly rate: number; readonly cpu: number }> {
  const warm = Math.floor(count / 10);
  const options = { files: repeated(files, count), calibrationDirectory: `${folder}/calibrations`, workers };
  let [done, started, first, cpuBefore] = [0, 0, 0, 0];
  for await (const { lines } of measureFileLines(options)) {
    done += lines.length;
    if (started > 0 || done < warm) continue;
    [started, first, cpuBefore] = [performance.now(), done, cpuMicroseconds()];
  }
  const [measured, milliseconds] = [done - first, performance.now() - started];
  return { rate: measured / milliseconds * 1000, cpu: (cpuMicroseconds() - cpuBefore) / measured };
}

/** Microseconds of each stage of a measurement. */
async function stageTimes(files: readonly FileTarget[], folder: string, count: number) {
  using measurer = new CutoutMeasurer();
  const choices = measureChoices(DEFAULT_CONFIG);
  const products = new Map<string, string>();
  for (const product of ["spectral_wcs", "solid_angle_pixel_map"]) {
    for (const { version, detectors } of OFFERED_CALIBRATIONS.filter((offer) => offer.product === product)) {
      for (const detector of detectors) {
        const path = `${folder}/calibrations/${calibrationArchiveKey("QR2", product, detector, version)}`;
        try {
          Deno.statSync(path);
          products.set(`${product} ${detector}`, path);
        } catch (error) {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
    }
  }
  const stages = { open: 0, read: 0, fit: 0, line: 0 };
  let measured = 0;
  for (const file of repeated(files, count)) {
    const start = performance.now();
    await measurer.open(file.path, async (level2) => {
      const opened = performance.now();
      const [spectralWcs, solidAngle] = ["spectral_wcs", "solid_angle_pixel_map"].map((product) =>
        products.get(`${product} ${level2.detector}`)
      );
      const cutout = await measurer.prepare(level2, file, { spectralWcs, solidAngle }, choices);
      const read = performance.now();
      const groups = measurer.measureGroups(cutout, choices);
      const fitted = performance.now();
      measuredFileLine(file.path, groups);
      if (measured++ < count / 10) return;
      stages.open += opened - start;
      stages.read += read - opened;
      stages.fit += fitted - read;
      stages.line += performance.now() - fitted;
    });
  }
  const share = 1000 / (count - Math.ceil(count / 10));
  return Object.entries(stages).map(([stage, time]) => ({ stage, microseconds: time * share }));
}

const count = Number(Deno.args[0] ?? 12_000);
const folder = Deno.makeTempDirSync({ prefix: "spxcutdb_bench_" });
try {
  const files = makeFiles(folder);
  print(`${files.length} cutouts of ${SIZE_PIXELS} x ${SIZE_PIXELS} pixels, ${count} measurements\n`);
  print("workers      measurements/s  CPU us  ratio");
  let one = NaN;
  for (const workers of [0, 1, 2]) {
    const { rate, cpu } = await rateOf(files, folder, workers, count);
    if (workers === 1) one = rate;
    const name = workers === 0 ? "this thread" : String(workers);
    print(
      `${name.padEnd(12)} ${rate.toFixed(0).padStart(14)} ${cpu.toFixed(0).padStart(7)}  ` +
        (workers === 2 ? (rate / one).toFixed(2) : ""),
    );
  }
  print("\nstage        microseconds  share");
  const times = await stageTimes(files, folder, count);
  const all = times.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const meaning: Readonly<Record<string, string>> = {
    open: "the file's head and headers",
    read: "coordinates, pixels, maps, PSF",
    fit: "template, background, fluxes, quality, row",
    line: "JSON",
  };
  for (const { stage, microseconds } of times) {
    const share = `${(100 * microseconds / all).toFixed(0)} %`;
    print(
      `${stage.padEnd(12)} ${microseconds.toFixed(0).padStart(12)}  ${share.padStart(5)}  ${meaning[stage]}`,
    );
  }
  print(`\nresident memory with all that has run: ${(Deno.memoryUsage().rss / 1e6).toFixed(0)} MB`);
} finally {
  Deno.removeSync(folder, { recursive: true });
}
