/** A public data release of the SPHEREx archive. */
export type Release = "QR1" | "QR2" | "QR3";

/** The parts of a version string, as PEP 440 orders them. */
export interface PipelineVersion {
  /** The release numbers, such as [6, 5, 4]. */
  readonly numbers: readonly number[];
  /** Alpha, beta or release candidate, if it is one. */
  readonly pre: { readonly kind: "a" | "b" | "rc"; readonly number: number } | undefined;
  /** Number of the post-release, if it is one. */
  readonly post: number | undefined;
  /** Number of the development release, if it is one. */
  readonly dev: number | undefined;
  /** Segments after the plus sign, such as ["psffix1"]. */
  readonly local: readonly string[];
}

const VERSION_PATTERN = new RegExp(
  "^v?(\\d+(?:\\.\\d+)*)" + // release numbers
    "(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\\d*))?" +
    "(?:(?:[-_.]?(?:post|rev|r)[-_.]?(\\d*))|-(\\d+))?" +
    "(?:[-_.]?(dev)[-_.]?(\\d*))?" +
    "(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
  "i",
);

const PRE_KINDS: Readonly<Record<string, "a" | "b" | "rc">> = {
  a: "a",
  alpha: "a",
  b: "b",
  beta: "b",
  c: "rc",
  rc: "rc",
  pre: "rc",
  preview: "rc",
};

/** Parses a pipeline version such as `6.2.0.post8+g4d8e2ad` or `7.0.0b6`; undefined when it is not one. */
export function parsePipelineVersion(text: string): PipelineVersion | undefined {
  const match = VERSION_PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, numbers, preKind, preNumber, post, postShort, dev, devNumber, local] = match;
  const isPost = post !== undefined || postShort !== undefined;
  return {
    numbers: numbers!.split(".").map(Number),
    pre: preKind === undefined
      ? undefined
      : { kind: PRE_KINDS[preKind.toLowerCase()]!, number: Number(preNumber ?? 0) },
    post: isPost ? Number(post ?? postShort ?? 0) : undefined,
    dev: dev === undefined ? undefined : Number(devNumber ?? 0),
    local: local === undefined ? [] : local.toLowerCase().split(/[-_.]/),
  };
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** PEP 440's order among versions with equal release numbers: dev, a, b, rc, final, post. */
function stageKey(version: PipelineVersion): number[] {
  const { pre, post, dev } = version;
  const preStage = pre !== undefined
    ? { a: 0, b: 1, rc: 2 }[pre.kind]
    : dev !== undefined && post === undefined
    ? -1
    : 3;
  return [preStage, pre?.number ?? 0, post ?? -1, dev ?? Infinity];
}

function compareStages(a: PipelineVersion, b: PipelineVersion): number {
  const keyA = stageKey(a);
  const keyB = stageKey(b);
  for (let i = 0; i < keyA.length; i++) {
    if (keyA[i] !== keyB[i]) return keyA[i]! < keyB[i]! ? -1 : 1;
  }
  return 0;
}

/** Numeric segments come after words; fewer segments come first. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
    if (!leftIsNumber) return left < right ? -1 : 1;
    if (Number(left) !== Number(right)) return Number(left) < Number(right) ? -1 : 1;
  }
  return 0;
}

/**
 * Compares two pipeline versions as PEP 440 orders them: negative when `a` is older, positive when it is newer,
 * zero when they are equal. Text that is no version is older than every version.
 */
export function comparePipelineVersions(a: string, b: string): number {
  const left = parsePipelineVersion(a);
  const right = parsePipelineVersion(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return 1;
    return right !== undefined ? -1 : a < b ? -1 : a > b ? 1 : 0;
  }
  return compareNumbers(left.numbers, right.numbers) || compareStages(left, right) ||
    compareLocal(left.local, right.local);
}

/**
 * The data release that a pipeline version belongs to, or undefined when it cannot be told.
 * Only the release numbers count: betas of 7.0 already write the files of QR3.
 */
export function releaseOfVersion(version: string | undefined): Release | undefined {
  const parsed = version === undefined ? undefined : parsePipelineVersion(version);
  if (parsed === undefined || compareNumbers(parsed.numbers, [6]) < 0) return undefined;
  if (compareNumbers(parsed.numbers, [7]) >= 0) return "QR3";
  return compareNumbers(parsed.numbers, [6, 4]) >= 0 ? "QR2" : "QR1";
}

/** The release named by a collection (`spherex_qr2_deep`), an archive path (`/qr3/level2/`) or a setting (`QR2`). */
export function releaseOfName(name: string): Release | undefined {
  const digit = /(?:^|[/_])qr([123])(?=$|[/_])/i.exec(name)?.[1];
  return digit === undefined ? undefined : `QR${digit}` as Release;
}

/**
 * Whether the zone centres in the PSF header of a file with this VERSION are transposed.
 * The erratum holds for every version up to 6.5.5 without the local tag `psffix1`; a file without a version counts
 * as not fixed (IRSA, "SPHEREx PSF header erratum").
 */
export function psfHeaderNeedsFix(version: string | undefined): boolean {
  const parsed = version === undefined ? undefined : parsePipelineVersion(version);
  if (parsed === undefined) return true;
  if (parsed.local.includes("psffix1")) return false;
  return compareNumbers(parsed.numbers, [6, 5, 5]) <= 0;
}
