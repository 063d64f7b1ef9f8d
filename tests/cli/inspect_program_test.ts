import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const CUTOUTS = `${FIXTURES}spherex-cutouts-ngc6888`;
const HEADERS = `${FIXTURES}spherex-headers`;

/** Calls `spxcutdb` with each list of arguments and returns the JSON documents that it prints. */
// deno-lint-ignore no-explicit-any -- the tests name the fields that they look at
async function documents(calls: readonly (readonly string[])[]): Promise<any[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", new URL("many_calls.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(calls.map((call) => JSON.stringify(call)).join("\n")));
  await writer.close();
  const { code, stdout } = await output;
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

/** One pixel of a cutout as astropy sees it. */
interface Expected {
  readonly file: string;
  readonly detector: number;
  readonly observation: string;
  readonly x: number;
  readonly y: number;
  readonly ra_deg: number;
  readonly dec_deg: number;
  readonly wavelength_um: number;
  readonly bandwidth_um: number;
  readonly detector_x: number;
  readonly detector_y: number;
}

async function expectedPixels(): Promise<Expected[]> {
  const rows: Record<string, string>[] = parse(await Deno.readTextFile(`${CUTOUTS}/astropy_expected.csv`), {
    columns: true,
  });
  return rows.flatMap((row) =>
    ["1", "2"].map((point) => {
      const number = (name: string) => Number(row[`${name}_${point}`]);
      return {
        file: row["file"]!,
        detector: Number(row["detector"]),
        observation: row["obsid"]!,
        x: number("x"),
        y: number("y"),
        ra_deg: number("ra_deg"),
        dec_deg: number("dec_deg"),
        wavelength_um: number("wavelength_um"),
        bandwidth_um: number("bandwidth_um"),
        detector_x: number("detector_x"),
        detector_y: number("detector_y"),
      };
    })
  );
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, astropy has ${expected}`);
}

for (const option of ["--pixel", "--sky"]) {
  Deno.test(`spxcutdb inspect ${option} agrees with astropy on the real cutouts`, async () => {
    const pixels = await expectedPixels();
    assert.equal(pixels.length, 40);
    const found = await documents(pixels.map((pixel) => {
      const place = option === "--pixel" ? `${pixel.x},${pixel.y}` : `${pixel.ra_deg},${pixel.dec_deg}`;
      return ["inspect", `${CUTOUTS}/${pixel.file}`, option, place, "--json"];
    }));
    pixels.forEach((pixel, index) => {
      const { schema_version, spherex, position } = found[index];
      assert.equal(schema_version, 1);
      assert.deepEqual([spherex.detector, spherex.observation_id], [pixel.detector, pixel.observation]);
      // Right ascension in arcs on the sky, as a tolerance is meant.
      const shrink = Math.cos(pixel.dec_deg * Math.PI / 180);
      assertNear(position.ra_deg * shrink, pixel.ra_deg * shrink, 1e-9, `${pixel.file} RA`);
      assertNear(position.dec_deg, pixel.dec_deg, 1e-9, `${pixel.file} Dec`);
      assertNear(position.wavelength_um, pixel.wavelength_um, 1e-9, `${pixel.file} wavelength`);
      assertNear(position.bandwidth_um, pixel.bandwidth_um, 1e-9, `${pixel.file} bandwidth`);
      // A position in 13 digits of degrees is good to a millionth of a pixel.
      const tolerance = option === "--pixel" ? 0 : 1e-6;
      assertNear(position.x, pixel.x, tolerance, `${pixel.file} x`);
      assertNear(position.y, pixel.y, tolerance, `${pixel.file} y`);
      assertNear(position.detector_x, pixel.detector_x, 1e-6, `${pixel.file} detector x`);
      assertNear(position.detector_y, pixel.detector_y, 1e-6, `${pixel.file} detector y`);
    });
  });
}

Deno.test("spxcutdb inspect --header shows every card of the real QR2 and QR3 headers", async () => {
  const names = [...Deno.readDirSync(HEADERS)].map((entry) => entry.name).filter((name) =>
    name.endsWith(".hdr")
  ).sort();
  assert.deepEqual(names.map((name) => name.slice(0, 3)), ["qr2", "qr2", "qr3", "qr3"]);
  const found = await documents(names.map((name) => ["inspect", `${HEADERS}/${name}`, "--header", "--json"]));
  for (const [index, name] of names.entries()) {
    const [hdu] = found[index].hdus;
    assert.equal(hdu.cards.length, hdu.card_count, name);
    const cards = Deno.readTextFileSync(`${HEADERS}/${name}`).match(/.{80}/gs)!;
    const plain = cards.filter((card) => card[8] === "=").map((card) => card.slice(0, 8).trimEnd());
    const shown = hdu.cards.map((card: { keyword: string }) => card.keyword);
    for (const keyword of plain) assert(shown.includes(keyword), `${name} lacks ${keyword}`);
    assert(plain.length > 10, name);
  }
});
