import { assertFaultRun } from "../../tests/archive/fault_run.ts";
import { atLeast, atMost, type Goal } from "./goal.ts";

/** A run of 500 cutouts with 30 % of the answers faulty; throws when a bad one counted or one is not accounted for. */
export async function faultGoals(folder: string): Promise<Goal[]> {
  const { items, measured, failed, requests, faults } = await assertFaultRun(folder, {
    visitsPerDetector: 70,
    detectors: [1, 2, 3, 4, 5, 6],
    access: "truncated",
  });
  const faulty = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return [
    atLeast("cutouts of a run with 30 % of the answers faulty", items, 500, ""),
    atLeast("kinds of faults among its answers", Object.keys(faults).length, 13, ""),
    atLeast("faulty answers of 100", 100 * faulty / requests, 25, ""),
    atLeast(
      "cutouts measured from the right bytes, or listed with their reason",
      measured + failed,
      items,
      "",
    ),
    atMost("of these listed as failed", failed, items / 10, ""),
    atMost("requests for one cutout", requests / items, 3, ""),
  ];
}
