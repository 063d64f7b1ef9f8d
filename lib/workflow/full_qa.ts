import { isTaggedError } from "../core/errors.ts";
import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import { recordFullQa, writeFullQa as writePlot } from "../outputs/full_qa.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { ManifestPlot } from "../outputs/output_manifest.ts";
import type { WorkflowEvent } from "./events.ts";
import type { PlanItem } from "./plan_source.ts";
import type { RunContext } from "./run_context.ts";
import { recordManifest, verifySourceOutputs } from "./source_outputs.ts";
import type { SourceWork } from "./source_work.ts";

/** The rows of a source whose full-QA plot is missing or damaged. */
async function missingPlots(context: RunContext, work: SourceWork): Promise<MeasurementRow[]> {
  const { project } = context;
  const stored = project.measurements.publishedRows(work.source.sourceId);
  const rows = stored.map((row) => JSON.parse(row.rowJson) as MeasurementRow);
  const { current, manifest } = await verifySourceOutputs(project, work.source, true);
  if (current) return [];
  const { current: compactIsCurrent } = await verifySourceOutputs(project, work.source);
  if (!compactIsCurrent || manifest === undefined) return rows;
  const plots = manifest.full_qa.plots;
  const whole = await Promise.all(stored.map(async ({ measurementId, rowHash }) => {
    const plot = plots[measurementId];
    return plot?.row_sha256 === rowHash && await isWhole(project.root, plot);
  }));
  return rows.filter((_, index) => !whole[index]);
}

async function isWhole(root: string, plot: ManifestPlot): Promise<boolean> {
  try {
    return await sha256File(insideDirectory(root, plot.path)) === plot.sha256;
  } catch (error) {
    if (isTaggedError(error, "storage/not-found")) return false;
    throw error;
  }
}

/** Draws one plot from the cutout on disk and writes it. */
async function drawPlot(context: RunContext, item: PlanItem, row: MeasurementRow): Promise<ManifestPlot> {
  const { project } = context;
  const { measurement_plot_dpi: dpi, measurement_plot_colorbars: colorbars } = project.config.photometry.qa;
  const result = await context.drawPool.submit({
    kind: "full_qa",
    measure: context.jobs.jobOf(item),
    row,
    dpi,
    colorbars,
  });
  if (result.kind !== "full_qa") {
    throw new TypeError(`A worker answered ${result.kind} to a request for a full-QA plot`);
  }
  return await writePlot(item.source.slug, row, result.png, {
    projectRoot: project.root,
    resultsDirectory: project.config.photometry.output_root,
  });
}

/**
 * The full-QA phase of a source, after its compact outputs: one plot for each measurement, drawn from the cutout that
 * is still on disk and entered into the manifest. A measurement whose cutout is gone stays valid; its plot is left out
 * and the user is told what to do.
 */
export async function* writeFullQa(context: RunContext, work: SourceWork): AsyncGenerator<WorkflowEvent> {
  const { project, runId } = context;
  const { source } = work;
  const missing = await missingPlots(context, work);
  if (missing.length === 0) return;
  const itemOfProduct = new Map(
    context.planner.planSource(source).map((item) => [item.product.productId, item]),
  );
  const drawable: { item: PlanItem; row: MeasurementRow }[] = [];
  for (const row of missing) {
    const item = itemOfProduct.get(String(row["product_id"]));
    const cutout = item === undefined ? undefined : project.cutouts.find(item.cutoutKey);
    if (item?.calibration !== undefined && cutout?.state === "valid") drawable.push({ item, row });
  }
  const plots: Record<string, ManifestPlot> = {};
  const batch = Math.max(1, context.limits.plotWorkers) * 2;
  for (let first = 0; first < drawable.length; first += batch) {
    context.signal?.throwIfAborted();
    await Promise.all(
      drawable.slice(first, first + batch).map(async ({ item, row }) => {
        plots[String(row["measurement_id"])] = await drawPlot(context, item, row);
      }),
    );
    yield {
      type: "progress",
      stage: "full_qa",
      done: Math.min(first + batch, drawable.length),
      total: drawable.length,
      failed: 0,
    };
  }
  const rows = project.measurements.publishedRows(source.sourceId).map((row) =>
    JSON.parse(row.rowJson) as MeasurementRow
  );
  const manifest = await recordFullQa(source, rows, plots, {
    projectRoot: project.root,
    resultsDirectory: project.config.photometry.output_root,
  });
  if (manifest !== undefined) recordManifest(project, source, manifest, runId);
  if (drawable.length > 0) {
    yield { type: "full_qa_written", sourceName: source.sourceName, plots: drawable.length };
  }
  if (drawable.length < missing.length) {
    yield {
      type: "full_qa_missing_no_cutout",
      sourceName: source.sourceName,
      items: missing.length - drawable.length,
      hint: "Their cutouts were cleaned up and the measurements stay valid; " +
        "to draw them, run with --force-photometry-rerun --qa-level full --cleanup-cutouts never",
    };
  }
}
