import { join } from "node:path";
import { canonicalJson } from "../core/canonical_json.ts";
import { isTaggedError } from "../core/errors.ts";
import { outwardJson } from "../core/outward_json.ts";
import { withoutSecrets } from "../core/public_text.ts";
import { writeFileAtomic } from "../files/atomic_write.ts";
import { renderConfigJson, renderConfigYaml } from "../config/render.ts";
import type { RunStatus } from "../store/runs.ts";
import type { EventListener, WorkflowEvent } from "./events.ts";
import { PACKAGE_VERSION } from "./package_version.ts";
import type { Project } from "./project.ts";
import { newRunId } from "./run_identity.ts";
import { RunLog } from "./run_log.ts";

/** How a run ended, and what it returns to its caller. */
export interface RunOutcome<Result> {
  /** State of the run in the database. */
  readonly status: RunStatus;
  /** What was done, for the run's record. */
  readonly counts: Readonly<Record<string, unknown>>;
  /** What the caller gets. */
  readonly result: Result;
}

/** The steps of a run: events on the way, an outcome at the end. */
export type RunSteps<Result> = (runId: string) => AsyncGenerator<WorkflowEvent, RunOutcome<Result>>;

async function writeRecord(project: Project, runId: string, name: string, content: string): Promise<void> {
  await writeFileAtomic(join(project.paths.runs, runId, name), content);
}

/**
 * Runs the steps of a command as a recorded run: logs, `runs/<id>/` with the effective configuration, start and end
 * in the database. Events go to the logs and to `onEvent`. The record of a run that was stopped or failed has the
 * `countsSoFar`.
 */
export async function recordedRun<Result>(
  project: Project,
  command: string,
  commandArguments: Readonly<Record<string, unknown>>,
  onEvent: EventListener | undefined,
  steps: RunSteps<Result>,
  countsSoFar: () => Readonly<Record<string, unknown>> = () => ({}),
): Promise<Result> {
  const runId = newRunId();
  const { effective } = project;
  const config = withoutSecrets(effective.config);
  const told = withoutSecrets({ arguments: commandArguments, config: effective.overrides });
  await writeRecord(
    project,
    runId,
    "effective_config.yaml",
    renderConfigYaml(config, { origins: effective.origins }),
  );
  await writeRecord(project, runId, "effective_config.json", renderConfigJson(config));
  await writeRecord(
    project,
    runId,
    "cli_overrides.json",
    `${JSON.stringify({ ...told, arguments: outwardJson(told.arguments) }, null, 2)}\n`,
  );
  project.runs.start({
    runId,
    command,
    argumentsJson: canonicalJson(JSON.parse(JSON.stringify(told.arguments))),
    configHash: effective.hash,
    packageVersion: PACKAGE_VERSION,
  }, new Date().toISOString());
  using log = new RunLog(project.paths.runLogs, runId);
  const tell = (event: WorkflowEvent) => {
    log.write(event);
    onEvent?.(event);
  };
  const finish = async (status: RunStatus, counts: Readonly<Record<string, unknown>>) => {
    const ended = new Date().toISOString();
    project.runs.finish(runId, status, JSON.stringify(counts), ended);
    const summary = {
      run_id: runId,
      command,
      status,
      ended_at: ended,
      config_hash: effective.hash,
      version: PACKAGE_VERSION,
      counts,
    };
    await writeRecord(project, runId, "summary.json", `${JSON.stringify(summary, null, 2)}\n`);
  };
  const iterator = steps(runId);
  try {
    tell({ type: "run_started", runId, command, configHash: effective.hash });
    for (;;) {
      const step = await iterator.next();
      if (step.done) {
        await finish(step.value.status, step.value.counts);
        return step.value.result;
      }
      tell(step.value);
      if (step.value.type === "workflow_plan") {
        await writeRecord(
          project,
          runId,
          "plan_summary.json",
          `${JSON.stringify(step.value.counts, null, 2)}\n`,
        );
      }
    }
  } catch (error) {
    // When a log could not be written the steps are still in the middle: they stop and give back what they hold.
    await iterator.return?.(undefined as never);
    const status = isStop(error) ? "interrupted" : "failed";
    const message = withoutSecrets(error instanceof Error ? error.message : String(error));
    try {
      log.write({ type: "run_failed", status, code: isTaggedError(error) ? error.code : null, message });
      await finish(status, { ...countsSoFar(), error: message });
    } catch {
      // The disk or the database that ended the run may refuse its record too: the first error says why.
    }
    throw error;
  }
}

/** Whether an error says that the caller stopped the work. */
export function isStop(error: unknown): boolean {
  return isTaggedError(error, "interrupted") ||
    (error instanceof DOMException && (error.name === "AbortError" || error.name === "TimeoutError"));
}
