import type { Keywords, KeywordValue } from "../../lib/core/keywords.ts";
import { Header } from "../../lib/fits/header.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** Keywords from a plain record. */
export function keywordsOf(record: Readonly<Record<string, KeywordValue>>): Keywords {
  return { get: (name) => record[name] };
}

/** The content of a JSON file among the fixtures of the coordinate systems. */
// deno-lint-ignore no-explicit-any -- each oracle has a shape of its own
export function readOracle(name: string): any {
  return JSON.parse(Deno.readTextFileSync(new URL(`wcs/${name}`, FIXTURES)));
}

/** A header saved as text: 80-character records, or lines, with or without an END card. */
export function readHeaderFile(name: string): Header {
  const text = Deno.readTextFileSync(new URL(`wcs/${name}`, FIXTURES));
  const lines = text.includes("\n") ? text.split("\n") : text.match(/.{1,80}/g) ?? [];
  const records = lines.filter((line) => line.trim() !== "" && line.trim() !== "END");
  return new Header(new TextEncoder().encode(records.map((line) => line.padEnd(80)).join("")));
}

/** Header and table of a real cutout, read at the offsets that all of these files share. */
export function readCutout(
  name: string,
): { image: Header; table: { x: number[]; y: number[]; values: number[] } } {
  const bytes = Deno.readFileSync(new URL(`spherex-cutouts-ngc6888/${name}`, FIXTURES));
  const image = Header.parse(bytes.subarray(2880));
  const tableStart = findBlock(bytes, "XTENSION= 'BINTABLE'");
  const tableHeader = Header.parse(bytes.subarray(tableStart));
  const count = (column: number) => parseInt(tableHeader.getString(`TFORM${column}`)!);
  const view = new DataView(bytes.buffer, bytes.byteOffset + tableStart + 2880);
  const [nx, ny] = [count(1), count(2)];
  return {
    image,
    table: {
      x: Array.from({ length: nx }, (_, i) => view.getInt32(4 * i)),
      y: Array.from({ length: ny }, (_, i) => view.getInt32(4 * (nx + i))),
      values: Array.from({ length: 2 * nx * ny }, (_, i) => view.getFloat32(4 * (nx + ny + i))),
    },
  };
}

function findBlock(bytes: Uint8Array, start: string): number {
  for (let offset = 0; offset < bytes.length; offset += 2880) {
    const text = new TextDecoder().decode(bytes.subarray(offset, offset + start.length));
    if (text === start) return offset;
  }
  throw new Error(`No block starts with ${start}`);
}
