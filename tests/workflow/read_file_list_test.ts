import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import type { FileTarget } from "../../lib/workflow/file_target.ts";
import { readFileList } from "../../lib/workflow/read_file_list.ts";

/** The targets of a list with this text. */
async function targetsOf(text: string): Promise<FileTarget[]> {
  const list = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(list, text);
    return await Array.fromAsync(readFileList(list));
  } finally {
    await Deno.remove(list);
  }
}

Deno.test("readFileList() reads columns in any order, with BOM, CRLF, quotes and blank lines", async () => {
  const targets = await targetsOf(
    '\ufeffname,DEC_deg,path,RA_deg,remark\r\nA,-5.5,"a, b.fits",68.25,x\r\n\r\n,+10:30:00,c.fits,12:00:00,',
  );
  assert.deepEqual(targets, [
    { path: "a, b.fits", rightAscensionDeg: 68.25, declinationDeg: -5.5, name: "A", profile: undefined },
    { path: "c.fits", rightAscensionDeg: 180, declinationDeg: 10.5, name: null, profile: undefined },
  ]);
});

Deno.test("readFileList() reads neighbours, profiles and proper motions where a line has them", async () => {
  const heading = "path,ra_deg,dec_deg,neighbors,effective_radius_arcsec,profile,axis_ratio,pmra,pmdec,epoch";
  const [plain, full] = await targetsOf(
    `${heading}\na.fits,10,20,,,,,,,\nb.fits,10,20,10.001 20.001; 00:40:00 -20:30:00,3,de_vaucouleurs,0.5,100,-50,2016.0\n`,
  );
  assert.deepEqual(plain, {
    path: "a.fits",
    rightAscensionDeg: 10,
    declinationDeg: 20,
    name: null,
    profile: undefined,
  });
  assert.deepEqual(full!.neighbors, [
    { rightAscensionDeg: 10.001, declinationDeg: 20.001 },
    { rightAscensionDeg: 10, declinationDeg: -20.5 },
  ]);
  assert.deepEqual(full!.profile, {
    sersicIndex: 4,
    effectiveRadiusArcsec: 3,
    axisRatio: 0.5,
    positionAngleDeg: 0,
  });
  assert.deepEqual(full!.properMotion, { raMasPerYear: 100, decMasPerYear: -50, epochYear: 2016 });
});

Deno.test("readFileList() says what is wrong with a line and goes on", async () => {
  const rows = [
    ["a.fits,360,0", /position "360", "0": a right ascension is from 0 to below 360 degrees/],
    ["a.fits,-1,0", /from 0 to below 360/],
    ["a.fits,NaN,0", /from 0 to below 360/],
    ["a.fits,10,90.5", /a declination is from -90 to 90 degrees/],
    ["a.fits,10", /a declination is/],
    [",10,0", /no path/],
    ["a.fits,10,0,10.1", /neighbors "10\.1": expected pairs/],
    ["a.fits,10,0,10.1 0 5", /expected pairs/],
    ["a.fits,10,0,,-3", /effective_radius_arcsec is "-3": expected/],
    ["a.fits,10,0,,,5,x,2016", /two numbers in mas/],
    ["a.fits,10,0,,,5,6", /needs the epoch/],
  ] as const;
  const heading = "path,ra_deg,dec_deg,neighbors,effective_radius_arcsec,pmra,pmdec,epoch";
  const lines = [...rows.map(([line]) => line), "good.fits,359.9,-90"];
  const targets = await targetsOf([heading, ...lines].join("\n"));
  assert.equal(targets.length, lines.length);
  rows.forEach(([, problem], index) => {
    assert.match(targets[index]!.problem!, problem);
    assert.match(targets[index]!.problem!, new RegExp(`^Line ${index + 2} of the list`));
  });
  assert.equal(targets.at(-1)!.problem, undefined);
});

Deno.test("readFileList() gives nothing for a list of a heading, and refuses one without it", async () => {
  assert.deepEqual(await targetsOf("path,ra_deg,dec_deg\n"), []);
  for (const text of ["a.fits,10,20\n", "path,ra,dec\na.fits,1,2\n", ""]) {
    await assert.rejects(targetsOf(text), (error) => isTaggedError(error, "catalog/bad-file-list"), text);
  }
});
