import { z } from "zod";
import { calibrationSection } from "./sections/calibration.ts";
import { catalogSection } from "./sections/catalog.ts";
import { cleanupSection } from "./sections/cleanup.ts";
import { cloudSection } from "./sections/cloud.ts";
import { cutoutsSection } from "./sections/cutouts.ts";
import { discoverySection } from "./sections/discovery.ts";
import { downloadSection } from "./sections/download.ts";
import { photometrySection } from "./sections/photometry.ts";
import { planningSection } from "./sections/planning.ts";
import { projectSection } from "./sections/project.ts";
import { runtimeSection } from "./sections/runtime.ts";
import { spherexSection } from "./sections/spherex.ts";
import { validationSection } from "./sections/validation.ts";
import { workflowSection } from "./sections/workflow.ts";

/**
 * Everything that can be configured: strict, with a default and a description for each key.
 *
 * @internal
 */
export const CONFIG_SCHEMA = z.strictObject({
  project: projectSection,
  catalog: catalogSection,
  spherex: spherexSection,
  discovery: discoverySection,
  cutouts: cutoutsSection,
  cloud: cloudSection,
  planning: planningSection,
  download: downloadSection,
  validation: validationSection,
  workflow: workflowSection,
  cleanup: cleanupSection,
  calibration: calibrationSection,
  photometry: photometrySection,
  runtime: runtimeSection,
});

/** A complete configuration: every key has a value. */
export type Config = (typeof CONFIG_SCHEMA)["_output"];

/** A configuration file or a part of one: any key may be absent. */
export type PartialConfig = (typeof CONFIG_SCHEMA)["_input"];

/** The configuration of a project that says nothing. */
export const DEFAULT_CONFIG: Config = deepFreeze(CONFIG_SCHEMA.parse({}));

/** Keeps a value and all it holds from being changed. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** The JSON Schema (draft 2020-12) of configuration files, for editors and for documentation. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: "spxcutdb configuration", ...z.toJSONSchema(CONFIG_SCHEMA, { io: "input" }) };
}
