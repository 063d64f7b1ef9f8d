import { join, resolve } from "node:path";
import { hashText, hashWords, SeededRandom } from "../core/random.ts";
import { TaggedError } from "../core/errors.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { SourceInjector } from "../photometry/inject_source.ts";
import { measureCutout } from "../photometry/measure_cutout.ts";
import { MeasureWorkspace } from "../photometry/measure_workspace.ts";
import { BLOCKING_PHOTOMETRY_FLAGS } from "../photometry/photometry_flags.ts";
import type { DetectorNumber } from "../spherex/bands.ts";
import type { CutoutRecord } from "../store/cutouts.ts";
import type { CalibrationRecord } from "../store/calibrations.ts";
import { CutoutMeasurer, type MeasureChoices, type PreparedCutout } from "./cutout_measurer.ts";
import type { EventListener } from "./events.ts";
import { CopyFolder, type InjectedCopy, injectedCopy } from "./injected_copy.ts";
import { drawInjectionPlace } from "./injection_places.ts";
import { type Injection, type InjectionBin, injectionBins } from "./injection_statistics.ts";
import { measureChoices } from "./measure_choices.ts";
import { Project, type ProjectOptions } from "./project.ts";
import { positionAt } from "./proper_motion.ts";
import { Planner } from "./planner.ts";

/** What is put into the cutouts of a project. */
export interface InjectOptions extends ProjectOptions {
  /** Sources for each cutout, each in a copy of its own. @default {4} */
  readonly perImage?: number;
  /** Fluxes to draw from, microjansky. @default {[100, 300, 1000, 3000]} */
  readonly fluxesMicroJy?: readonly number[];
  /** Seed of places, fluxes and noise. @default {1} */
  readonly seed?: number;
  /** Folder for the report; `injection` in the results when left out, none when null. */
  readonly outputDirectory?: string | null;
  /** Folder for the altered cutouts, a file for each source, and a list of them; none are kept when left out. */
  readonly keepCopies?: string | undefined;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Told of progress and of cutouts that cannot be read. */
  readonly onEvent?: EventListener;
}

/** What became of the injected sources. */
export interface InjectResult {
  /** Absolute path of the project. */
  readonly project: string;
  /** Cutouts that sources were put into. */
  readonly cutouts: number;
  /** Cutouts that could not be used. */
  readonly skipped: number;
  /** Sources put in. */
  readonly injected: number;
  /** Results by detector and flux; detector null stands for all. */
  readonly bins: readonly InjectionBin[];
  /** Files that were written, absolute: the report and the list of kept copies. */
  readonly files: readonly string[];
}

const DEFAULT_FLUXES_MICRO_JY = [100, 300, 1000, 3000];
const FAINTNESS = new Set<string>(["NON_DETECTION", "NEGATIVE_FORCED_FLUX"]);
const BLOCKING = new Set<string>(BLOCKING_PHOTOMETRY_FLAGS.filter((name) => !FAINTNESS.has(name)));

/** Reads the cutouts of a project as a run would. */
class CutoutReader implements Disposable {
  readonly #project: Project;
  readonly #planner: Planner;
  readonly #measurer = new CutoutMeasurer();
  readonly choices: MeasureChoices;

  constructor(project: Project) {
    this.#project = project;
    this.#planner = new Planner(project);
    this.choices = measureChoices(project.config);
  }

  [Symbol.dispose](): void {
    this.#measurer[Symbol.dispose]();
  }

  /** Opens a cutout for as long as `work` takes; undefined when a calibration is missing. */
  read<T>(cutout: CutoutRecord, work: (prepared: PreparedCutout) => T): Promise<T> | undefined {
    const source = this.#project.sources.find(cutout.sourceId);
    const product = this.#project.products.find(cutout.productId);
    if (source === undefined || product === undefined) return undefined;
    const choice = this.#planner.calibrationChoice;
    const calibration = choice.forImage(product.release, product.detector);
    if (calibration === undefined) return undefined;
    const { root } = this.#project;
    const pathOf = (record: CalibrationRecord | undefined) =>
      record === undefined ? undefined : insideDirectory(root, record.relativePath);
    const { psfFileSha256 } = cutout;
    return this.#measurer.open(insideDirectory(root, cutout.localPath), async (level2) => {
      const image = {
        spectralWcs: pathOf(calibration.spectralWcs),
        solidAngle: pathOf(calibration.solidAngle),
        psf: pathOf(calibration.psf),
        leftOutPsf: psfFileSha256 === null ? undefined : pathOf(choice.withSha256(psfFileSha256)),
        fluxCorrection: pathOf(calibration.fluxCorrection),
        isMismatch: calibration.isMismatch,
        detector: product.detector as DetectorNumber,
      };
      return work(
        await this.#measurer.prepare(
          level2,
          positionAt(source, level2.mjdAverage),
          image,
          this.choices,
          {
            neighbours: this.#planner.neighbours?.near(source).map((each) =>
              positionAt(each, level2.mjdAverage)
            ),
          },
        ),
      );
    });
  }
}

function noCutouts(root: string): TaggedError {
  return new TaggedError("storage/no-cutouts", "There is no cutout on disk to put sources into", {
    context: { project: root },
    hint: `Measure with \`spxcutdb run --project ${root} --cleanup-cutouts never\`, which keeps the cutouts`,
  });
}

/** Puts `perImage` sources into copies of one cutout and measures them. */
function injectInto(
  cutout: PreparedCutout,
  choices: MeasureChoices,
  perImage: number,
  fluxes: readonly number[],
  random: SeededRandom,
  workspace: MeasureWorkspace,
): InjectedCopy[] {
  const { level2, pixels } = cutout;
  const injector = new SourceInjector(pixels, choices.settings);
  const copies: InjectedCopy[] = [];
  for (let n = 0; n < perImage; n++) {
    const fluxMicroJy = fluxes[random.uint32() % fluxes.length]!;
    const place = drawInjectionPlace(pixels, random, choices.settings.masks.sourceMask);
    const copy = place && injector.inject({ ...place, fluxMicroJy }, () => random.normal());
    if (copy === undefined) continue;
    const m = measureCutout(copy, choices.settings, { workspace });
    copies.push(injectedCopy(cutout, copy, {
      detector: level2.detector ?? 0,
      trueFluxMicroJy: fluxMicroJy,
      fluxMicroJy: m.selectedFluxMicroJy,
      fluxErrorMicroJy: m.selectedFluxErrorMicroJy,
      isDetected: m.detectionStatus === "detected",
      isBlocked: m.photometryFlags.some((name) => BLOCKING.has(name)),
    }));
  }
  return copies;
}

/** Writes table, plot and JSON; returns their paths. */
async function writeReport(directory: string, result: Omit<InjectResult, "files">): Promise<string[]> {
  // Drawing is heavy to load.
  const { injectionPlotSvg } = await import("../plot/injection_plot.ts");
  const { svgToPng } = await import("../plot/raster.ts");
  const { outwardJson } = await import("../core/outward_json.ts");
  const { injectionCsv } = await import("./injection_csv.ts");
  const svg = injectionPlotSvg(result.bins);
  const files: (readonly [string, string | Uint8Array])[] = [
    ["injection.csv", injectionCsv(result.bins)],
    ["injection.json", `${JSON.stringify(outwardJson({ schema_version: 1, ...result }), null, 2)}\n`],
    ["injection.svg", svg],
    ["injection.png", await svgToPng(svg, { widthPixels: 1400, dotsPerInch: 200 })],
  ];
  await Deno.mkdir(directory, { recursive: true });
  for (const [name, content] of files) await writeFileAtomic(join(directory, name), content);
  return files.map(([name]) => join(directory, name));
}

/**
 * Puts sources of known flux into copies of the project's cutouts (the cutouts themselves stay as they are; the copies
 * live in memory unless they are to be kept), measures them as a run
 * would and sums up bias, pulls, completeness and flags by detector and flux: what the photometry is worth on these
 * very images. Each source has the image's own PSF and photon noise and lies between pixels, away from known sources.
 *
 * Throws RangeError for a count below 1 or fluxes that are not positive, storage/no-cutouts, and what opening a
 * project throws.
 */
export async function inject(options: InjectOptions): Promise<InjectResult> {
  const { perImage = 4, fluxesMicroJy = DEFAULT_FLUXES_MICRO_JY, seed = 1, onEvent } = options;
  if (!Number.isInteger(perImage) || perImage < 1) {
    throw new RangeError(`Cannot inject ${perImage} sources an image: expected 1 or more`);
  }
  if (fluxesMicroJy.length === 0 || !fluxesMicroJy.every((flux) => flux > 0 && flux < Infinity)) {
    throw new RangeError(`Cannot inject fluxes ${fluxesMicroJy.join(", ")}: expected positive microjansky`);
  }
  using project = await Project.open(options);
  using reader = new CutoutReader(project);
  const workspace = new MeasureWorkspace();
  const folder = options.keepCopies === undefined ? undefined : new CopyFolder(resolve(options.keepCopies));
  const injections: Injection[] = [];
  let skipped = 0, done = 0;
  const records = [...project.cutouts.iterate()].filter(({ state }) => state === "valid");
  if (records.length === 0) throw noCutouts(project.root);
  for (const record of records) {
    options.signal?.throwIfAborted();
    const random = new SeededRandom(hashWords(seed, hashText(record.cutoutKey)));
    let some: InjectedCopy[] | undefined;
    try {
      some = await reader.read(
        record,
        (cutout) => injectInto(cutout, reader.choices, perImage, fluxesMicroJy, random, workspace),
      );
    } catch (error) {
      onEvent?.({
        type: "warning",
        message: `${record.localPath}: ${error instanceof Error ? error.message : error}`,
      });
    }
    if (some !== undefined) await folder?.add(insideDirectory(project.root, record.localPath), some);
    if (some === undefined || some.length === 0) skipped++;
    else injections.push(...some.map(({ injection }) => injection));
    done++;
    onEvent?.({ type: "progress", stage: "measure", done, total: records.length, failed: skipped });
  }
  const result = {
    project: project.root,
    cutouts: records.length - skipped,
    skipped,
    injected: injections.length,
    bins: injectionBins(injections),
  };
  const { outputDirectory = join(project.paths.results, "injection") } = options;
  const files = outputDirectory === null ? [] : await writeReport(resolve(outputDirectory), result);
  return { ...result, files: folder === undefined ? files : [...files, await folder.finish()] };
}
