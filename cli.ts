/**
 * The command `spxcutdb`.
 *
 * In a bundle this file is also what workers start with: there all modules are one file.
 * @module
 */
if ("WorkerGlobalScope" in globalThis) {
  const { startFitWorker } = await import("./lib/workflow/fit_worker.ts");
  startFitWorker();
} else if (import.meta.main) {
  const { main } = await import("./lib/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
