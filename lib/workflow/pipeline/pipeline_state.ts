import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { TaggedError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../files/atomic_write.ts";
import { slug } from "../../files/slug.ts";
import { storageError } from "../../files/storage_error.ts";
import { PIPELINE_PARAMETERS } from "./pipeline_parameters.ts";
import {
  PIPELINE_STAGES,
  type PipelineParameters,
  type PipelineStage,
  type PipelineState,
} from "./pipeline_types.ts";

/** Version of the state file's layout. */
const STATE_VERSION = 2;

const numberOrNull = z.number().nullable();

const OBSERVATION = z.object({
  obs_id: z.string(),
  band: z.string(),
  detector: z.int().min(1).max(6),
  collection: z.string(),
  processing_version: z.string(),
  mjd: z.number(),
  access_url: z.string(),
  size_kb: numberOrNull,
});

const PHOTOMETRY = z.object({
  obs_id: z.string(),
  band: z.string(),
  mjd: z.number(),
  flux: numberOrNull,
  flux_error: numberOrNull,
  mag_ab: numberOrNull,
  mag_ab_error: numberOrNull,
  wavelength: numberOrNull,
  bandwidth: numberOrNull,
  flag: z.int(),
  pix_x: numberOrNull,
  pix_y: numberOrNull,
  is_upper_limit: z.boolean(),
  snr: numberOrNull,
  aperture_flux: numberOrNull,
  aperture_flux_error: numberOrNull,
  aperture_correction: numberOrNull,
  aperture_radius: numberOrNull,
  aperture_method: z.enum(["fwhm", "fixed"]),
  psf_fwhm: numberOrNull,
  background: numberOrNull,
  background_error: numberOrNull,
  background_pixels: z.int(),
  zodi_scale: numberOrNull,
  zodi_scale_fitted: z.boolean(),
  failure: z.string().nullable(),
  photometry_flags: z.string(),
  spectral_wcs_calibration_id: z.string().nullable(),
  solid_angle_calibration_id: z.string().nullable(),
});

const STATE = z.object({
  schema_version: z.literal(STATE_VERSION),
  stage: z.enum([...PIPELINE_STAGES, "complete"]),
  completed_stages: z.array(z.enum(PIPELINE_STAGES)),
  pipeline_stages: z.array(z.enum(PIPELINE_STAGES)),
  parameters: PIPELINE_PARAMETERS,
  query_results: z.object({
    observations: z.array(OBSERVATION),
    time_span_days: z.number(),
    total_size_gb: z.number(),
    band_counts: z.record(z.string(), z.int()),
  }).nullable(),
  downloaded_files: z.array(z.string()),
  photometry_results: z.array(PHOTOMETRY),
});

/** The state of a pipeline that has done nothing yet. */
export function newState(parameters: PipelineParameters, stages: readonly PipelineStage[]): PipelineState {
  return {
    schema_version: STATE_VERSION,
    stage: stages[0] ?? "query",
    completed_stages: [],
    pipeline_stages: [...stages],
    parameters,
    query_results: null,
    downloaded_files: [],
    photometry_results: [],
  };
}

/** Where the state of a source is kept. */
export function statePath(outputDirectory: string, sourceName: string): string {
  return join(outputDirectory, `${slug(sourceName)}.yaml`);
}

/** The stage that comes next, or `complete`. */
export function nextStage(
  state: Pick<PipelineState, "pipeline_stages" | "completed_stages">,
): PipelineStage | "complete" {
  return state.pipeline_stages.find((stage) => !state.completed_stages.includes(stage)) ?? "complete";
}

function damaged(path: string, found: string, cause?: unknown): TaggedError {
  return new TaggedError("project/damaged-state", `Cannot use the state file ${path}: ${found}`, {
    context: { path },
    hint: "The file was left as it is, and so were data/ and results/; move it away to start from the query",
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Reads a state file; undefined when there is none. Throws `project/damaged-state` when it cannot be read as one,
 * `project/other-state-version` when another version of the program wrote it; the file is never touched.
 */
export async function readState(path: string): Promise<PipelineState | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw storageError(error, "read", path);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw damaged(path, "it is not valid YAML", error);
  }
  const version = (content as { schema_version?: unknown } | null)?.schema_version;
  const isState = typeof content === "object" && content !== null && "completed_stages" in content;
  if (isState && version !== STATE_VERSION) {
    throw new TaggedError(
      "project/other-state-version",
      `Cannot use the state file ${path}: its version is ${
        version ?? "not stated"
      }, expected ${STATE_VERSION}`,
      {
        context: { path, version: String(version ?? ""), expected: STATE_VERSION },
        hint: "The file was left as it is; move it away, and the files in data/ are used again",
      },
    );
  }
  const checked = STATE.safeParse(content);
  if (checked.success) return checked.data;
  const problem = checked.error.issues[0]!;
  throw damaged(path, `${problem.path.join(".") || "its content"}: ${problem.message}`);
}

/** Writes a state file whole; the order of its keys is always the same. */
export async function writeState(path: string, state: PipelineState): Promise<void> {
  await writeFileAtomic(
    path,
    `# State of a pipeline of spxcutdb; written after each stage\n${
      stringify(STATE.parse(state), { aliasDuplicateObjects: false })
    }`,
  );
}
