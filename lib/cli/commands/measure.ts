import type { Command } from "commander";
import { TaggedError } from "../../core/errors.ts";
import type { FileMeasureOptions } from "../../workflow/file_measure_setup.ts";
import { EXIT } from "../exit_codes.ts";
import { countOption } from "../option_values.ts";
import { declinationOption, rightAscensionOption } from "../position_options.ts";
import { Session } from "../session.ts";

/** The options of the command. */
interface MeasureOptions {
  readonly ra?: number;
  readonly dec?: number;
  readonly name?: string;
  readonly list?: string;
  readonly spectralWcs?: string;
  readonly solidAngle?: string;
  readonly calibrationDir?: string;
  readonly config?: string;
  readonly workers?: number;
}

function usage(message: string): TaggedError {
  return new TaggedError("usage/bad-arguments", message, {
    hint: "Name one file with --ra and --dec, or many with --list FILES.csv (columns path, ra_deg, dec_deg)",
  });
}

/** What both ways of measuring share. */
function sharedOptions(options: MeasureOptions): FileMeasureOptions {
  return {
    batchConfig: options.config,
    calibrationDirectory: options.calibrationDir,
    spectralWcsPath: options.spectralWcs,
    solidAnglePath: options.solidAngle,
  };
}

async function measureOne(path: string, options: MeasureOptions, session: Session): Promise<void> {
  const { ra, dec, name } = options;
  if (ra === undefined || dec === undefined) {
    throw usage(`Cannot measure ${path}: the target's position is missing`);
  }
  const { measureFile } = await import("../../workflow/measure_file.ts");
  const { measurementText } = await import("../measure_text.ts");
  const target = { path, rightAscensionDeg: ra, declinationDeg: dec, name };
  const { row } = await measureFile({ ...target, ...sharedOptions(options) });
  session.print(row, measurementText);
}

async function measureList(list: string, options: MeasureOptions, session: Session): Promise<void> {
  const { measureFileLines } = await import("../../workflow/measure_files.ts");
  const { readFileList } = await import("../../workflow/read_file_list.ts");
  const shared = sharedOptions(options);
  const workers = options.workers ?? navigator.hardwareConcurrency;
  let [files, failed] = [0, 0];
  await session.long(async ({ signal }) => {
    for await (const batch of measureFileLines({ files: readFileList(list), ...shared, workers, signal })) {
      session.terminal.data(batch.lines.join("\n"));
      files += batch.lines.length;
      failed += batch.failed;
    }
  });
  if (files === 0) session.terminal.warning(`The list ${list} names no file`);
  if (failed === 0) return;
  session.exitCode = EXIT.partial;
  session.terminal.warning(
    `${failed} of ${files} files could not be measured; their lines say why in error_code and error_message`,
  );
}

/** `spxcutdb measure`: fluxes from files, without a project. */
export function addMeasureCommand(program: Command, done: (session: Session) => void): void {
  program.command("measure [file]").description("measure the flux at a place in cutouts or whole images")
    .option("--ra <position>", "right ascension of the target, degrees or hours", rightAscensionOption)
    .option("--dec <position>", "declination of the target, degrees", declinationOption)
    .option("--name <name>", "name of the target, for the row")
    .option(
      "--list <file>",
      "CSV with the columns path, ra_deg, dec_deg and, optionally, name, neighbors, those of a profile or a proper motion; - is standard input; prints JSON lines",
    )
    .option("--calibration-dir <dir>", "calibration products under the archive's names, in any folders below")
    .option("--spectral-wcs <file>", "wavelength map, in place of one of the folder")
    .option("--solid-angle <file>", "solid-angle map, in place of one of the folder")
    .option("--config <file>", "settings, as for --batch-config of other commands")
    .option("--workers <number>", "workers for a list; as many as processors unless given", countOption)
    .action(async (file: string | undefined, options) => {
      const session = new Session(options);
      if ((file === undefined) === (options.list === undefined)) {
        throw usage(
          file === undefined ? "Nothing to measure was named" : `Cannot measure ${file} and a list at once`,
        );
      }
      const { ra, dec, name } = options;
      if (options.list !== undefined && [ra, dec, name].some((value) => value !== undefined)) {
        throw usage(
          "Cannot measure a list at --ra and --dec: its lines have positions and names of their own",
        );
      }
      if (file !== undefined) await measureOne(file, options, session);
      else await measureList(options.list!, options, session);
      done(session);
    });
}
