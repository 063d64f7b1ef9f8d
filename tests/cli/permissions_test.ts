import assert from "node:assert/strict";

/** The program under the permissions of its task, in an environment without the variables that tests usually set. */
async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "-P=spxcutdb", "cli.ts", ...args],
    clearEnv: true,
    env: { HOME: Deno.env.get("HOME") ?? "", PATH: Deno.env.get("PATH") ?? "" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("the permissions of the task suffice in a bare environment", async () => {
  for (
    const args of [[], ["--help"], ["run", "--help"], ["archive", "serve", "--help"], ["config", "defaults"]]
  ) {
    const { code, text } = await run(...args);
    assert.equal(code, args.length === 0 ? 2 : 0, `${args.join(" ")}: ${text}`);
    assert.doesNotMatch(text, /Requires .* access/);
  }
});

Deno.test("the permissions of the task suffice for a dry run, which copies the database", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "spxcutdb-permissions-" });
  try {
    Deno.writeTextFileSync(`${folder}/catalog.csv`, "Name,RA_deg,DEC_deg\nA,68.05,-5.37\n");
    const made = await run("init", "--project", `${folder}/p`, "--catalog", `${folder}/catalog.csv`);
    assert.equal(made.code, 0, made.text);
    const { code, text } = await run("run", "--dry-run", "--discover", "--project", `${folder}/p`);
    assert.equal(code, 0, text);
    assert.match(text, /Fetch +0 cutouts, 1 request/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("the permissions of the task run no program and load no library", async () => {
  const { permissions } = JSON.parse(await Deno.readTextFile("deno.json"));
  for (const set of Object.values(permissions) as Record<string, unknown>[]) {
    assert.deepEqual(Object.keys(set).sort(), ["env", "net", "read", "sys", "write"]);
    assert(Array.isArray(set["net"]), "Any host may be reached");
  }
});
