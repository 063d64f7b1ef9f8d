import assert from "node:assert/strict";
import { FileFixture, TARGET } from "../workflow/file_fixture.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;

/** Runs the program; its output as text. */
async function spxcutdb(
  args: readonly string[],
  input?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=spxcutdb", "--no-prompt", CLI, ...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const process = command.spawn();
  if (input !== undefined) {
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const { code, stdout, stderr } = await process.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("spxcutdb measure", async (test) => {
  using fixture = new FileFixture();
  const calibrations = fixture.calibrations();
  const files = [fixture.cutout(fixture.images("QR2")[0]!), fixture.cutout(fixture.images("QR3")[0]!)];
  const { rightAscensionDeg, declinationDeg } = TARGET;
  const place = ["--ra", String(rightAscensionDeg), "--dec", String(declinationDeg)];

  await test.step("shows a measured file as text, or as one JSON document", async () => {
    const text = await spxcutdb(["measure", files[0]!.path, ...place, "--calibration-dir", calibrations]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^flux +\d+(\.\d+)? \+- \d+(\.\d+)? uJy$/m);
    assert.match(text.stdout, /^wavelength +\d\.\d{6} um, width 0\.\d{6} um$/m);
    assert.match(text.stdout, /^calibration +detector release match$/m);
    const json = await spxcutdb(["measure", files[0]!.path, ...place, "--name", "a star", "--json"]);
    const row = JSON.parse(json.stdout);
    assert.equal(row.schema_version, 1);
    assert.equal(row.source_name, "a star");
    assert.equal(row.measurement_status, "measured");
    assert.equal(row.calibration_match_quality, "missing");
    const sexagesimal = await spxcutdb([
      "measure",
      files[0]!.path,
      ...["--ra", "04:32:12", "--dec", "-05:22:12", "--name", "a star", "--json"],
    ]);
    assert(Math.abs(JSON.parse(sexagesimal.stdout).selected_flux_uJy / row.selected_flux_uJy - 1) < 1e-9);
  });

  await test.step("prints a line of JSON for each file of a list, in its order, and tells failures by code 1", async () => {
    const paths = [files[1]!.path, `${fixture.folder}/absent.fits`, files[0]!.path, files[1]!.path];
    const positions = Array(3).fill(`${rightAscensionDeg},${declinationDeg}`);
    const lines = [...positions, "12h,north"].map((position, index) =>
      `${index},${position},"${paths[index]}"`
    );
    const list = `${fixture.folder}/list.csv`;
    Deno.writeTextFileSync(list, `\ufeffname,RA_deg,dec_deg,path\n${lines.join("\n")}\n`);
    const args = ["--calibration-dir", calibrations, "--workers", "2"];
    const answer = await spxcutdb(["measure", "--list", list, ...args]);
    const rows = answer.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.equal(answer.code, 1);
    assert.deepEqual(rows.map((row) => row.path), paths);
    assert.deepEqual(rows.map((row) => row.source_name), ["0", "1", "2", "3"]);
    assert.deepEqual(rows.map((row) => row.error_code), [
      null,
      "storage/not-found",
      null,
      "usage/bad-list-row",
    ]);
    assert.match(answer.stderr, /2 of 4 files could not be measured/);
    const good = [`path,ra_deg,dec_deg`, `${files[0]!.path},${positions[0]}`].join("\n");
    const piped = await spxcutdb(["measure", "--list", "-", ...args], good);
    assert.equal(piped.code, 0, piped.stderr);
    assert.equal(JSON.parse(piped.stdout).selected_flux_uJy, rows[2].selected_flux_uJy);
  });

  await test.step("measures as a configuration says", async () => {
    const config = `${fixture.folder}/nearest.yaml`;
    Deno.writeTextFileSync(config, "photometry:\n  psf:\n    interpolation: nearest\n");
    const { code, stdout, stderr } = await spxcutdb([
      "measure",
      files[0]!.path,
      ...place,
      ...["--config", config, "--json"],
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).psf_model, "oversampled, nearest");
  });

  await test.step("says what is missing or cannot be read", async () => {
    const cases: [readonly string[], number, RegExp][] = [
      [["measure"], 2, /Nothing to measure was named/],
      [["measure", files[0]!.path], 2, /position is missing/],
      [["measure", files[0]!.path, "--list", "x.csv"], 2, /and a list at once/],
      [["measure", files[0]!.path, "--ra", "360", "--dec", "0"], 2, /from 0 to below 360 degrees/],
      [["measure", files[0]!.path, "--ra", "NaN", "--dec", "0"], 2, /from 0 to below 360 degrees/],
      [["measure", files[0]!.path, "--ra=-1", "--dec", "0"], 2, /from 0 to below 360 degrees/],
      [["measure", files[0]!.path, "--ra", "0", "--dec", "91"], 2, /from -90 to 90 degrees/],
      [["measure", "--list", "x.csv", ...place], 2, /lines have positions and names of their own/],
      [["measure", `${fixture.folder}/nearest.yaml`, ...place], 6, /hint: `spxcutdb inspect .*nearest.yaml`/],
      [
        ["measure", files[0]!.path, ...place, "--solid-angle", files[1]!.path],
        6,
        /as solid_angle_pixel_map: /,
      ],
      [["measure", `${fixture.folder}/absent.fits`, ...place], 3, /no such file/],
      [["measure", "--list", `${fixture.folder}/absent.csv`], 3, /no such file/],
      [["measure", "--list", `${fixture.folder}/nearest.yaml`], 3, /expected path, ra_deg, dec_deg/],
      [["measure", files[0]!.path, ...place, "--calibration-dir", `${fixture.folder}/absent`], 3, /absent/],
    ];
    for (const [args, code, message] of cases) {
      const answer = await spxcutdb(args);
      assert.equal(answer.code, code, `${args.join(" ")}: ${answer.stderr}`);
      assert.match(answer.stderr, message);
    }
  });
});
