import type { RecoveryRecord } from "./recovery_record.ts";
import { recoveryStatistics, trueSnr } from "./recovery_statistics.ts";

/** Edges of the bins of true signal-to-noise ratio. */
const SNR_EDGES = [0, 3, 10, 30, 50, 100, 300, Infinity] as const;

const HEADING = [
  "| | n | bias above S/N 50 | pull mean | pull width | beyond 5 sigma |",
  "|---|--:|--:|--:|--:|--:|",
];

function percent(value: number, digits: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(digits)} %` : "";
}

/** A row of a table. */
export function statisticsRow(name: string, records: readonly RecoveryRecord[]): string {
  const s = recoveryStatistics(records);
  const bias = Number.isFinite(s.bias) ? `${percent(s.bias, 3)} ± ${(100 * s.biasError).toFixed(3)}` : "";
  const cells = [name, s.count, bias, s.pullMean.toFixed(3), s.pullWidth.toFixed(3)];
  return `| ${cells.join(" | ")} | ${percent(s.outlierFraction, 2)} |`;
}

/** A table with a row for each group of records, in order of the keys. */
function groupedTable(
  records: readonly RecoveryRecord[],
  name: (record: RecoveryRecord) => string,
): string[] {
  const groups = Map.groupBy(records, name);
  const names = [...groups.keys()].sort();
  return [...HEADING, ...names.map((key) => statisticsRow(key, groups.get(key)!))];
}

/** Tables by release, detector, signal-to-noise ratio and sub-pixel place. */
export function recoveryTables(records: readonly RecoveryRecord[]): string {
  const snrName = (record: RecoveryRecord) => {
    const bin = SNR_EDGES.findLastIndex((edge) => trueSnr(record) >= edge);
    const to = SNR_EDGES[bin + 1];
    return `${bin}. S/N ${SNR_EDGES[bin]} ${to === Infinity || to === undefined ? "and more" : `to ${to}`}`;
  };
  const phaseName = ({ phaseX, phaseY }: RecoveryRecord) => {
    const place = (phase: number) => Math.abs(phase) < 0.25 ? "centre" : "edge";
    return `pixel ${place(phaseX)} in x, ${place(phaseY)} in y`;
  };
  return [
    ...groupedTable(records, ({ release }) => release),
    "",
    ...groupedTable(records, ({ detector }) => `D${detector}`),
    "",
    ...groupedTable(records, snrName),
    "",
    ...groupedTable(records, phaseName),
  ].join("\n");
}

/** A table with a row for each scenario. */
export function scenarioTable(rows: readonly string[]): string {
  return [...HEADING, ...rows].join("\n");
}
