import { canonicalJson } from "../../core/canonical_json.ts";
import type { JsonValue } from "../../core/errors.ts";
import { PIPELINE_STAGES, type PipelineParameters, type PipelineStage } from "./pipeline_types.ts";

/** The parameters that each stage, and so all after it, depends on. */
const PARAMETERS_OF_STAGE: Readonly<Record<PipelineStage, readonly (keyof PipelineParameters)[]>> = {
  query: ["source", "bands", "search_radius_arcsec", "query_service"],
  download: ["cutout_size", "cutout_center", "data_dir", "sync_calibration"],
  processing: ["photometry", "calibration_dir"],
  visualization: ["visualization"],
};

/** The sections of the program's configuration that each stage depends on. */
const SECTIONS_OF_STAGE: Readonly<Record<PipelineStage, readonly string[]>> = {
  query: ["discovery"],
  download: ["cutouts"],
  processing: ["photometry", "calibration"],
  visualization: [],
};

/** All that a stage depends on, as text to compare. */
function dependenciesOf(stage: PipelineStage, parameters: PipelineParameters): string {
  const values = PARAMETERS_OF_STAGE[stage].map((key) => parameters[key]);
  const archive = Object.entries(parameters.archive)
    .filter(([key]) => SECTIONS_OF_STAGE[stage].includes(key.split(".")[0]!))
    .sort(([a], [b]) => a < b ? -1 : 1);
  return canonicalJson([values, archive] as unknown as JsonValue);
}

/** The first stage whose parameters differ. */
export function firstChangedStage(a: PipelineParameters, b: PipelineParameters): PipelineStage | undefined {
  return PIPELINE_STAGES.find((stage) => dependenciesOf(stage, a) !== dependenciesOf(stage, b));
}
