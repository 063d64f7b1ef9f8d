/** A folder that is removed with everything in it when the test ends. */
export class TemporaryFolder implements Disposable {
  /** Its absolute path, links resolved. */
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "spxcutdb_test_" }));

  /** The path of something in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
