import type { Command } from "commander";
import { numberOption, portOption } from "../option_values.ts";
import type { StandInUrls } from "../../simulator/stand_in_options.ts";
import { Session } from "../session.ts";

/** `spxcutdb archive serve`: a stand-in archive with a synthetic sky, for trials. */
export function addArchiveCommand(program: Command): void {
  const archive = program.command("archive").description("a stand-in archive for trials");
  archive.command("serve").description(
    "serve a synthetic sky on 127.0.0.1 and print its URLs as one JSON line",
  )
    .option("--port <number>", "port; a free one when left out", portOption)
    .option("--seed <number>", "seed of the synthetic sky", numberOption, 1)
    .action(async (options) => {
      const session = new Session(options);
      const { startStandInArchive } = await import("../../simulator/stand_in_archive.ts");
      await using server = await startStandInArchive({
        seed: options.seed,
        ...(options.port === undefined ? {} : { port: options.port }),
      });
      session.terminal.data(JSON.stringify({ ...server.urls, config: standInConfig(server.urls) }));
      session.terminal.message(
        "The sky is drawn from the seed; some targets are faint or dark on purpose. " +
          `${server.urls.truthUrl}?ra=…&dec=… tells what is there`,
      );
      await session.long(({ signal }) =>
        new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()))
      );
    });
}

/** The configuration values that point a project at a stand-in archive. */
export function standInConfig(
  urls: Omit<StandInUrls, "datalinkUrl" | "truthUrl">,
): Record<string, string> {
  return {
    "discovery.sia_endpoint": urls.siaEndpoint,
    "discovery.tap_endpoint": urls.tapUrl,
    "cutouts.base_url": urls.origin,
    "cloud.s3_base_url": urls.s3BaseUrl,
    "calibration.official_ibe_base_url": `${urls.ibeBaseUrl}/{release_lower}`,
    "calibration.official_ibe_listing_url": `${urls.ibeListingUrl}/{release_lower}`,
  };
}
