/**
 * The numbers of the README's section on the aperture pipeline: `deno task bench:aperture`.
 *
 * Known fluxes through the pipeline, and the time that processing 200 cutouts takes. Ends with an error when a number is
 * worse than what is promised.
 * @module
 */
import { type RecoveredFlux, StarField, summarize } from "./aperture_recovery.ts";
import { apertureSpeeds } from "./aperture_speed.ts";
import type { PhotometryParameters } from "../lib/workflow/pipeline/pipeline_types.ts";

const WAYS: readonly (readonly [name: string, parameters: Partial<PhotometryParameters>])[] = [
  ["as it comes", {}],
  ["window background", { background_method: "window" }],
  ["aperture of 3 pixels", { aperture_method: "fixed" }],
  ["without aperture correction", { aperture_correction: false }],
  ["without background slope", { background_slope: false }],
];

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`.replace("-", "\u2212");
}

function row(name: string, found: readonly RecoveredFlux[]): string {
  const { count, brightCount, bias, loss, growthDifference, pullMean, pullWidth } = summarize(found);
  const cells = [
    name,
    String(count),
    String(brightCount),
    percent(bias),
    percent(loss),
    percent(growthDifference),
    pullMean.toFixed(2).replace("-", "\u2212"),
    pullWidth.toFixed(3),
  ];
  return `| ${cells.join(" | ")} |`;
}

async function printRecovery(): Promise<boolean> {
  await using field = await StarField.open({ side: 8, visitsPerDetector: 4, seed: 21 });
  print(
    "| way | fluxes | S/N > 50 | bias | light outside | beside curve of growth | pull mean | pull width |",
  );
  print("|---|---|---|---|---|---|---|---|");
  let isAsPromised = true;
  for (const [name, parameters] of WAYS) {
    const found = await field.measure(parameters);
    print(row(name, found));
    if (name !== WAYS[0]![0]) continue;
    for (const release of ["QR2", "QR3"]) {
      print(row(`as it comes, ${release}`, found.filter(({ truth }) => truth.release === release)));
    }
    const { bias, pullWidth, growthDifference } = summarize(found);
    isAsPromised = Math.abs(bias) < 0.005 && Math.abs(pullWidth - 1) < 0.05 &&
      Math.abs(growthDifference) < 0.002;
  }
  return isAsPromised;
}

async function printSpeed(): Promise<boolean> {
  print("\n| 200 cutouts of 50 pixels | seconds | processor time |");
  print("|---|---|---|");
  let isAsPromised = true;
  for (const { workers, seconds, cpuSeconds } of await apertureSpeeds()) {
    const way = workers === 0 ? "one thread" : `${workers} workers, started for it`;
    print(`| ${way} | ${seconds.toFixed(2)} s | ${cpuSeconds.toFixed(2)} s |`);
    // On a machine that does nothing else, workers share the processor time.
    isAsPromised &&= cpuSeconds / Math.max(1, workers) < 1;
  }
  return isAsPromised;
}

const [isTrue, isQuick] = [await printRecovery(), await printSpeed()];
if (!(isTrue && isQuick)) {
  print("\nworse than promised");
  Deno.exit(1);
}
