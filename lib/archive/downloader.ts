import { insideDirectory } from "../files/safe_path.ts";
import type { DownloadEvent } from "./download_event.ts";
import type { DownloadItem, ExpectedCutout } from "./download_item.ts";
import type { DownloadOptions } from "./download_options.ts";
import { DownloadRun } from "./download_run.ts";

/**
 * Fetches the items of a plan: the one way missing cutouts arrive.
 *
 * Items begin in the order of the plan, at most `maxWorkers` at once and no more than the client lets through.
 * Each is streamed to its `.part` file and hashed on the way, validated, and renamed only when it passes; a failed
 * attempt gives its worker to the next item and comes back after its delay. A completed or failed item is recorded
 * before its event is yielded; a slow reader slows the download. Leaving the loop stops everything.
 *
 * Throws `storage/outside-project` before anything is fetched, `storage/...` when the disk refuses (after the events
 * of what was finished), `interrupted/aborted` when the signal aborts, RangeError for a plan that names a key or
 * a path twice.
 */
export async function* iterDownloadPlanResults<Expected = ExpectedCutout>(
  plan: readonly DownloadItem<Expected>[],
  options: DownloadOptions<Expected>,
): AsyncGenerator<DownloadEvent, void, undefined> {
  checkPlan(plan, options);
  yield* new DownloadRun(plan, options).events();
}

function checkPlan<Expected>(
  plan: readonly DownloadItem<Expected>[],
  options: DownloadOptions<Expected>,
): void {
  const taken = new Set<string>();
  const take = (kind: string, name: string) => {
    const mark = `${kind} ${name}`;
    if (taken.has(mark)) throw new RangeError(`The plan names the ${kind} ${name} twice`);
    taken.add(mark);
  };
  for (const item of plan) {
    take("key", item.key);
    take("path", insideDirectory(options.projectRoot, item.localPath));
    take("path", insideDirectory(options.projectRoot, item.partialPath));
    if (!item.partialPath.endsWith(".part")) {
      throw new RangeError(`${item.partialPath} does not end in .part`);
    }
  }
  if (options.quarantineDirectory !== undefined) {
    insideDirectory(options.projectRoot, options.quarantineDirectory);
  }
}
