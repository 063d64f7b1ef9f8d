import { TaggedError } from "../core/errors.ts";
import type { Card } from "../fits/card.ts";
import { verifyChecksums } from "../fits/checksum.ts";
import { axesOf, bitpixOf, type Hdu, isRandomGroups } from "../fits/hdu.ts";
import type { Header } from "../fits/header.ts";
import { imageScaling } from "../fits/read_image.ts";
import { columnCount } from "../fits/table_layout.ts";
import { jsonInteger, problemOf } from "./inspect_json.ts";
import type {
  CardInspection,
  ColumnInspection,
  HduInspection,
  InspectionProblem,
  InspectOptions,
} from "./inspect_model.ts";
import { inspectRows } from "./inspect_rows.ts";
import { columnStatistics, imageStatistics } from "./inspect_statistics.ts";

const TYPE_OF_BITPIX: Readonly<Record<string, string>> = {
  "8": "uint8",
  "16": "int16",
  "32": "int32",
  "64": "int64",
  "-32": "float32",
  "-64": "float64",
};

/** Tells what an HDU holds, and as much of its content as was asked for. What cannot be read becomes a problem. */
export async function inspectHdu(hdu: Hdu, options: InspectOptions): Promise<HduInspection> {
  const problems = headerProblems(hdu);
  const isTable = hdu.kind === "bintable" || hdu.kind === "asciitable";
  const rowCount = isTable ? hdu.header.getNumber("NAXIS2") ?? 0 : null;
  const structure = structureOf(hdu, problems);
  const statistics = options.statistics === true
    ? await attempt(problems, () => readStatistics(hdu, rowCount, options.signal))
    : undefined;
  const checksum = options.statistics === true
    ? await attempt(problems, () => checksumVerdict(hdu, problems))
    : undefined;
  const rows = options.rows === undefined || rowCount === null
    ? undefined
    : await attempt(problems, () => inspectRows(hdu, rowCount, options.rows!));
  return {
    index: hdu.index,
    name: hdu.name,
    version: hdu.version,
    ...structure,
    unit: hdu.header.getString("BUNIT")?.trim() || null,
    card_count: hdu.header.cards.length,
    header_offset: hdu.headerOffset,
    data_offset: hdu.dataOffset,
    data_bytes: hdu.dataByteLength,
    row_count: rowCount,
    columns: isTable ? columnsOf(hdu.header, statistics?.columns) : null,
    cards: options.header === true ? hdu.header.cards.map(inspectCard) : null,
    statistics: statistics?.image ?? null,
    rows: rows ?? null,
    checksum: checksum ?? null,
    problems: distinct(problems),
  };
}

async function attempt<T>(problems: InspectionProblem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    problems.push(problemOf(error));
    return undefined;
  }
}

/** What the checksums say; a wrong one becomes a problem that names it. */
async function checksumVerdict(
  hdu: Hdu,
  problems: InspectionProblem[],
): Promise<NonNullable<HduInspection["checksum"]>> {
  const { checksum, datasum } = await verifyChecksums(hdu);
  const wrong = [
    ...(checksum === "wrong" ? ["CHECKSUM"] : []),
    ...(datasum === "wrong" ? ["DATASUM"] : []),
  ];
  if (wrong.length > 0) {
    const offset = checksum === "wrong" && datasum !== "wrong" ? hdu.headerOffset : hdu.dataOffset;
    const verb = wrong.length === 1 ? "does" : "do";
    problems.push({
      code: "fits/checksum",
      message: `${
        wrong.join(" and ")
      } of HDU ${hdu.index} ${verb} not agree with its bytes from byte ${offset} on`,
    });
    return "invalid";
  }
  return checksum === "absent" && datasum === "absent" ? "absent" : "valid";
}

/** Problems without repetitions. */
function distinct(problems: readonly InspectionProblem[]): InspectionProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}

function headerProblems(hdu: Hdu): InspectionProblem[] {
  const problems = hdu.header.problems().map(({ keyword, message, byteOffset }) => ({
    code: "fits/card",
    message: `${keyword === "" ? "A card" : keyword} at byte ${byteOffset}: ${message}`,
  }));
  const end = hdu.dataOffset + hdu.dataByteLength;
  if (end > hdu.source.byteLength) {
    problems.push({
      code: "fits/truncated",
      message:
        `The data of HDU ${hdu.index} should end at byte ${end}, but the file ends at byte ${hdu.source.byteLength}`,
    });
  }
  return problems;
}

function structureOf(
  hdu: Hdu,
  problems: InspectionProblem[],
): Pick<HduInspection, "kind" | "dimensions" | "type" | "scale" | "zero"> {
  const { scale, zero } = imageScaling(hdu.header);
  const structure = {
    kind: hdu.kind as string,
    dimensions: [] as number[],
    type: null as string | null,
    scale,
    zero,
  };
  try {
    if (hdu.kind === "bintable" || hdu.kind === "asciitable") {
      structure.dimensions = [columnCount(hdu.header), hdu.header.getNumber("NAXIS2") ?? 0];
    } else if (isRandomGroups(hdu.header)) {
      structure.kind = "random-groups";
      structure.dimensions = axesOf(hdu.header).slice(1);
      structure.type = TYPE_OF_BITPIX[bitpixOf(hdu.header)]!;
    } else {
      const prefix = hdu.kind === "compressed-image" ? "Z" : "";
      structure.dimensions = axesOf(hdu.header, prefix);
      if (structure.dimensions.length > 0) {
        structure.type = TYPE_OF_BITPIX[bitpixOf(hdu.header, `${prefix}BITPIX`)]!;
      }
    }
  } catch (error) {
    problems.push(problemOf(error));
  }
  return structure;
}

async function readStatistics(
  hdu: Hdu,
  rowCount: number | null,
  signal: AbortSignal | undefined,
): Promise<
  { image?: HduInspection["statistics"]; columns?: Awaited<ReturnType<typeof columnStatistics>> }
> {
  if (rowCount !== null) {
    return { columns: await columnStatistics(hdu, rowCount, hdu.header.getNumber("NAXIS1") ?? 0, signal) };
  }
  if (isRandomGroups(hdu.header)) {
    throw new TaggedError("fits/not-image", `No statistics of HDU ${hdu.index}: it holds random groups`);
  }
  return { image: await imageStatistics(hdu, signal) };
}

function columnsOf(
  header: Header,
  statistics: Awaited<ReturnType<typeof columnStatistics>> | undefined,
): ColumnInspection[] {
  const count = Math.min(999, Math.max(0, header.getNumber("TFIELDS") ?? 0));
  return Array.from({ length: count }, (_, index) => {
    const text = (keyword: string) => header.getString(`${keyword}${index + 1}`)?.trim() || null;
    return {
      name: text("TTYPE") ?? "",
      format: text("TFORM") ?? "",
      unit: text("TUNIT"),
      dimensions: text("TDIM"),
      ucd: text("TUCD"),
      description: text("TCOMM") ?? (header.comment(`TTYPE${index + 1}`)?.trim() || null),
      statistics: statistics?.[index] ?? null,
    };
  });
}

function inspectCard(card: Card): CardInspection {
  return {
    keyword: card.keyword,
    value: card.kind === "integer" && !Number.isSafeInteger(card.value)
      ? exactInteger(card)
      : finite(card.value),
    comment: card.comment,
    problem: card.problem ?? null,
  };
}

function exactInteger(card: Card): number | string {
  const digits = /=\s*\+?(-?\d+)/.exec(card.raw)?.[1];
  return digits === undefined ? String(card.value) : jsonInteger(BigInt(digits));
}

function finite(value: Card["value"]): Card["value"] {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
