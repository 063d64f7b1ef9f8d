import type { Config } from "./schema.ts";
import type { ConfigOrigin, ConfigProblem } from "./config_problem.ts";
import { valueAt } from "./config_keys.ts";

/** Pairs of limits of which the first must not exceed the second when the user has set both. */
const LIMIT_WITHIN_LIMIT: readonly (readonly [string, string])[] = [
  ["download.max_workers", "download.concurrency"],
  ["download.per_host_max_concurrency", "download.concurrency"],
  ["discovery.concurrency", "runtime.global_max_network_requests"],
  ["runtime.max_download_workers", "runtime.global_max_network_requests"],
  ["runtime.max_download_workers", "runtime.max_inflight_cutouts"],
  ["runtime.max_fit_workers", "runtime.max_open_fits_files"],
  ["runtime.max_open_fits_files", "runtime.global_max_open_fits_files"],
];

/** Lists in which a name twice is a mistake. */
const LISTS_WITHOUT_REPEATS: readonly string[] = [
  "spherex.detectors",
  "discovery.collections",
  "calibration.required_products",
  "calibration.optional_products",
];

/** Folders and files that must not lie where cutouts are removed. */
const KEPT_PATHS: readonly string[] = [
  "project.database_path",
  "project.cache_root",
  "project.log_root",
  "calibration.cache_root",
  "photometry.output_root",
];

/** An inconsistency, told at `key`. */
function inconsistent(key: string, message: string, hint: string): ConfigProblem {
  return { code: "config/inconsistent", key, message, hint };
}

/** Problems of the smallest, the default and the largest cutout size. */
function sizeProblems({ cutouts }: Config): ConfigProblem[] {
  const { min_size_arcsec: smallest, max_size_arcsec: largest, default_size_arcsec: size } = cutouts;
  if (smallest > largest) {
    return [inconsistent(
      "cutouts.min_size_arcsec",
      `cutouts.min_size_arcsec is ${smallest}, above cutouts.max_size_arcsec, which is ${largest}`,
      "exchange them",
    )];
  }
  if (size >= smallest && size <= largest) return [];
  return [inconsistent(
    "cutouts.default_size_arcsec",
    `cutouts.default_size_arcsec is ${size}: expected a size from cutouts.min_size_arcsec (${smallest}) to cutouts.max_size_arcsec (${largest})`,
    "change the size or its limits",
  )];
}

/** Problems of limits that contradict each other; a default never contradicts what the user has set. */
function limitProblems(config: Config, origins: Readonly<Record<string, ConfigOrigin>>): ConfigProblem[] {
  return LIMIT_WITHIN_LIMIT.flatMap(([inner, outer]) => {
    const [limit, bound] = [Number(valueAt(config, inner)), Number(valueAt(config, outer))];
    if (limit <= bound || origins[inner] === "default" || origins[outer] === "default") return [];
    return [
      inconsistent(
        inner,
        `${inner} is ${limit}, above ${outer}, which is ${bound}`,
        `set ${inner} to ${bound} or less`,
      ),
    ];
  });
}

/** Problems of lists that name something twice. */
function repeatProblems(config: Config): ConfigProblem[] {
  return LISTS_WITHOUT_REPEATS.flatMap((key) => {
    const list = valueAt(config, key) as readonly unknown[];
    const repeated = list.find((item, index) => list.indexOf(item) !== index);
    return repeated === undefined
      ? []
      : [inconsistent(key, `${key} names ${repeated} twice`, "name it once")];
  });
}

/** The parts of a path in the project, `.` left out. */
function pathParts(path: string): string[] {
  return path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
}

/** Problems of things to keep that lie in the folder of the cutouts. */
function folderProblems(config: Config): ConfigProblem[] {
  const cutouts = pathParts(config.project.data_root);
  return KEPT_PATHS.flatMap((key) => {
    const path = String(valueAt(config, key));
    if (!cutouts.every((part, index) => pathParts(path)[index] === part)) return [];
    return [inconsistent(
      key,
      `${key} is ${path}, inside project.data_root (${config.project.data_root}), where cutouts are removed`,
      "choose a folder beside it",
    )];
  });
}

/** Problems of a cutout request that would leave out the place or the size. */
function requestProblems(config: Config): ConfigProblem[] {
  const templates = Object.values(config.cutouts.append_query_parameters).join(" ");
  return ["{ra_deg}", "{dec_deg}", "{size_deg}"].filter((name) => !templates.includes(name)).map((name) =>
    inconsistent(
      "cutouts.append_query_parameters",
      `cutouts.append_query_parameters uses ${name} nowhere, so the archive would not know what to cut out`,
      'the default is { center: "{ra_deg},{dec_deg}", size: "{size_deg}" }',
    )
  );
}

/** Problems of the fit box. */
function boxProblems({ photometry }: Config): ConfigProblem[] {
  if (photometry.fit_box_pixels % 2 === 1) return [];
  return [inconsistent(
    "photometry.fit_box_pixels",
    `photometry.fit_box_pixels is ${photometry.fit_box_pixels}: expected an odd number, so that the target's pixel is the middle`,
    `write ${photometry.fit_box_pixels + 1}`,
  )];
}

/**
 * Everything in a configuration that is well formed key by key but makes no sense together.
 *
 * @param config The merged configuration.
 * @param origins Where each key's value comes from: limits left at their defaults are ceilings and give way.
 */
export function consistencyProblems(
  config: Config,
  origins: Readonly<Record<string, ConfigOrigin>>,
): ConfigProblem[] {
  return [
    ...sizeProblems(config),
    ...limitProblems(config, origins),
    ...repeatProblems(config),
    ...folderProblems(config),
    ...requestProblems(config),
    ...boxProblems(config),
  ];
}
