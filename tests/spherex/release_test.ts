import assert from "node:assert/strict";
import {
  comparePipelineVersions,
  parsePipelineVersion,
  psfHeaderNeedsFix,
  releaseOfName,
  releaseOfVersion,
} from "../../lib/spherex/release.ts";

Deno.test("comparePipelineVersions() orders versions as PEP 440 does", () => {
  const ordered = [
    "not a version",
    "6.2.0.dev3",
    "6.2.0a1",
    "6.2.0b2",
    "6.2.0rc1",
    "6.2.0",
    "6.2.0+g1",
    "6.2.0.post8",
    "6.2.0.post8+g4d8e2ad",
    "6.2.1",
    "6.4",
    "6.4+psffix1",
    "6.4+psffix1.2",
    "6.5.4",
    "6.5.4+psffix1",
    "6.5.6",
    "6.5.10",
    "7.0.0b6",
    "7.0.0b6.post2+g6b3a1a7",
    "7.0",
    "7.0.5",
  ];
  for (const [i, older] of ordered.entries()) {
    for (const [j, newer] of ordered.entries()) {
      assert.equal(
        Math.sign(comparePipelineVersions(older, newer)),
        Math.sign(i - j),
        `${older} and ${newer}`,
      );
    }
  }
  assert.equal(comparePipelineVersions("7.0", "7.0.0"), 0);
  assert.equal(comparePipelineVersions("6.4-beta.2", "6.4b2"), 0);
});

Deno.test("parsePipelineVersion() keeps the local tag's segments and refuses what is no version", () => {
  assert.deepEqual(parsePipelineVersion("6.2.0.post8+g4d8e2ad"), {
    numbers: [6, 2, 0],
    pre: undefined,
    post: 8,
    dev: undefined,
    local: ["g4d8e2ad"],
  });
  for (const text of ["", "six", "6..2", "6.2+", "6.2 beta blocker"]) {
    assert.equal(parsePipelineVersion(text), undefined, text);
  }
});

Deno.test("releaseOfVersion() tells QR1, QR2 and QR3 apart", () => {
  const expected: [string | undefined, string | undefined][] = [
    ["6.2.1", "QR1"],
    ["6.2.0.post8+g4d8e2ad", "QR1"],
    ["6.4+psffix1", "QR2"],
    ["6.5.7", "QR2"],
    ["7.0.0b6.post2+g6b3a1a7", "QR3"],
    ["7.0.5", "QR3"],
    ["5.9", undefined],
    ["unknown", undefined],
    [undefined, undefined],
  ];
  for (const [version, release] of expected) assert.equal(releaseOfVersion(version), release, version);
  assert.equal(releaseOfName("spherex_qr2_deep"), "QR2");
  assert.equal(releaseOfName("https://archive/ibe/data/spherex/qr3/level2/x"), "QR3");
  assert.equal(releaseOfName("QR3"), "QR3");
  assert.equal(releaseOfName("spherex_qr22"), undefined);
});

Deno.test("psfHeaderNeedsFix() holds up to 6.5.5 without psffix1, and without a version", () => {
  for (const version of [undefined, "", "6.2.0.post8+g4d8e2ad", "6.4", "6.5.5", "6.5.5+g12"]) {
    assert.equal(psfHeaderNeedsFix(version), true, version);
  }
  for (const version of ["6.4+psffix1", "6.5.4+psffix1", "6.5.5+g12.psffix1", "6.5.6", "6.5.7", "7.0.5"]) {
    assert.equal(psfHeaderNeedsFix(version), false, version);
  }
});
