/**
 * From a target catalog to SPHEREx spectra.
 *
 * Four functions carry the work, each usable by itself: {@linkcode init} makes a project, {@linkcode discover} finds the
 * images that cover its sources, {@linkcode run} plans, fetches, measures, publishes and cleans up, and
 * {@linkcode summary} tells what there is. Long ones take an `AbortSignal` and an event listener.
 *
 * @example
 * ```ts ignore
 * import { discover, init, run, summary, syncCalibrations } from "./mod.ts";
 *
 * await init({ project: "project", catalog: "input_catalog.csv" });
 * await discover({ project: "project", resume: true });
 * await syncCalibrations({ project: "project" });
 * const { counts } = await run({ project: "project", onEvent: (event) => console.log(event.type) });
 * const { sources } = await summary({ project: "project" });
 * console.log(counts.measured, sources.map((source) => source.sourceName));
 * ```
 *
 * @module
 */
export { isTaggedError, TaggedError } from "./lib/core/errors.ts";
export type { ErrorArea, ErrorCode, JsonValue, TaggedErrorOptions } from "./lib/core/errors.ts";
export type { MeasurementCell, MeasurementRow } from "./lib/outputs/measurement_row.ts";
export type { PartTotals, ProjectTotals, SourceSummary } from "./lib/store/summaries.ts";
export type { AccessName } from "./lib/spherex/cutout_origin.ts";
export type { BinningOptions, ChannelFlux, SpectralChannel } from "./lib/spectrum/bin_spectrum.ts";
export type { CatalogProblem, CatalogProblemCode } from "./lib/catalog/catalog_source.ts";
export { clean } from "./lib/workflow/clean.ts";
export type { CleanedCutout, CleanOptions, CleanResult } from "./lib/workflow/clean.ts";
export type { CleanupCondition } from "./lib/workflow/cleanup_conditions.ts";
export { calibrationStatus } from "./lib/workflow/calibration_status.ts";
export type {
  CalibrationFileStatus,
  CalibrationStatus,
  CalibrationStatusOptions,
} from "./lib/workflow/calibration_status.ts";
export { syncCalibrations } from "./lib/workflow/calibrations.ts";
export type { SyncCalibrationOptions, SyncCalibrationResult } from "./lib/workflow/calibrations.ts";
export type { SpectrumCorrections } from "./lib/outputs/corrections.ts";
export type { ExtinctionOptions } from "./lib/spectrum/extinction.ts";
export { cleanPartials } from "./lib/workflow/clean_partials.ts";
export type {
  CleanedFile,
  CleanPartialsOptions,
  CleanPartialsResult,
} from "./lib/workflow/clean_partials.ts";
export { compareSpectra } from "./lib/workflow/compare/compare.ts";
export type { CompareOptions, CompareResult } from "./lib/workflow/compare/compare.ts";
export type { MatchedFlux, MatchKey } from "./lib/workflow/compare/match_fluxes.ts";
export type { FluxAgreement, FluxPair } from "./lib/spectrum/compare_fluxes.ts";
export { coverage } from "./lib/workflow/coverage.ts";
export type { CoverageOptions, CoverageResult, SourceCoverage } from "./lib/workflow/coverage.ts";
export { downloadCutouts } from "./lib/workflow/download_cutouts.ts";
export type { DownloadCutoutsOptions, DownloadCutoutsResult } from "./lib/workflow/download_cutouts.ts";
export { discover } from "./lib/workflow/discover.ts";
export type { DiscoverOptions, DiscoverResult } from "./lib/workflow/discover.ts";
export type { DiscoveryPlan } from "./lib/workflow/discovery_plan.ts";
export type {
  EventListener,
  PlanCounts,
  RunCounts,
  Stage,
  StageProgress,
  WorkflowEvent,
} from "./lib/workflow/events.ts";
export { doctor } from "./lib/workflow/doctor/doctor.ts";
export type { DoctorOptions, DoctorResult } from "./lib/workflow/doctor/doctor.ts";
export type { CheckArea, CheckStatus, DoctorCheck } from "./lib/workflow/doctor/check.ts";
export { explain } from "./lib/workflow/explain.ts";
export type { ExplainOptions } from "./lib/workflow/explain.ts";
export type * from "./lib/workflow/explain_model.ts";
export { exportManifest } from "./lib/workflow/export_manifest.ts";
export type { ExportManifestOptions, ExportManifestResult } from "./lib/workflow/export_manifest.ts";
export { exportTables } from "./lib/workflow/export_tables.ts";
export type {
  ExportedFile,
  ExportFormat,
  ExportOptions,
  ExportResult,
} from "./lib/workflow/export_tables.ts";
export type { ExportedTable } from "./lib/outputs/exported_columns.ts";
export { init } from "./lib/workflow/init.ts";
export type { InitOptions, InitResult } from "./lib/workflow/init.ts";
export { inspectFile } from "./lib/workflow/inspect_file.ts";
export type * from "./lib/workflow/inspect_model.ts";
export { Figure } from "./lib/workflow/figure.ts";
export { LightCurve } from "./lib/workflow/light_curve.ts";
export type { LightCurveFigureOptions } from "./lib/workflow/light_curve.ts";
export type { LightCurvePoint } from "./lib/outputs/light_curve_rows.ts";
export type { BandEpoch, TimedFlux } from "./lib/spectrum/light_curve.ts";
export { FileMeasurement, measureFile } from "./lib/workflow/measure_file.ts";
export type { MeasureFileOptions } from "./lib/workflow/measure_file.ts";
export { measureFiles } from "./lib/workflow/measure_files.ts";
export type { MeasureFilesOptions } from "./lib/workflow/measure_files.ts";
export type { FileCalibrationFolders, FileMeasureOptions } from "./lib/workflow/file_measure_setup.ts";
export type { FileTarget } from "./lib/workflow/file_target.ts";
export type { ProperMotion } from "./lib/catalog/catalog_source.ts";
export type { SourceProfile } from "./lib/workflow/source_profile.ts";
export { PIXEL_ROLE } from "./lib/photometry/pixel_roles.ts";
export type { MeasurementModels, NeighborResult } from "./lib/photometry/measurement.ts";
export { openProject, ProjectView } from "./lib/workflow/open_project.ts";
export { Spectrum } from "./lib/workflow/spectrum.ts";
export type { SpectrumFigureOptions } from "./lib/workflow/spectrum.ts";
export { drawFigures } from "./lib/workflow/draw_figures.ts";
export type { DrawOptions, DrawResult, FigureKind } from "./lib/workflow/draw_figures.ts";
export { runCatalogPipeline } from "./lib/workflow/pipeline/catalog_pipeline.ts";
export type {
  CatalogPipelineConfig,
  CatalogPipelineResult,
  CatalogPipelineSource,
} from "./lib/workflow/pipeline/catalog_pipeline.ts";
export { readParameterFile } from "./lib/workflow/pipeline/parameter_file.ts";
export { Pipeline, runPipeline } from "./lib/workflow/pipeline/pipeline.ts";
export type { PipelineConfig, PipelineRunOptions } from "./lib/workflow/pipeline/pipeline_options.ts";
export type * from "./lib/workflow/pipeline/pipeline_types.ts";
export type { ChangedInput, InputName } from "./lib/workflow/changed_inputs.ts";
export type { MeasurementInputs } from "./lib/store/measurements.ts";
export { plan } from "./lib/workflow/plan.ts";
export type { PlannedItem, PlanOptions, PlanResult } from "./lib/workflow/plan.ts";
export type { HostEstimate, RouteEstimate, TransferEstimate } from "./lib/workflow/transfer_estimate.ts";
export type { PlanReason } from "./lib/workflow/plan_project.ts";
export type { PlanState } from "./lib/workflow/plan_source.ts";
export type { ProjectOptions } from "./lib/workflow/project.ts";
export { writeReport } from "./lib/workflow/report.ts";
export type { ReportOptions, ReportResult } from "./lib/workflow/report.ts";
export { run } from "./lib/workflow/run.ts";
export type { CleanupPolicy, RunOptions, RunResult } from "./lib/workflow/run_options.ts";
export { inject } from "./lib/workflow/inject.ts";
export type { InjectOptions, InjectResult } from "./lib/workflow/inject.ts";
export type { InjectionBin } from "./lib/workflow/injection_statistics.ts";
export { send } from "./lib/workflow/send/send.ts";
export type { SendOptions, SendResult, SentFile } from "./lib/workflow/send/send.ts";
export { merge } from "./lib/workflow/shards/merge.ts";
export type { MergedShard, MergeOptions, MergeResult } from "./lib/workflow/shards/merge.ts";
export { parseShard } from "./lib/core/shard.ts";
export type { Shard } from "./lib/core/shard.ts";
export { runLog } from "./lib/workflow/run_logs.ts";
export type { LogOptions } from "./lib/workflow/run_logs.ts";
export type { EventLevel } from "./lib/workflow/event_level.ts";
export { status } from "./lib/workflow/status.ts";
export type { ShardProgress } from "./lib/workflow/shards/shard_progress.ts";
export type { LastRun, StatusResult } from "./lib/workflow/status.ts";
export type { LockHolder } from "./lib/files/project_lock.ts";
export { summary } from "./lib/workflow/summary.ts";
export type {
  OutputsState,
  SourceFailure,
  SummarizedSource,
  SummaryOptions,
  SummaryResult,
} from "./lib/workflow/summary.ts";
export { validateCutouts } from "./lib/workflow/validate_cutouts.ts";
export type {
  ValidateCutoutsOptions,
  ValidateCutoutsResult,
  ValidatedCutout,
} from "./lib/workflow/validate_cutouts.ts";
export { validateProject } from "./lib/workflow/validate_project.ts";
export type { ValidateOptions, ValidateResult } from "./lib/workflow/validate_project.ts";
