import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import type { AccessName } from "../../lib/archive/access_route.ts";
import { startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { type ArchiveRoute, FAULT_KINDS, type FaultKind } from "../../lib/simulator/stand_in_options.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { archiveConfig, currentRows, queryProject, recordRun } from "../workflow/project_fixture.ts";

/** A patience that fits the stalls of the stand-in archive. */
const IMPATIENT = {
  "download.read_timeout_sec": 1.5,
  "download.min_download_rate_bytes_per_second": 10_000,
  "download.low_speed_time_sec": 1.2,
  "download.retry.backoff_seconds": [0.02],
  "download.retry.jitter_seconds": 0.02,
};

/** How large a run with faults is, and on which route. */
export interface FaultRunSettings {
  /** Visits of the place by each detector; somewhat more images come of it. */
  readonly visitsPerDetector: number;
  /** Detectors whose images are fetched. */
  readonly detectors: readonly number[];
  /** The route. */
  readonly access: Exclude<AccessName, "cloud">;
}

/** What came of a run with faults. */
export interface FaultRunFindings {
  /** Items planned. */
  readonly items: number;
  /** Items whose cutout came and was measured. */
  readonly measured: number;
  /** Items that are listed as failed. */
  readonly failed: number;
  /** Requests for cutouts, from the archive's log. */
  readonly requests: number;
  /** Faults among them, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Absolute path of the report. */
  readonly reportPath: string;
}

/**
 * Runs with 30 % of the answers faulty, each kind in turn, and asserts that every item is measured from the right
 * bytes or listed as failed with its reason, that there was no storm of requests, and that the report has the trace.
 */
export async function assertFaultRun(folder: string, settings: FaultRunSettings): Promise<FaultRunFindings> {
  let isFaulty = false;
  let answers = 0;
  await using archive = await startStandInArchive({
    seed: 7,
    visitsPerDetector: settings.visitsPerDetector,
    qr3Fraction: 0,
    fieldStarsPerSquareDegree: 50,
    checksums: true,
    faults: { decide: ({ route }) => faultOf(route), retryAfter: "0", stallMilliseconds: 3000 },
  });
  function faultOf(route: ArchiveRoute): FaultKind | undefined {
    if (!isFaulty || route !== "cutout") return undefined;
    const draw = (answers++ * 0.6180339887) % 1;
    return draw < 0.3 ? FAULT_KINDS[Math.floor(draw / 0.3 * FAULT_KINDS.length)] : undefined;
  }
  Deno.writeTextFileSync(`${folder}/catalog.csv`, "Name,RA_deg,DEC_deg\nalpha,68.05,-5.37\n");
  const project = `${folder}/faulty/project`;
  const config = {
    ...archiveConfig(archive),
    ...IMPATIENT,
    "spherex.detectors": [...settings.detectors],
    "cutouts.access": settings.access,
  };
  await init({ project, catalog: `${folder}/catalog.csv`, config });
  await discover({ project });
  if (settings.access === "truncated") await syncCalibrations({ project });
  else await syncCalibrations({ project, config: { "cutouts.access": "cutout" } });
  cpSync(`${folder}/faulty`, `${folder}/clean`, { recursive: true });
  await recordRun({ project: `${folder}/clean/project` });
  const truth = new Map(
    currentRows(`${folder}/clean/project`).map((row) => [row["measurement_id"], row["row_hash"]]),
  );

  isFaulty = true;
  archive.resetCounts();
  const { plan, counts, reportPath } = await recordRun({ project });
  const rows = currentRows(project);
  for (const row of rows) {
    assert.equal(row["row_hash"], truth.get(row["measurement_id"]), "a bad cutout counted");
  }
  const failures = queryProject(project, "SELECT code, message FROM failures WHERE resolved_at IS NULL");
  for (const { code, message } of failures) {
    assert.match(String(code), /^(net|archive|fits)\//);
    assert(String(message).length > 10);
  }
  assert.deepEqual([truth.size, rows.length], [plan.items, counts.measured]);
  assert.equal(rows.length + failures.length, plan.items);
  assert(failures.length <= 0.2 * plan.items, `${failures.length} of ${plan.items} failed`);
  const { requests } = archive.counts().cutout;
  assert(requests <= 3 * plan.items, `${requests} requests for ${plan.items} cutouts`);
  assertTrace(reportPath!, new URL(archive.urls.origin).host);
  const faults: Record<string, number> = {};
  for (const { fault } of archive.requests) if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1;
  return {
    items: plan.items,
    measured: rows.length,
    failed: failures.length,
    requests,
    faults,
    reportPath: reportPath!,
  };
}

/** That the report draws the limiter's trace, with the moments in which the host asked to go slower. */
function assertTrace(reportPath: string, host: string): void {
  const html = Deno.readTextFileSync(reportPath);
  assert(html.includes(`aria-label="Traffic with ${host} over time"`));
  assert.match(html, /class="limit" d="M[^"]+H/);
  assert.match(html, /class="throttled" d="M[^"]+v-6/);
}
