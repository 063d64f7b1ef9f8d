import type { Command } from "commander";
import type { CalibrationStatus } from "../../workflow/calibration_status.ts";
import type { SyncCalibrationResult } from "../../workflow/calibrations.ts";
import { TaggedError } from "../../core/errors.ts";
import { EXIT } from "../exit_codes.ts";
import { bytesText, countedText } from "../../core/number_text.ts";
import { choiceOption, countOption, detectorsOption, listOption, repeatedOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";
import { tableText } from "../table_text.ts";

function syncText(result: SyncCalibrationResult): string {
  const { ready, downloaded, downloadedBytes, failed } = result;
  return `${countedText(ready, "calibration file")} ready, ${downloaded} fetched (${
    bytesText(downloadedBytes)
  }), ${failed} failed`;
}

function productUrls(texts: readonly string[] | undefined): Record<string, string> | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(texts.map((text) => {
    const split = text.indexOf("=");
    if (split < 1) {
      throw new TaggedError("usage/bad-option", `Cannot use --url "${text}": expected PRODUCT=TEMPLATE`, {
        hint: "For example --url spectral_wcs=/data/calib/{release}/spectral_wcs_D{detector}.fits",
      });
    }
    return [text.slice(0, split), text.slice(split + 1)];
  }));
}

function addSync(calibration: Command, done: (session: Session) => void): void {
  withProjectOptions(
    calibration.command("sync").description("fetch the calibration files that the project needs"),
  )
    .option("--product <name>", "required, or the name of a product; may be repeated", repeatedOption)
    .option("--products <names>", "the same as a list separated by commas", listOption)
    .option("--detectors <numbers>", "detectors, separated by commas", detectorsOption)
    .option("--input-dir <dir>", "take the files from this folder")
    .option("--download-source <source>", "auto, cloud or ibe", choiceOption("auto", "cloud", "ibe"))
    .option("--max-workers <number>", "files in transfer at once", countOption)
    .option(
      "--url <product=template>",
      "where a product is fetched: URL or path with {detector} {release} …; may be repeated",
      repeatedOption,
    )
    .action(async (options) => {
      const session = new Session(options);
      const { syncCalibrations } = await import("../../workflow/calibrations.ts");
      const products = [...options.product ?? [], ...options.products ?? []];
      const urls = productUrls(options.url);
      const result = await session.long((tools) =>
        syncCalibrations({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          config: {
            "calibration.download_source": options.downloadSource,
            "calibration.download_max_workers": options.maxWorkers,
          },
          products: products.length === 0 ? ["required"] : products,
          ...(options.detectors === undefined ? {} : { detectors: options.detectors }),
          ...(options.inputDir === undefined ? {} : { inputDirectory: options.inputDir }),
          ...(urls === undefined ? {} : { productUrls: urls }),
          ...tools,
        })
      );
      session.print(result, syncText);
      if (result.failed > 0) session.exitCode = result.ready === 0 ? EXIT.remote : EXIT.partial;
      done(session);
    });
}

function statusText(status: CalibrationStatus): string {
  const table = tableText(status.files, [
    { heading: "release", cell: (file) => file.release },
    { heading: "product", cell: (file) => file.product },
    { heading: "detector", cell: (file) => `D${file.detector}` },
    { heading: "version", cell: (file) => file.version },
    { heading: "state", cell: (file) => file.state },
  ]);
  const missing = status.missing.map((need) => `missing: ${need.release} ${need.product} D${need.detector}`);
  return [table.trimEnd(), ...missing].filter((line) => line !== "").join("\n") || "No calibration files yet";
}

function addStatus(
  calibration: Command,
  done: (session: Session) => void,
  name: "status" | "validate",
): void {
  const description = name === "status"
    ? "list the calibration files and what is missing"
    : "check the calibration files in full";
  withProjectOptions(calibration.command(name).description(description))
    .option("--product <name>", "only this product; may be repeated", repeatedOption)
    .action(async (options) => {
      const session = new Session(options);
      const { calibrationStatus } = await import("../../workflow/calibration_status.ts");
      const status = await calibrationStatus({
        project: projectFolder(options.project),
        batchConfig: options.batchConfig,
        products: options.product,
        checkContent: name === "validate",
      });
      session.print(status, statusText);
      if (status.files.some((file) => file.state !== "ok")) session.exitCode = EXIT.integrity;
      else if (status.missing.length > 0) session.exitCode = EXIT.prerequisite;
      done(session);
    });
}

/** `spxcutdb calibration …`: fetches, lists and checks calibration files. */
export function addCalibrationCommand(program: Command, done: (session: Session) => void): void {
  const calibration = program.command("calibration").alias("calib").description(
    "fetch and check calibration files",
  );
  addSync(calibration, done);
  addStatus(calibration, done, "status");
  addStatus(calibration, done, "validate");
}
