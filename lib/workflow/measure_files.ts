import type { MeasurementRow } from "../outputs/measurement_row.ts";
import { CutoutMeasurer } from "./cutout_measurer.ts";
import type { FileMeasureSetup, FileTarget } from "./file_target.ts";
import type { MeasuredFiles } from "./fit_job.ts";
import { type FileMeasureOptions, loadFileMeasureSetup } from "./file_measure_setup.ts";
import { openFitPool } from "./fit_pool.ts";
import { measureFileBatch } from "./measure_file_batch.ts";

/** What to measure, and with what. */
export interface MeasureFilesOptions extends FileMeasureOptions {
  /** The files with their places; a list of any length may be streamed in. */
  readonly files: Iterable<FileTarget> | AsyncIterable<FileTarget>;
  /** Number of workers; 0, or a list of a single batch, is measured in this thread. @default {0} */
  readonly workers?: number;
  /** Files that go to a worker in one message. @default {64} */
  readonly batchSize?: number;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Measured files that are handed on together. */
export interface MeasuredLines {
  /** A JSON object for each file, in the order of the list. */
  readonly lines: readonly string[];
  /** How many of them could not be measured. */
  readonly failed: number;
}

/** Batches that wait for a worker beside those that are worked on. */
const BATCHES_PER_WORKER = 3;

/** Cuts a list into batches. */
async function* batches(
  files: MeasureFilesOptions["files"],
  size: number,
): AsyncGenerator<readonly FileTarget[]> {
  let batch: FileTarget[] = [];
  for await (const file of files) {
    if (batch.push(file) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* measureHere(
  work: AsyncIterable<readonly FileTarget[]>,
  setup: FileMeasureSetup,
  signal: AbortSignal | undefined,
): AsyncGenerator<MeasuredLines> {
  using measurer = new CutoutMeasurer();
  for await (const files of work) {
    signal?.throwIfAborted();
    yield await measureFileBatch(files, setup, measurer);
  }
}

/** Hands batches to workers, a bounded number of them at a time, and their answers on in order. */
async function* measureInWorkers(
  work: AsyncIterable<readonly FileTarget[]>,
  setup: FileMeasureSetup,
  workers: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<MeasuredLines> {
  using pool = openFitPool(workers);
  const pending: Promise<MeasuredFiles>[] = [];
  const next = async () => {
    const answer = await pending.shift()!;
    signal?.throwIfAborted();
    return answer;
  };
  for await (const files of work) {
    signal?.throwIfAborted();
    const answer = pool.submit({ kind: "measure_files", files, setup }) as Promise<MeasuredFiles>;
    answer.catch(() => undefined); // told where it is awaited
    pending.push(answer);
    if (pending.length >= workers * BATCHES_PER_WORKER) yield await next();
  }
  while (pending.length > 0) yield await next();
}

/**
 * Measures files without a project, in batches of JSON lines: what {@linkcode measureFiles} gives, ready to be printed.
 *
 * Throws `storage/*` when the folder of the calibration cannot be read, `config/*`, RangeError for a number of workers
 * or a batch size that is no such number.
 */
export async function* measureFileLines(options: MeasureFilesOptions): AsyncGenerator<MeasuredLines> {
  const { workers = 0, batchSize = 64, signal } = options;
  if (!(Number.isInteger(workers) && workers >= 0 && Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`Cannot measure with ${workers} workers in batches of ${batchSize}`);
  }
  const setup = await loadFileMeasureSetup(options);
  const work = batches(options.files, batchSize);
  const [first, second] = [await work.next(), await work.next()];
  const all = restored([first, second], work);
  // A worker takes longer to start than to measure a batch.
  if (workers === 0 || second.done) yield* measureHere(all, setup, signal);
  else yield* measureInWorkers(all, setup, workers, signal);
}

/** What was taken off a generator, and the rest of it. */
async function* restored<T>(taken: readonly IteratorResult<T>[], rest: AsyncGenerator<T>): AsyncGenerator<T> {
  for (const result of taken) if (!result.done) yield result.value;
  yield* rest;
}

/**
 * Measures the flux at a place in each of many files, cutouts of any release or whole images, without a project.
 *
 * Yields one row a file in the order of the list, with the columns of the spectra table and `path`; memory does not
 * grow with the list. The rows are the same to the bit with any number of workers. A file that cannot be measured
 * gives a row with `measurement_status` `failed_input`, `error_code` and `error_message`. Without calibration the
 * file's own coordinate systems stand in, and flags say so.
 *
 * @example
 * ```ts ignore
 * import { measureFiles } from "./measure_files.ts";
 * const files = [{ path: "cutout.fits", rightAscensionDeg: 68.05, declinationDeg: 24.4 }];
 * for await (const row of measureFiles({ files, calibrationDirectory: "calibrations" })) {
 *   console.log(row["wavelength_um"], row["selected_flux_uJy"], row["selected_flux_err_uJy"]);
 * }
 * ```
 */
export async function* measureFiles(options: MeasureFilesOptions): AsyncGenerator<MeasurementRow> {
  for await (const { lines } of measureFileLines(options)) {
    for (const line of lines) yield JSON.parse(line) as MeasurementRow;
  }
}
