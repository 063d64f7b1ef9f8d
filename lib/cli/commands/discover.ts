import type { Command } from "commander";
import type { DiscoveryPlan } from "../../workflow/discovery_plan.ts";
import type { DiscoverResult } from "../../workflow/discover.ts";
import { EXIT } from "../exit_codes.ts";
import { countedText, durationText } from "../../core/number_text.ts";
import { countOption, listOption, numberOption, repeatedOption } from "../option_values.ts";
import { projectFolder, Session, withProjectOptions } from "../session.ts";

/** What a dry run found that would be asked. */
function planText(plan: DiscoveryPlan): string {
  const hosts = Object.entries(plan.requests).map(([host, requests]) =>
    `${countedText(requests, "request")} to ${host}`
  );
  const time = plan.expectedSeconds === null
    ? "no earlier discovery tells how long that takes"
    : `about ${durationText(plan.expectedSeconds)} at the speed of earlier discoveries`;
  return [
    `${countedText(plan.sources, "source")}, ${plan.skippedSources} asked before`,
    `${countedText(plan.items, "pair")} of source and collection to ask for`,
    ...(hosts.length === 0 ? ["No request needed"] : [`At least ${hosts.join(", ")}; ${time}`]),
  ].join("\n");
}

function text(result: DiscoverResult, usesTap: boolean): string {
  if (result.plan !== undefined) return planText(result.plan);
  return [
    `${
      countedText(result.sources, "source")
    }, ${result.skippedSources} asked before, ${result.failedSources} failed`,
    `${countedText(result.products, "image")} in the answers, ${result.newMatches} new`,
    ...(result.fallbackSources > 0
      ? [`${countedText(result.fallbackSources, "source")} answered by TAP, because SIA2 failed`]
      : []),
    ...(result.failedSources > 0
      ? [
        `Ask again for those that failed with --resume${
          usesTap ? "" : ", and with --tap-fallback where SIA2 fails"
        }`,
      ]
      : []),
    ...(result.overflowSources > 0
      ? [
        `${result.overflowSources} answers were cut short by the service: raise discovery.maxrec_per_source_collection`,
      ]
      : []),
  ].join("\n");
}

/** The configuration values of the options that discovery has in `discover` and in `run`. */
export function discoveryOverrides(
  options: {
    collections?: string[];
    searchRadiusArcsec?: number;
    maxrec?: number;
    concurrency?: number;
    tapFallback?: boolean;
    index?: boolean;
  },
): Record<string, unknown> {
  return {
    "discovery.collections": options.collections,
    "discovery.search_radius_arcsec": options.searchRadiusArcsec,
    "discovery.maxrec_per_source_collection": options.maxrec,
    "discovery.concurrency": options.concurrency,
    "discovery.tap_fallback": options.tapFallback,
    "discovery.use_index": options.index,
  };
}

/** Adds the options that discovery has in `discover` and in `run`. */
export function withDiscoveryOptions(command: Command): Command {
  return command
    .option("--collections <names>", "collections to ask, separated by commas", listOption)
    .option(
      "--search-radius-arcsec <number>",
      "images that touch a circle of this radius are taken",
      numberOption,
    )
    .option("--maxrec <number>", "most rows in one answer", countOption)
    .option("--concurrency <number>", "questions asked at the same time", countOption)
    .option("--tap-fallback", "ask the TAP service for sources for which the SIA2 service fails")
    .option(
      "--index",
      "answer from a local index of all footprints; the first time downloads it by TAP, later calls what is new",
    );
}

/** `spxcutdb discover`: asks the archive which images cover the sources. */
export function addDiscoverCommand(program: Command, done: (session: Session) => void): void {
  withDiscoveryOptions(
    withProjectOptions(program.command("discover").description("find the images that cover the sources")),
  )
    .option("--resume", "leave out what was answered before")
    .option("--force-discovery", "ask for every source again (as without --resume)")
    .option("--update", "the same as --force-discovery: find new and reprocessed images")
    .option("--rebuild-index", "download the index of footprints from the beginning")
    .option("--dry-run", "ask nothing; print what would be asked")
    .option("--limit-sources <number>", "ask for the first so many sources only", countOption)
    .option("--source-name <name>", "ask for this source only; may be repeated", repeatedOption)
    .action(async (options) => {
      const session = new Session(options, { hasResume: true });
      const { discover } = await import("../../workflow/discover.ts");
      const result = await session.long((tools) =>
        discover({
          project: projectFolder(options.project),
          batchConfig: options.batchConfig,
          config: discoveryOverrides(options),
          dryRun: options.dryRun === true,
          rebuildIndex: options.rebuildIndex === true,
          resume: options.resume === true && !options.forceDiscovery && !options.update,
          ...(options.limitSources === undefined ? {} : { limitSources: options.limitSources }),
          ...(options.sourceName === undefined ? {} : { sourceNames: options.sourceName }),
          ...tools,
        })
      );
      session.print(result, (found) => text(found, options.tapFallback === true));
      if (result.failedSources > 0) {
        session.exitCode = result.failedSources === result.sources ? EXIT.remote : EXIT.partial;
      }
      done(session);
    });
}
