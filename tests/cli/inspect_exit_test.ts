import assert from "node:assert/strict";
import { encodeFits, imageHdu, primaryHdu } from "../../lib/fits/encode_fits.ts";
import { runProgram } from "./run_program.ts";

Deno.test("spxcutdb inspect ends with 6 for damage, 2 for an HDU that is not there, 3 for a missing file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const image = imageHdu("DATA", new Float32Array(4), [2, 2]);
    const bytes = encodeFits([primaryHdu(), image], { checksum: true });
    await Deno.writeFile(`${folder}/good.fits`, bytes);
    await Deno.writeFile(`${folder}/header.fits`, bytes.subarray(0, 5000));
    await Deno.writeFile(`${folder}/data.fits`, bytes.subarray(0, 5760 + 8));
    const wrong = bytes.slice();
    wrong[5760 + 3] = 1;
    await Deno.writeFile(`${folder}/wrong.fits`, wrong);
    await Deno.writeTextFile(`${folder}/page.xml`, "<!DOCTYPE html><html><body>No</body></html>");
    const calls: [string[], number, RegExp][] = [
      [["good.fits", "--stats"], 0, /checksum: valid/],
      [["header.fits"], 6, /fits\/truncated: .*byte 2880/],
      [["data.fits"], 6, /fits\/truncated: .*byte 5768/],
      [["wrong.fits", "--stats"], 6, /checksum: invalid/],
      [["good.fits", "--hdu", "99"], 2, /0 PRIMARY, 1 DATA/],
      [["good.fits", "--hdu", "NONE"], 2, /0 PRIMARY, 1 DATA/],
      [["page.xml"], 6, /<html>/],
      [["absent.fits"], 3, /no such file/],
      [[folder], 3, /a folder stands where a file is expected/],
    ];
    const results = await Promise.all(
      calls.map(([args]) => runProgram(["inspect", ...args], { cwd: folder })),
    );
    results.forEach(({ code, stdout, stderr }, index) => {
      const [args, exit, text] = calls[index]!;
      assert.equal(code, exit, args.join(" "));
      assert.match(stdout + stderr, text);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
