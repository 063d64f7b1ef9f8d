/**
 * Executes the notebooks in place on the Deno kernel: `deno task notebooks [name …]`.
 *
 * Needs `jupyter nbconvert` (Debian: jupyter-nbconvert); installs the Deno kernel for the user, as `deno jupyter` does.
 */

/** Runs a program and ends this one when it fails. */
async function command(program: string, ...args: readonly string[]): Promise<void> {
  const { code } = await new Deno.Command(program, {
    args: [...args],
    env: { PYTHONPATH: import.meta.dirname! },
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) Deno.exit(code);
}

async function notebooks(): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir("notebooks"));
  return entries.map((entry) => entry.name).filter((name) => name.endsWith(".ipynb")).sort();
}

await command(Deno.execPath(), "jupyter", "--install", "--force");
for (const name of Deno.args.length > 0 ? Deno.args : await notebooks()) {
  await command(
    "jupyter",
    "nbconvert",
    "--to=notebook",
    "--inplace",
    '--NotebookExporter.preprocessors=["patient_execution.PatientExecutePreprocessor"]',
    "--PatientExecutePreprocessor.enabled=True",
    "--PatientExecutePreprocessor.kernel_name=deno",
    "--PatientExecutePreprocessor.timeout=300",
    `notebooks/${name}`,
  );
}
