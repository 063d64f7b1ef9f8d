/**
 * The tables of docs/kernel.md as the code has them. `deno task docs:kernel` writes them into the chapter; a test
 * compares.
 */
import { CONFIG_KEYS } from "../lib/config/config_keys.ts";
import { PHOTOMETRY_FLAGS } from "../lib/photometry/photometry_flags.ts";

/** The chapter. */
export const KERNEL_CHAPTER = new URL("kernel.md", import.meta.url);

/** A table: its heading and its rows. */
export type ChapterTable = readonly (readonly string[])[];

/** Keys of other sections that fluxes depend on. */
const KEYS_BESIDE_PHOTOMETRY = new Set([
  "calibration.release",
  "calibration.allow_latest_fallback",
  "calibration.apply_flux_correction",
  "catalog.neighbors_path",
]);

/** Numbers that are constants in the code, and what they are. */
const FIXED_NUMBERS: readonly (readonly [meaning: string, file: string, constant: string])[] = [
  ["side of the square read of a whole image, pixels", "spherex/cutout_pixels", "DEFAULT_MAX_SIZE_PIXELS"],
  ["taps of the interpolation of an integral image", "psf/psf_renderer", "SMOOTH_TAPS"],
  ["taps of the interpolation of an ePSF", "psf/psf_renderer", "EFFECTIVE_TAPS"],
  ["wavelength offset of a bend of 1, µm", "photometry/calibrated_pixels", "BEND_SCALE_MICRON"],
  ["clip of the variance against the rate, robust sigma", "photometry/noise_model", "SLOPE_CLIP_SIGMA"],
  ["least significance of its slope, sigma", "photometry/noise_model", "SLOPE_SIGNIFICANCE"],
  [
    "largest correction of a pixel's shot noise, sigma",
    "photometry/noise_model",
    "LARGEST_CORRECTION_SIGMA",
  ],
  ["least variance, share of the observed one", "photometry/noise_model", "SMALLEST_SHARE"],
  ["most pixels rejected as outliers", "photometry/pixel_outliers", "MOST_REJECTED"],
  ["leverage from which a pixel is the core", "photometry/pixel_outliers", "CORE_LEVERAGE"],
  ["lack of light around a hit, sigma", "photometry/pixel_outliers", "SHARPNESS_SIGMA"],
  ["reach of known neighbours, arcsec", "workflow/neighbour_index", "REACH_ARCSEC"],
  ["distance within which two sources are one, arcsec", "workflow/neighbour_index", "SAME_SOURCE_ARCSEC"],
  [
    "least share of a known neighbour's light in the box",
    "photometry/joint_fit",
    "SMALLEST_SHARE_IN_BOX",
  ],
  ["steps of a found neighbour's place", "photometry/joint_fit", "PLACEMENT_ROUNDS"],
  ["largest move of a found neighbour, pixels", "photometry/joint_fit", "LARGEST_MOVE_PIXELS"],
  ["ellipses of an extended profile", "photometry/extended_profile", "RINGS"],
  ["places on each ellipse", "photometry/extended_profile", "PLACES"],
  ["steps of the offset fit", "photometry/position_offset", "ROUNDS"],
  ["largest offset, pixels", "photometry/position_offset", "LARGEST_OFFSET_PIXELS"],
  ["radius of fit_ql, pixels", "photometry/quality", "FIT_QL_RADIUS_PIXELS"],
];

function flagTable(): ChapterTable {
  return [
    ["bit", "flag", "blocks science", "meaning"],
    ...PHOTOMETRY_FLAGS.definitions.map((flag) => [
      String(flag.bit),
      flag.name,
      flag.blocksScience ? "yes" : "no",
      flag.meaning,
    ]),
  ];
}

/** A value as a table shows it. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 || typeof value[0] === "number"
      ? `\`${JSON.stringify(value)}\``
      : value.join(", ");
  }
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function configurationTable(): ChapterTable {
  const keys = [
    ...CONFIG_KEYS.filter(({ key }) => key.startsWith("photometry.")),
    ...CONFIG_KEYS.filter(({ key }) => KEYS_BESIDE_PHOTOMETRY.has(key)),
  ];
  return [
    ["key", "default", "meaning"],
    ...keys.map(({ key, defaultValue, description }) => [
      `\`${key.replace(/^photometry\./, "")}\``,
      valueText(defaultValue),
      description,
    ]),
  ];
}

async function fixedTable(): Promise<ChapterTable> {
  const rows = await Promise.all(FIXED_NUMBERS.map(async ([meaning, file, constant]) => {
    const source = await Deno.readTextFile(new URL(`../lib/${file}.ts`, import.meta.url));
    const value = new RegExp(`^(?:export )?const ${constant} = (.+);$`, "m").exec(source)?.[1];
    if (value === undefined) throw new Error(`lib/${file}.ts has no constant ${constant}`);
    return [meaning, value, `[\`${constant}\`](../lib/${file}.ts)`];
  }));
  return [["number", "value", "in the code"], ...rows];
}

/** The tables by the names of their places in the chapter. */
export async function kernelTables(): Promise<ReadonlyMap<string, ChapterTable>> {
  return new Map([
    ["flags", flagTable()],
    ["configuration", configurationTable()],
    ["fixed", await fixedTable()],
  ]);
}

/** The lines of the table behind a mark of the chapter, and where they are. */
function findTable(lines: readonly string[], name: string): { readonly from: number; readonly to: number } {
  const mark = lines.indexOf(`<!-- table: ${name} -->`);
  if (mark < 0) throw new Error(`The chapter has no place for the table ${name}`);
  let from = mark + 1;
  while (lines[from] === "") from++;
  let to = from;
  while (lines[to]?.startsWith("|")) to++;
  return { from, to };
}

/** A table of the chapter: heading and rows. */
export function readTable(chapter: string, name: string): ChapterTable {
  const lines = chapter.split("\n");
  const { from, to } = findTable(lines, name);
  return lines.slice(from, to)
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()))
    .filter((_, index) => index !== 1);
}

/** A chapter with its tables as the code has them. */
export function renewed(chapter: string, tables: ReadonlyMap<string, ChapterTable>): string {
  let lines = chapter.split("\n");
  for (const [name, [heading = [], ...rows]] of tables) {
    const { from, to } = findTable(lines, name);
    const text = [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
    lines = [...lines.slice(0, from), ...text, ...(to === from ? [""] : []), ...lines.slice(to)];
  }
  return lines.join("\n");
}

if (import.meta.main) {
  await Deno.writeTextFile(
    KERNEL_CHAPTER,
    renewed(await Deno.readTextFile(KERNEL_CHAPTER), await kernelTables()),
  );
}
