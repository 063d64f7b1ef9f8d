import { insideDirectory } from "../files/safe_path.ts";
import { sha256File } from "../files/sha256.ts";
import { type OutputLocation, readManifest } from "./manifest_store.ts";
import { type ManifestFile, manifestHash, type OutputManifest } from "./output_manifest.ts";
import { fullQaPath, type OutputPaths, outputPaths } from "./output_paths.ts";
import type { OutputVersions } from "./published_source.ts";
import { measurementRowsHash } from "./row_hash.ts";

/** What the outputs of a source have to stand for to be current. */
export interface ExpectedOutputs {
  /** Identifier of the source. */
  readonly sourceId: string;
  /** File name part that stands for the source. */
  readonly slug: string;
  /** Hash of each current row by measurement id, as {@linkcode rowHash} gives it. */
  readonly rowHashes: ReadonlyMap<string, string>;
  /** Hash of the effective configuration. */
  readonly configHash: string;
  /** Versions of the code and of the files. */
  readonly versions: OutputVersions;
  /** Whether the quality summary must be there; it must when left out. */
  readonly requireQaSummary?: boolean;
  /** Whether every measurement must have its full quality plot; not when left out. */
  readonly requireFullQa?: boolean;
}

/** What a problem is about: the manifest, the files that it vouches for, or the full quality plots. */
export type OutputPart = "manifest" | "files" | "full_qa";

/** Something that is not as it should be. */
export interface OutputProblem {
  /** What it is about. */
  readonly part: OutputPart;
  /** One sentence. */
  readonly reason: string;
}

/** Whether outputs are current, and if not, why. */
export interface OutputVerification {
  /** Whether nothing has to be rebuilt. */
  readonly current: boolean;
  /** Whether the manifest or a file that it names is not there. */
  readonly lacksFiles: boolean;
  /** One sentence for each thing that is not as it should be. */
  readonly reasons: readonly string[];
  /** The same, with what each is about. */
  readonly problems: readonly OutputProblem[];
  /** The manifest, when there is one that can be read. */
  readonly manifest?: OutputManifest;
}

/**
 * Tells whether the outputs of a source are current: the manifest is whole and stands for the expected rows,
 * code and settings, and every file it names is there with the size and checksum that it states.
 *
 * That files merely exist is not enough. The files are read; nothing is written.
 */
export async function verifyOutputs(
  expected: ExpectedOutputs,
  location: OutputLocation,
): Promise<OutputVerification> {
  const paths = outputPaths(expected.slug, location.resultsDirectory);
  const manifest = await readManifest(location.projectRoot, paths.manifest);
  if (manifest === undefined) {
    return verification(true, [about("manifest", `There is no readable manifest at ${paths.manifest}`)]);
  }
  const problems = [
    ...[...contentProblems(manifest, expected), ...pathProblems(manifest, paths)].map((reason) =>
      about("manifest", reason)
    ),
    ...(expected.requireQaSummary === false || manifest.files.qa !== undefined
      ? []
      : [about("files", "The manifest names no quality summary")]),
    ...fullQaProblems(manifest, expected, location.resultsDirectory).map((reason) =>
      about("full_qa", reason)
    ),
  ];
  // A manifest that is not what it should be may name any path: its files are not opened.
  if (problems.length > 0) return verification(false, problems, manifest);
  const check = (files: readonly ManifestFile[]) => fileProblems(files, location.projectRoot);
  const files = await check(Object.values(manifest.files).filter((file) => file !== undefined));
  const plots = await check(expected.requireFullQa === true ? Object.values(manifest.full_qa.plots) : []);
  return verification(
    [...files, ...plots].some((problem) => problem.isMissing),
    [
      ...files.map(({ reason }) => about("files", reason)),
      ...plots.map(({ reason }) => about("full_qa", reason)),
    ],
    manifest,
  );
}

function about(part: OutputPart, reason: string): OutputProblem {
  return { part, reason };
}

function verification(
  lacksFiles: boolean,
  problems: readonly OutputProblem[],
  manifest?: OutputManifest,
): OutputVerification {
  return {
    current: problems.length === 0,
    lacksFiles,
    reasons: problems.map(({ reason }) => reason),
    problems,
    ...(manifest === undefined ? {} : { manifest }),
  };
}

function contentProblems(manifest: OutputManifest, expected: ExpectedOutputs): string[] {
  const ids = [...expected.rowHashes.keys()].sort();
  const facts: readonly [string, string | number, string | number][] = [
    ["manifest hash", manifest.manifest_hash, manifestHash(manifest)],
    ["source id", manifest.source_id, expected.sourceId],
    ["output schema version", manifest.output_schema_version, expected.versions.outputSchemaVersion],
    ["photometry code version", manifest.photometry_code_version, expected.versions.photometryCodeVersion],
    ["configuration hash", manifest.config_hash, expected.configHash],
    ["measurement row count", manifest.measurement_row_count, ids.length],
    ["measurement ids", manifest.measurement_ids.join(" "), ids.join(" ")],
    ["measurement rows hash", manifest.measurement_rows_hash, measurementRowsHash(expected.rowHashes)],
  ];
  return facts.filter(([, found, wanted]) => found !== wanted).map(([name, found, wanted]) =>
    `The ${name} is ${brief(found)} in the manifest, expected ${brief(wanted)}`
  );
}

function brief(value: string | number): string {
  const text = String(value);
  return text.length > 72 ? `${text.slice(0, 69)}...` : text === "" ? "empty" : text;
}

function pathProblems(manifest: OutputManifest, paths: OutputPaths): string[] {
  const { csv, sed, sed_svg: sedSvg, qa, provenance, index } = manifest.files;
  const found = { csv, sed, sedSvg, qa, provenance, index };
  return Object.entries(found)
    .filter(([name, file]) => file !== undefined && file.path !== paths[name as keyof OutputPaths])
    .map(([name, file]) => `The manifest places ${name} at ${file!.path}`);
}

/** What is wrong with a file. */
interface FileProblem {
  readonly reason: string;
  readonly isMissing: boolean;
}

async function fileProblems(files: readonly ManifestFile[], projectRoot: string): Promise<FileProblem[]> {
  const problems = await Promise.all(files.map((file) => fileProblem(file, projectRoot)));
  return problems.filter((problem) => problem !== undefined);
}

async function fileProblem(file: ManifestFile, projectRoot: string): Promise<FileProblem | undefined> {
  const path = insideDirectory(projectRoot, file.path);
  let size: number;
  try {
    size = (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { reason: `${file.path} is missing`, isMissing: true };
    }
    throw error;
  }
  const damaged = (what: string) => ({ reason: `${file.path} ${what}`, isMissing: false });
  if (size === 0) return damaged("is empty");
  if (size !== file.size_bytes) return damaged(`has ${size} bytes, expected ${file.size_bytes}`);
  if (await sha256File(path) === file.sha256) return undefined;
  return damaged("does not match its checksum");
}

function fullQaProblems(
  manifest: OutputManifest,
  expected: ExpectedOutputs,
  resultsDirectory: string | undefined,
): string[] {
  if (expected.requireFullQa !== true) return [];
  const problems: string[] = [];
  for (const [id, hash] of expected.rowHashes) {
    const plot = manifest.full_qa.plots[id];
    if (plot === undefined) problems.push(`Measurement ${id} has no full quality plot`);
    else if (plot.row_sha256 !== hash) problems.push(`The full quality plot of ${id} shows an older row`);
    else if (plot.path !== fullQaPath(expected.slug, id, resultsDirectory)) {
      problems.push(`The manifest places the full quality plot of ${id} at ${plot.path}`);
    }
  }
  return problems;
}
