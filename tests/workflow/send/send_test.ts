import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runProgram, TestFolder } from "../../cli/run_program.ts";
import { benchTests } from "../project_fixture.ts";
import { StandInHub } from "./stand_in_hub.ts";

const PYTHON = Deno.env.get("SPXCUTDB_TEST_PYTHON");

/** The environment in which a hub is found. */
function hubEnvironment(lockfile: string): Record<string, string> {
  return { SAMP_HUB: `std-lockurl:file://${lockfile}` };
}

/** An image in the least FITS file there is. */
function smallImage(): Uint8Array {
  const cards = [
    "SIMPLE  =                    T",
    "BITPIX  =                    8",
    "NAXIS   =                    0",
    "END",
  ];
  return new TextEncoder().encode(cards.map((card) => card.padEnd(80)).join("").padEnd(2880));
}

benchTests("spxcutdb send", {
  "shows the spectra of a project, files by what they are, and one program alone": async (bench) => {
    const project = await bench.project("measured");
    await using folder = new TestFolder();
    const lockfile = `${folder.path}/hub`;
    await using hub = new StandInHub(lockfile, {
      topcat: ["table.load.votable", "table.load.fits"],
      Aladin: ["table.load.votable", "image.load.fits"],
    });
    const options = { cwd: folder.path, env: hubEnvironment(lockfile) };
    const all = await runProgram(["send", "--project", project, "--json"], options);
    assert.equal(all.code, 0, all.stderr);
    const { files: [file] } = JSON.parse(all.stdout);
    assert.deepEqual(file.receivers, ["Aladin", "topcat"]);
    assert.deepEqual(hub.messages.map(({ recipient, type }) => [recipient, type]), [
      ["Aladin", "table.load.votable"],
      ["topcat", "table.load.votable"],
    ]);
    assert.match(Deno.readTextFileSync(fileURLToPath(hub.messages[0]!.url)), /<VOTABLE/);
    assert.equal(hub.calls.at(-1), "unregister", "it leaves the hub");

    Deno.writeFileSync(`${folder.path}/image.fits`, smallImage());
    const one = await runProgram(["send", "image.fits", "--to", "aladin"], options);
    assert.equal(one.code, 0, one.stderr);
    assert.deepEqual([hub.messages[2]!.recipient, hub.messages[2]!.type], ["Aladin", "image.load.fits"]);
  },
});

Deno.test("spxcutdb send says what to do without a hub, a receiver or a file that can be sent", async () => {
  await using folder = new TestFolder();
  const lockfile = `${folder.path}/hub`;
  const options = { cwd: folder.path, env: hubEnvironment(lockfile) };
  Deno.writeFileSync(`${folder.path}/image.fits`, smallImage());
  const none = await runProgram(["send", "image.fits"], options);
  assert.deepEqual([none.code, /net\/no-samp-hub[^]*Start TOPCAT/.test(none.stderr)], [4, true], none.stderr);
  await using hub = new StandInHub(lockfile, { topcat: ["table.load.votable"] });
  const receiver = await runProgram(["send", "image.fits"], options);
  assert.deepEqual(
    [receiver.code, /net\/no-samp-receiver/.test(receiver.stderr)],
    [4, true],
    receiver.stderr,
  );
  const kind = await runProgram(["send", "image.png"], options);
  assert.deepEqual([kind.code, /usage\/unknown-file-type/.test(kind.stderr)], [2, true], kind.stderr);
  assert.deepEqual(hub.messages, []);
  Deno.writeTextFileSync(lockfile, "samp.secret=wrong\nsamp.hub.xmlrpc.url=http://127.0.0.1:1/xmlrpc\n");
  assert.equal((await runProgram(["send", "image.fits"], options)).code, 5, "a hub that is gone");
});

Deno.test({
  name: "spxcutdb send reaches a program on the hub of astropy",
  ignore: PYTHON === undefined,
  fn: async () => {
    await using folder = new TestFolder();
    const lockfile = `${folder.path}/hub`;
    const hub = new Deno.Command(PYTHON!, {
      args: [new URL("python_hub.py", import.meta.url).pathname, lockfile, "image.load.fits"],
      env: { HOME: folder.path },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = hub.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      assert.match((await lines.read()).value!, /ready/);
      Deno.writeFileSync(`${folder.path}/image.fits`, smallImage());
      const sent = await runProgram(["send", "image.fits"], {
        cwd: folder.path,
        env: hubEnvironment(lockfile),
      });
      assert.equal(sent.code, 0, sent.stderr);
      assert.match(sent.stdout, /image\.fits to Stand-in TOPCAT/);
      const message = JSON.parse((await lines.read()).value!);
      assert.deepEqual([message.type, message.name], ["image.load.fits", "image.fits"]);
      assert.equal(Deno.readFileSync(fileURLToPath(message.url)).length, 2880);
    } finally {
      await hub.stdin.close();
      await lines.cancel();
      await hub.status;
    }
  },
});
