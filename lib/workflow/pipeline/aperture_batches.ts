import { CutoutMeasurer } from "../cutout_measurer.ts";
import { openFitPool } from "../fit_pool.ts";
import type { ApertureFile, ApertureSetup, MeasuredApertures } from "./aperture_job.ts";
import { measureApertures } from "./measure_apertures.ts";

/** Cutouts that go to a worker in one message. */
const BATCH_SIZE = 16;

function batchesOf(files: readonly ApertureFile[]): ApertureFile[][] {
  const count = Math.ceil(files.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, i) => files.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE));
}

/** Measures cutouts in batches, in their order, in this thread or, from two on, in workers; the answers are the same to the bit. */
export async function* measuredApertures(
  files: readonly ApertureFile[],
  setup: ApertureSetup,
  workers: number,
): AsyncGenerator<MeasuredApertures> {
  const batches = batchesOf(files);
  if (workers < 2 || batches.length < 2) {
    using measurer = new CutoutMeasurer();
    for (const batch of batches) yield await measureApertures(batch, setup, measurer);
    return;
  }
  using pool = openFitPool(Math.min(workers, batches.length));
  const answers = batches.map((batch) => {
    const answer = pool.submit({ kind: "apertures", files: batch, setup }) as Promise<MeasuredApertures>;
    answer.catch(() => undefined); // told where it is awaited
    return answer;
  });
  for (const answer of answers) yield await answer;
}
