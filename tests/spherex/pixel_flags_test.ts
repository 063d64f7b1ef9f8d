import assert from "node:assert/strict";
import { Header } from "../../lib/fits/header.ts";
import { flagMismatches, flagsOfHeader, PIXEL_FLAGS } from "../../lib/spherex/pixel_flags.ts";
import { DEFAULT_PHOTOMETRY_SETTINGS } from "../../lib/photometry/settings.ts";
import { REAL_FLAGS_HEADER } from "./synthetic_level2.ts";

Deno.test("the real QR2 FLAGS header names every bit as the registry does", () => {
  const flags = flagsOfHeader(REAL_FLAGS_HEADER.cards);
  assert.equal(flags.length, 22);
  assert.deepEqual(flags[0], { bit: 0, name: "TRANSIENT" });
  assert.deepEqual(flags.at(-1), { bit: 28, name: "HALO" });
  assert.deepEqual(flagMismatches(flags), []);
});

Deno.test("flagsOfHeader() reads the MSKN cards of QR3", () => {
  const header = Header.of([
    ["MSKN0000", "TRANSIENT", "name of mask bit 0"],
    ["MSKM0000", "Transient detected during SUR"],
    ["MSKN0026", "MP_BLOOM"],
    ["MSKN0020", "CROSSTALK "],
    ["MSKN0003", ""],
  ]);
  const flags = flagsOfHeader(header.cards);
  assert.deepEqual(flags, [
    { bit: 0, name: "TRANSIENT" },
    { bit: 20, name: "CROSSTALK" },
    { bit: 26, name: "BLOOM" },
  ]);
  assert.deepEqual(flagMismatches(flags), []);
});

Deno.test("flagMismatches() tells moved, renamed and new bits", () => {
  const mismatches = flagMismatches([{ bit: 9, name: "HOT" }, { bit: 30, name: "NEW" }, {
    bit: 0,
    name: "TRANSIENT",
  }]);
  assert.deepEqual(mismatches, [
    { bit: 9, name: "HOT", registryName: "MISSING_DATA", registryBit: 10 },
    { bit: 30, name: "NEW", registryName: undefined, registryBit: undefined },
  ]);
});

Deno.test("PIXEL_FLAGS blocks science where the default masks of the photometry do", () => {
  const blocking = PIXEL_FLAGS.definitions.filter((flag) => flag.blocksScience).map((flag) => flag.name);
  assert.equal(PIXEL_FLAGS.mask(blocking), DEFAULT_PHOTOMETRY_SETTINGS.masks.scienceBlockerMask);
  assert.equal(PIXEL_FLAGS.value("SOURCE"), DEFAULT_PHOTOMETRY_SETTINGS.masks.sourceMask);
  assert.deepEqual(PIXEL_FLAGS.decode(2 + 2 ** 21 + 2 ** 30), ["OVERFLOW", "SOURCE", "BIT_30"]);
});
