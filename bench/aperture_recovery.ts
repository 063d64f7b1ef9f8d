/**
 * Known fluxes through the whole aperture pipeline: a field of isolated stars on the stand-in archive, found, fetched,
 * measured and compared with the truth. Shared by `bench/aperture_bench.ts` and the tests.
 * @module
 */
import { join } from "node:path";
import { standInConfig } from "../lib/cli/commands/archive.ts";
import { SeededRandom } from "../lib/core/random.ts";
import { median } from "../lib/math/robust_statistics.ts";
import { offsetPosition } from "../lib/math/sphere.ts";
import { fillCircleOverlap } from "../lib/photometry/aperture/circle_overlap.ts";
import { starStamp } from "../lib/simulator/detector_psf.ts";
import { type StandInArchive, startStandInArchive } from "../lib/simulator/stand_in_archive.ts";
import type { TruthRow } from "../lib/simulator/truth.ts";
import { PIXEL_FLAGS } from "../lib/spherex/pixel_flags.ts";
import { flagMask } from "../lib/workflow/pipeline/photometry_parameters.ts";
import { runCatalogPipeline } from "../lib/workflow/pipeline/catalog_pipeline.ts";
import { Pipeline } from "../lib/workflow/pipeline/pipeline.ts";
import type { PhotometryParameters, PipelinePhotometry } from "../lib/workflow/pipeline/pipeline_types.ts";

const MIDDLE = [150.1, 2.2] as const;
/** Distance of neighbours on the grid, arcseconds: 24 pixels. */
const SPACING_ARCSEC = 148;
/** The flag of bright pixels, of which the light is good all the same. */
const OVERFLOW = PIXEL_FLAGS.value("OVERFLOW");
const FLUX_RANGE_MICROJY = [20, 60000] as const;

/** How many stars are measured, and how often. */
export interface FieldOptions {
  /** Stars along a side of the grid. */
  readonly side: number;
  /** Visits of each detector. */
  readonly visitsPerDetector: number;
  /** Seed of the sky. */
  readonly seed: number;
}

/** A measurement beside its truth. */
export interface RecoveredFlux {
  /** What is true. */
  readonly truth: TruthRow;
  /** What was measured. */
  readonly row: PipelinePhotometry;
}

/** Isolated stars of random fluxes on a grid. */
function starsOf({ side, seed }: FieldOptions) {
  const random = new SeededRandom(seed);
  const [low, high] = FLUX_RANGE_MICROJY.map(Math.log) as [number, number];
  return Array.from({ length: side * side }, (_, index) => {
    const [east, north] = [index % side, Math.floor(index / side)].map((place) =>
      (place - (side - 1) / 2 + 0.2 * (random.uniform() - 0.5)) * SPACING_ARCSEC / 3600
    ) as [number, number];
    return {
      name: `star_${index}`,
      ...offsetPosition(...MIDDLE, Math.atan2(east, north) * 180 / Math.PI, Math.hypot(east, north)),
      spectrum: {
        kind: "power-law",
        fluxAtTwoMicronMicroJy: Math.exp(low + (high - low) * random.uniform()),
        slope: 2 * random.uniform() - 1,
      },
      neighbours: [],
    } as const;
  });
}

/** A field of stars, and a folder for what is measured of it. */
export class StarField implements AsyncDisposable {
  readonly #archive: StandInArchive;
  readonly #folder = Deno.makeTempDirSync({ prefix: "spxcutdb_stars_" });

  private constructor(archive: StandInArchive, stars: ReturnType<typeof starsOf>) {
    this.#archive = archive;
    const rows = stars.map((star) => `${star.name},${star.rightAscensionDeg},${star.declinationDeg}`);
    Deno.writeTextFileSync(join(this.#folder, "stars.csv"), `Name,RA_deg,DEC_deg\n${rows.join("\n")}\n`);
  }

  /** Starts the archive. */
  static async open(options: FieldOptions): Promise<StarField> {
    const stars = starsOf(options);
    const { seed, visitsPerDetector } = options;
    return new StarField(
      await startStandInArchive({
        seed,
        visitsPerDetector,
        qr3Fraction: 0.5,
        fieldStarsPerSquareDegree: 0,
        targetsOnRequest: false,
        targets: stars,
      }),
      stars,
    );
  }

  /** Cutouts that were fetched so far. */
  get fetched(): number {
    return this.#archive.counts().cutout.requests;
  }

  /** Measures all stars; what is fetched already stays. Failed rows and those with bad flags but OVERFLOW are left out. */
  async measure(photometry: Partial<PhotometryParameters>): Promise<RecoveredFlux[]> {
    const { sources } = await runCatalogPipeline({
      catalog: join(this.#folder, "stars.csv"),
      outputDir: join(this.#folder, "out"),
      cutoutSize: "25px",
      photometry,
      stages: ["query", "download", "processing"],
      resume: true,
      config: standInConfig(this.#archive.urls),
    });
    const found: RecoveredFlux[] = [];
    for (const { name, outputDir } of sources) {
      const state = await (await Pipeline.fromSavedState(name, outputDir)).state();
      const bad = flagMask(state.parameters.photometry.bad_flags) & ~OVERFLOW;
      const truths = new Map(
        this.#archive.truth(name).map((row) => [`${row.observationId}D${row.detector}`, row]),
      );
      for (const row of state.photometry_results) {
        if (row.flux === null || (row.flag & bad) !== 0) continue;
        found.push({ row, truth: truths.get(`${row.obs_id}${row.band}`)! });
      }
    }
    return found;
  }

  /** Stops the archive and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#archive.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The share of a star's light inside of its aperture, from the simulation's own analytic PSF. */
export function curveOfGrowth({ truth, row }: RecoveredFlux): number {
  const stamp = starStamp(truth.detector, truth.detectorX, truth.detectorY);
  const overlap = new Float64Array(stamp.size ** 2);
  const [x, y] = [truth.detectorX - stamp.x0, truth.detectorY - stamp.y0];
  fillCircleOverlap(x, y, row.aperture_radius!, stamp.size, stamp.size, overlap);
  return overlap.reduce((sum, share, i) => sum + share * stamp.fractions[i]!, 0);
}

/** Numbers that say how well fluxes are recovered. */
export interface RecoverySummary {
  /** Measurements. */
  readonly count: number;
  /** Measurements above S/N 50. */
  readonly brightCount: number;
  /** Median of measured over true flux, less one, above S/N 50. */
  readonly bias: number;
  /** Median of what lies outside of the aperture by the PSF's curve of growth, above S/N 50. */
  readonly loss: number;
  /** Median of measured flux over true flux inside of the aperture by the curve of growth, less one, above S/N 50. */
  readonly growthDifference: number;
  /** Mean of the pulls. */
  readonly pullMean: number;
  /** Standard deviation of the pulls. */
  readonly pullWidth: number;
}

/** Sums up measurements. */
export function summarize(found: readonly RecoveredFlux[]): RecoverySummary {
  const bright = found.filter(({ row }) => row.snr! > 50);
  const pulls = found.map(({ row, truth }) => (row.flux! - truth.fluxMicroJy) / row.flux_error!);
  const pullMean = pulls.reduce((sum, pull) => sum + pull, 0) / pulls.length;
  return {
    count: found.length,
    brightCount: bright.length,
    bias: median(bright.map(({ row, truth }) => row.flux! / truth.fluxMicroJy - 1)),
    loss: median(bright.map((each) => 1 - curveOfGrowth(each))),
    growthDifference: median(
      bright.map((each) => each.row.aperture_flux! / each.truth.fluxMicroJy / curveOfGrowth(each) - 1),
    ),
    pullMean,
    pullWidth: Math.sqrt(
      pulls.reduce((sum, pull) => sum + (pull - pullMean) ** 2, 0) / (pulls.length - 1),
    ),
  };
}
