import { cpSync } from "node:fs";
import type { AccessName } from "../../lib/archive/access_route.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import { syncCalibrations } from "../../lib/workflow/calibrations.ts";
import { discover } from "../../lib/workflow/discover.ts";
import { init } from "../../lib/workflow/init.ts";
import { archiveConfig, currentRows, filesBelow, recordRun } from "../../tests/workflow/project_fixture.ts";
import { atLeast, atMost, type Goal } from "./goal.ts";

/** About 200 images of one place, of both releases. */
const SURVEY = { seed: 7, visitsPerDetector: 28, qr3Fraction: 0.4, fieldStarsPerSquareDegree: 50 };
const BUDGETS = { truncated: 200_000, cloud: 850_000 } as const;
const CLOUD_BUDGET_60 = 320_000;

/** What a run on one route read and left. */
interface RouteRun {
  readonly images: number;
  readonly readBytes: number;
  readonly sentBytes: number;
  readonly requests: number;
  readonly rows: string;
  readonly spectra: string;
}

async function runOn(
  archive: StandInArchive,
  project: string,
  access: AccessName,
  sizeArcsec: number,
  config: Readonly<Record<string, unknown>> = {},
): Promise<RouteRun> {
  archive.resetCounts();
  const { events, status } = await recordRun({
    project,
    config: {
      ...archiveConfig(archive),
      "cutouts.access": access,
      "cutouts.default_size_arcsec": sizeArcsec,
      "runtime.max_inflight_cutouts": 64,
      ...config,
    },
    cleanupCutouts: "success-after-measurement",
  });
  if (status !== "success") throw new Error(`The run by ${access} ended with ${status}`);
  const arrived = events.filter((event) => event.type === "download_completed");
  if (arrived.some((event) => event.access !== access)) throw new Error(`Not all came by ${access}`);
  const { cutout, s3 } = archive.counts();
  const { requests, bodyBytes } = access === "cloud" ? s3 : cutout;
  const spectra = filesBelow(`${project}/results/spectra`).map((path) =>
    Deno.readTextFileSync(`${project}/results/spectra/${path}`)
  );
  return {
    images: arrived.length,
    readBytes: arrived.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    sentBytes: bodyBytes,
    requests,
    rows: JSON.stringify(currentRows(project)),
    spectra: spectra.join("\n"),
  };
}

/** Runs a source of 200 images on each route: bytes and requests of each, and whether the spectra are the same. */
export async function routeGoals(folder: string): Promise<Goal[]> {
  const goals: Goal[] = [];
  const runs = new Map<AccessName, RouteRun>();
  await using archive = await startStandInArchive(SURVEY);
  await using paced = await startStandInArchive({ ...SURVEY, link: { bytesPerSecond: 4_000_000 } });
  Deno.writeTextFileSync(`${folder}/catalog.csv`, "Name,RA_deg,DEC_deg\nalpha,68.05,-5.37\n");
  const prepared = `${folder}/prepared`;
  const config = { ...archiveConfig(archive), "cutouts.access": "auto" };
  await init({ project: `${prepared}/project`, catalog: `${folder}/catalog.csv`, config });
  await discover({ project: `${prepared}/project` });
  await syncCalibrations({ project: `${prepared}/project` });
  const projectFor = (name: string): string => {
    cpSync(prepared, `${folder}/${name}`, { recursive: true });
    return `${folder}/${name}/project`;
  };
  for (const access of ["cutout", "truncated", "cloud"] as const) {
    const run = await runOn(archive, projectFor(access), access, 180);
    runs.set(access, run);
    const of = `\`${access}\`, ${run.images} images at 180 arcsec`;
    const mean = run.readBytes / run.images;
    if (access !== "cutout") goals.push(atMost(`${of}: bytes read an image`, mean, BUDGETS[access], "B"));
  }
  const cloud = runs.get("cloud")!;
  goals.push(atLeast("images of the source", cloud.images, 200, ""));
  goals.push(atMost("`cloud` at 180 arcsec: requests an image", cloud.requests / cloud.images, 8, ""));
  const small = await runOn(archive, projectFor("cloud60"), "cloud", 60);
  goals.push(
    atMost("`cloud` at 60 arcsec: bytes read an image", small.readBytes / small.images, CLOUD_BUDGET_60, "B"),
  );
  // The pace is that of a connection: one at a time makes it that of the line.
  const oneByOne = { "runtime.max_download_workers": 1 };
  const slow = await runOn(paced, await pacedProject(folder, paced), "truncated", 180, oneByOne);
  goals.push(
    atMost(
      "`truncated` on a line of 4 MB/s: bytes sent an image",
      slow.sentBytes / slow.images,
      400_000,
      "B",
    ),
  );
  const whole = runs.get("cutout")!;
  const others = [runs.get("truncated")!, cloud, slow];
  const same = others.filter(({ rows, spectra }) => rows === whole.rows && spectra === whole.spectra).length;
  goals.push(atLeast("other routes with the same spectra, row hash by row hash", same, others.length, ""));
  return goals;
}

/** A project on the slow line, which has the same sky. */
async function pacedProject(folder: string, paced: StandInArchive): Promise<string> {
  const project = `${folder}/paced/project`;
  cpSync(`${folder}/prepared`, `${folder}/paced`, { recursive: true });
  await discover({ project, config: archiveConfig(paced) });
  return project;
}
