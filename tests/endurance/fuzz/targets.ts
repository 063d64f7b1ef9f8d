import { boundedGunzip } from "../../../lib/fits/bounded_gunzip.ts";
import { memorySource } from "../../../lib/fits/byte_source.ts";
import { verifyChecksums } from "../../../lib/fits/checksum.ts";
import { openFits } from "../../../lib/fits/fits_file.ts";
import { gunzipSource } from "../../../lib/fits/gzip_source.ts";
import { readImage } from "../../../lib/fits/read_image.ts";
import { readTable } from "../../../lib/fits/read_table.ts";
import { Header } from "../../../lib/fits/header.ts";
import { parseIbeListing } from "../../../lib/archive/ibe_listing.ts";
import { parseS3Page } from "../../../lib/archive/s3_listing.ts";
import { parseSia2Answer } from "../../../lib/archive/sia2.ts";
import { readCatalogChunks } from "../../../lib/catalog/read_catalog.ts";
import { loadConfig } from "../../../lib/config/layers.ts";
import { renderConfigYaml } from "../../../lib/config/render.ts";
import { isTaggedError } from "../../../lib/core/errors.ts";
import { parseManifest } from "../../../lib/outputs/output_manifest.ts";
import { readCutoutPixels } from "../../../lib/spherex/cutout_pixels.ts";
import { openLevel2 } from "../../../lib/spherex/level2_file.ts";
import { validateCutout } from "../../../lib/spherex/validate_cutout.ts";
import { readDatalinks, readServiceDescriptors } from "../../../lib/votable/datalink.ts";
import { parseVotable } from "../../../lib/votable/votable_parser.ts";
import { parseCelestialWcs } from "../../../lib/wcs/celestial_wcs.ts";
import { TUTORIAL_MAPPING } from "../../catalog/mapping.ts";
import { filesBelow } from "../../workflow/project_fixture.ts";
import { syntheticLevel2 } from "../../spherex/synthetic_level2.ts";

/** A reader of outside data, and real data for it. */
export interface FuzzTarget {
  readonly name: string;
  /** How many inputs of a hundred are for it; slow readers get fewer. */
  readonly weight: number;
  /** Sound inputs, which are mutated. */
  readonly seeds: readonly Uint8Array[];
  /** Reads an input to its end. May throw tagged errors and nothing else. */
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => unknown;
}

const FIXTURES = new URL("../../fixtures/", import.meta.url).pathname;
const ENCODER = new TextEncoder();

/** Fixtures of up to 200 kB below a folder whose names match. */
function fixtures(folder: string, pattern: RegExp): Uint8Array[] {
  return filesBelow(`${FIXTURES}${folder}`).filter((path) => pattern.test(path))
    .map((path) => Deno.readFileSync(`${FIXTURES}${folder}/${path}`))
    .filter((bytes) => bytes.length < 200_000);
}

/** Does something that may throw a tagged error. */
async function attempt(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isTaggedError(error)) throw error;
  }
}

async function readFits(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const fits = await openFits(await gunzipSource(memorySource(bytes)));
  for (const hdu of await fits.hdus()) {
    for (const card of hdu.header.cards) void card;
    await attempt(() => verifyChecksums(hdu));
    await attempt(() => parseCelestialWcs(hdu.header).pixelToSky(3, 4));
    await attempt(() => hdu.kind.endsWith("table") ? readTable(hdu) : readImage(hdu));
  }
}

function readHeader(bytes: Uint8Array): void {
  const header = Header.parse(bytes);
  for (const card of header.cards) header.get(card.keyword);
  const wcs = parseCelestialWcs(header);
  const { rightAscensionDeg, declinationDeg } = wcs.pixelToSky(10, 20);
  wcs.skyToPixel(rightAscensionDeg, declinationDeg);
  wcs.pixelSolidAngleArcsec2(10, 20);
}

async function readLevel2(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const expected = { rightAscensionDeg: 303.03, declinationDeg: 38.35, detector: 4, sizeArcsec: 36 };
  await validateCutout(memorySource(bytes), expected, { checksums: true, psf: false });
  using level2 = await openLevel2(memorySource(bytes));
  await readCutoutPixels(level2, {}, level2.celestial.pixelToSky(3, 3));
}

function readVotable(bytes: Uint8Array): void {
  const document = parseVotable(bytes);
  readDatalinks(document);
  readServiceDescriptors(document);
}

/** The file that configurations are read from. */
const CONFIG_PATH = `${Deno.makeTempDirSync({ prefix: "spxcutdb_fuzz_" })}/config.yaml`;

async function readConfig(bytes: Uint8Array): Promise<void> {
  Deno.writeFileSync(CONFIG_PATH, bytes);
  await loadConfig({ batchFile: CONFIG_PATH });
}

/** Removes what the targets have written. */
export function cleanTargets(): void {
  Deno.removeSync(CONFIG_PATH.replace(/\/[^/]*$/, ""), { recursive: true });
}

const S3_PAGE =
  `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>b</Name><Prefix>qr2/</Prefix><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>
<NextContinuationToken>abc=</NextContinuationToken><Contents><Key>qr2/a.fits</Key><Size>123</Size><ETag>"x"</ETag>
</Contents><Contents><Key>qr2/b.fits</Key><Size>456</Size></Contents><CommonPrefixes><Prefix>qr2/1/</Prefix></CommonPrefixes>
</ListBucketResult>`;

const IBE_LISTING = `{"name":"cal-wcs-v4-2025-254","type":"dir","size":null,"mtime":"2025-11-01"}
{"name":"spectral_wcs_D1.fits","type":"file","size":66556800,"mtime":"2025-11-01"}
`;

const CATALOG =
  `Name,RA_deg,DEC_deg,cutout_size_arcsec\nTDE_2025aarm,68.0516625,-5.3776417,\n"M 31, core",00:42:44.3,+41 16 09,120\n` +
  Array.from({ length: 30 }, (_, i) => `S${i},${i * 11.7},${i - 15},60\n`).join("");

/** All readers of data from outside. */
export async function fuzzTargets(): Promise<FuzzTarget[]> {
  const { config, origins } = await loadConfig();
  const gzipped = fixtures("fits", /\.gz$/);
  return [
    { name: "fits", weight: 20, seeds: [...fixtures("fits", /\.(fits|fz)$/), ...gzipped], read: readFits },
    {
      name: "header",
      weight: 20,
      seeds: [...fixtures("wcs", /\.hdr$/), ...fixtures("spherex-headers", /\.hdr$/)],
      read: readHeader,
    },
    {
      name: "level2",
      weight: 12,
      seeds: [...fixtures("spherex-cutouts-ngc6888", /\.fits$/), syntheticLevel2()],
      read: readLevel2,
    },
    { name: "gzip", weight: 4, seeds: gzipped, read: (bytes) => boundedGunzip(bytes, 2 ** 26, "a test", 0) },
    { name: "votable", weight: 14, seeds: fixtures("votable", /\.xml$/), read: readVotable },
    {
      name: "sia2",
      weight: 10,
      seeds: [...fixtures("archive", /\.(csv|xml|html)$/), ...fixtures("votable", /sia2|error/)],
      read: (bytes) => parseSia2Answer(bytes, 1000),
    },
    {
      name: "s3",
      weight: 5,
      seeds: [ENCODER.encode(S3_PAGE)],
      read: (bytes) => parseS3Page(new TextDecoder().decode(bytes)),
    },
    {
      name: "ibe",
      weight: 5,
      seeds: [ENCODER.encode(IBE_LISTING)],
      read: (bytes) => parseIbeListing(new TextDecoder().decode(bytes)),
    },
    {
      name: "catalog",
      weight: 5,
      seeds: [ENCODER.encode(CATALOG), Deno.readFileSync(`${FIXTURES}../../examples/input_catalog.csv`)],
      read: (bytes) => readCatalogChunks([bytes], TUTORIAL_MAPPING),
    },
    {
      name: "config",
      weight: 1,
      seeds: [
        ENCODER.encode(renderConfigYaml(config, { origins })),
        ENCODER.encode(
          "cutouts: &a\n  default_size_arcsec: 60\nruntime: {max_fit_workers: 2}\nspherex:\n  detectors: [1, 2]\n",
        ),
      ],
      read: readConfig,
    },
    {
      name: "manifest",
      weight: 4,
      seeds: [
        ENCODER.encode(JSON.stringify({ source_id: "a", files: {}, measurement_ids: ["x"], full_qa: {} })),
      ],
      read: (bytes) => parseManifest(new TextDecoder().decode(bytes)),
    },
  ];
}
