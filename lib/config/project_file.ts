import { parseDocument } from "yaml";
import { TaggedError } from "../core/errors.ts";
import { findConfigKey, nestValues } from "./config_keys.ts";
import { CONFIG_SCHEMA } from "./schema.ts";
import { renderConfigYaml } from "./render.ts";

/** The keys that a new project's file writes out: identity and science policy, nothing about one run. */
const DURABLE_KEYS: readonly string[] = [
  "project.name",
  "project.database_path",
  "project.data_root",
  "project.cache_root",
  "project.log_root",
  "catalog.path",
  "catalog.source_id_column",
  "catalog.source_name_column",
  "catalog.ra_column",
  "catalog.dec_column",
  "catalog.duplicate_position_tolerance_arcsec",
  "discovery.collections",
  "discovery.search_radius_arcsec",
  "cutouts.default_size_arcsec",
  "cutouts.size_column",
  "cutouts.min_size_arcsec",
  "cutouts.max_size_arcsec",
  "calibration.release",
  "calibration.required_products",
  "calibration.cache_root",
  "photometry.output_root",
  "photometry.output_schema_version",
  "photometry.code_version",
  "photometry.detection_snr_threshold",
  "photometry.fit.science_fit_quality_max",
];

const HEADING = `The configuration of this project: its identity and its science policy.
Built-in defaults < this file < --batch-config FILE < flags: later ones win.
\`spxcutdb config defaults\` lists every key; settings of one run belong in a batch file.`;

/** Throws RangeError for a key that does not exist. */
function checkKeys(values: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(values)) {
    if (findConfigKey(key) === undefined) throw new RangeError(`There is no configuration key "${key}"`);
  }
}

/**
 * The text of a new project's configuration file: the durable keys with their defaults, each with its meaning.
 *
 * @param values Values by their keys that replace defaults; keys beside the durable ones are added.
 * @throws {RangeError} For a key that does not exist.
 */
export function newProjectFile(values: Readonly<Record<string, unknown>>): string {
  checkKeys(values);
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const config = CONFIG_SCHEMA.parse(nestValues(given));
  const added = given.map(([key]) => key).filter((key) => !DURABLE_KEYS.includes(key));
  return renderConfigYaml(config, {
    descriptions: true,
    keys: [...DURABLE_KEYS, ...added],
    heading: HEADING,
  });
}

/**
 * The text of a configuration file with some values changed; comments, order and all else stay.
 *
 * @param text The file as it is.
 * @param changes New values by their keys; undefined removes a key from the file.
 * @throws {RangeError} For a key that does not exist.
 * @throws {TaggedError} `config/invalid-yaml` when the file cannot be read.
 */
export function editProjectFile(text: string, changes: Readonly<Record<string, unknown>>): string {
  checkKeys(changes);
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new TaggedError("config/invalid-yaml", `Cannot edit the YAML: ${error.message}`);
  }
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) document.deleteIn(key.split("."));
    else document.setIn(key.split("."), value);
  }
  return document.toString({ lineWidth: 0 });
}
