import type { Config } from "../../config/schema.ts";
import type { HttpClient } from "../../net/http_client.ts";
import type { EventListener } from "../events.ts";
import type { PipelineParameters } from "./pipeline_types.ts";

/** What the stages of a pipeline share. */
export interface PipelineContext {
  /** What is asked for. */
  readonly parameters: PipelineParameters;
  /** The configuration of archive and network. */
  readonly config: Config;
  /** The program's client. */
  readonly client: HttpClient;
  /** The folder of the pipeline, absolute. */
  readonly outputDirectory: string;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Told of each event. */
  readonly onEvent: EventListener;
}
