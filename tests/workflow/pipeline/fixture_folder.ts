/** A folder for one test, removed at the end of its block. */
export function fixtureFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync({ prefix: "spxcutdb_pipeline_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
