import { join } from "node:path";
import { cutoutUrl } from "../../lib/archive/cutout_url.ts";
import type { AccessRoute } from "../../lib/archive/access_route.ts";
import { wholeFileRoute } from "../../lib/archive/access_route.ts";
import { cloudRoute } from "../../lib/archive/cloud_route.ts";
import type { ValidationOutcome } from "../../lib/archive/download_event.ts";
import type { DownloadItem } from "../../lib/archive/download_item.ts";
import type { DownloadOptions } from "../../lib/archive/download_options.ts";
import { ParentPool } from "../../lib/archive/parent_pool.ts";
import type { StandInPsf } from "../../lib/archive/stand_in_psf.ts";
import { truncatedRoute } from "../../lib/archive/truncated_route.ts";
import { sha256Hex } from "../../lib/files/sha256.ts";
import { memorySource } from "../../lib/fits/byte_source.ts";
import { openFits } from "../../lib/fits/fits_file.ts";
import { createHttpClient, type HttpClient } from "../../lib/net/http_client.ts";
import type { HttpClientOptions } from "../../lib/net/http_options.ts";
import { type StandInArchive, startStandInArchive } from "../../lib/simulator/stand_in_archive.ts";
import type { StandInArchiveOptions } from "../../lib/simulator/stand_in_options.ts";
import type { CoveringImage } from "../../lib/simulator/survey.ts";
import type { ExpectedCutout } from "../../lib/spherex/cutout_validation.ts";
import { PsfProduct } from "../../lib/spherex/psf_product.ts";
import { validateCutout } from "../../lib/spherex/validate_cutout.ts";

/** A place in the sky and the size of its cutouts. */
export interface Place {
  readonly rightAscensionDeg: number;
  readonly declinationDeg: number;
  readonly sizeArcsec: number;
}

/** A place that images of both releases cover. */
export const PLACE: Place = { rightAscensionDeg: 68.05, declinationDeg: -5.37, sizeArcsec: 180 };

/** A quick, small survey; its PSF products are made once for each detector. */
const SURVEY = { seed: 7, visitsPerDetector: 3, qr3Fraction: 0.4, fieldStarsPerSquareDegree: 50 };

/** An archive, a client and a folder for downloads on all routes. */
export class AccessFixture implements AsyncDisposable {
  readonly archive: StandInArchive;
  readonly client: HttpClient;
  readonly root = Deno.makeTempDirSync({ prefix: "access-test-" });
  readonly #standIns = new Map<string, Promise<StandInPsf>>();
  #parents: ParentPool;

  private constructor(archive: StandInArchive, client: HttpClientOptions) {
    this.archive = archive;
    this.client = createHttpClient({ random: () => 0, ...client });
    this.#parents = new ParentPool(this.client);
  }

  static async open(
    archive: StandInArchiveOptions = {},
    client: HttpClientOptions = {},
  ): Promise<AccessFixture> {
    return new AccessFixture(await startStandInArchive({ ...SURVEY, ...archive }), client);
  }

  /** The images that cover a place, one of each release and detector unless told otherwise. */
  images(place: Place, all = false): CoveringImage[] {
    // As a discovery does: the sky of the stand-in archive gets its star where it is asked for one.
    this.archive.simulation.requestTarget(place.rightAscensionDeg, place.declinationDeg);
    const seen = new Set<string>();
    return this.archive.simulation.survey.imagesCovering(place.rightAscensionDeg, place.declinationDeg)
      .filter(({ image }) => {
        const key = `${image.exposure.visit.release} ${image.detector}`;
        const isNew = !seen.has(key);
        seen.add(key);
        return all || isNew;
      });
  }

  /** The PSF product and the wavelength table of an image's detector and release. */
  standIn({ image }: CoveringImage): Promise<StandInPsf> {
    const { detector, exposure: { visit: { release } } } = image;
    const key = `${release} ${detector}`;
    let standIn = this.#standIns.get(key);
    if (standIn === undefined) this.#standIns.set(key, standIn = this.#makeStandIn(release, detector));
    return standIn;
  }

  async #makeStandIn(release: string, detector: number): Promise<StandInPsf> {
    const [product, version] = release === "QR3"
      ? ["epsf", detector === 3 ? "cal-epsf-v2-2026-191" : "cal-epsf-v1-2026-191"]
      : ["average_psf", "cal-psf-v5-2026-082"];
    const fileName = `${product}_D${detector}_spx_${version}.fits`;
    const url =
      `${this.archive.urls.s3BaseUrl}/${release.toLowerCase()}/${product}/${version}/${detector}/${fileName}`;
    const { bytes } = await this.client.fetchBytes(url);
    const table = await this.#table(release, detector);
    const opened = await PsfProduct.open(memorySource(bytes), detector as 1);
    return {
      file: { product: product!, fileName, fileSha256: sha256Hex(bytes) },
      product: () => Promise.resolve(opened),
      spectralTable: () => Promise.resolve(table),
    };
  }

  /** A table as a wavelength product holds it: the one of any parent. */
  async #table(release: string, detector: number): Promise<{ fileName: string; bytes: Uint8Array }> {
    const [version, fileVersion] = release === "QR3"
      ? ["cal-swcs-v5-2026-191", "cal-swcs-v5-2026-191"]
      : ["cal-wcs-v4-2025-254", "cal-wcs-v4-2025-254"];
    const fileName = `spectral_wcs_D${detector}_spx_${fileVersion}.fits`;
    const url =
      `${this.archive.urls.s3BaseUrl}/${release.toLowerCase()}/spectral_wcs/${version}/${detector}/${fileName}`;
    const { bytes } = await this.client.fetchBytes(url, { headers: { range: "bytes=-5760" } });
    const at = bytes.findIndex((_, i) =>
      i % 2880 === 0 && new TextDecoder().decode(bytes.subarray(i, i + 8)) === "XTENSION"
    );
    return { fileName, bytes: bytes.slice(at) };
  }

  url({ image }: CoveringImage, place: Place): string {
    return cutoutUrl(`${this.archive.urls.ibeBaseUrl}/${image.archiveKey}`, {
      ...place,
      sizeDeg: place.sizeArcsec / 3600,
    });
  }

  /** The route of a name to the cutout of an image. */
  async route(
    name: AccessRoute["name"],
    covering: CoveringImage,
    place: Place,
    withZodi = false,
  ): Promise<AccessRoute> {
    const url = this.url(covering, place);
    if (name === "cutout") return wholeFileRoute(url);
    const standIn = await this.standIn(covering);
    if (name === "truncated") return truncatedRoute(url, standIn);
    const { detector, archiveKey, exposure: { observationId } } = covering.image;
    const parent = this.#parents.at(`${this.archive.urls.s3BaseUrl}/${archiveKey}`);
    return cloudRoute({ parent, place, detector, observationId, standIn, withZodi });
  }

  /** Forgets what was read of parent files. */
  forgetParents(): void {
    this.#parents = new ParentPool(this.client);
  }

  /** Says that cutouts of an image are wanted, as a run does for the items of a batch. */
  join({ image }: CoveringImage, key: string, place: Place): void {
    this.#parents.at(`${this.archive.urls.s3BaseUrl}/${image.archiveKey}`).join(key, place);
  }

  /** Brings a cutout by one route, without the downloader; its bytes. */
  async fetch(
    name: AccessRoute["name"],
    covering: CoveringImage,
    place: Place,
    withZodi = false,
  ): Promise<Uint8Array> {
    const route = await this.route(name, covering, place, withZodi);
    const partialPath = join(this.root, `${crypto.randomUUID()}.part`);
    const { signal } = new AbortController();
    await route.fetch({ client: this.client, partialPath, isRepeat: false, signal });
    return await Deno.readFile(partialPath);
  }

  /** An item of a plan that may come by these routes, in this order. */
  async item(
    names: readonly [AccessRoute["name"], ...AccessRoute["name"][]],
    covering: CoveringImage,
    place: Place,
    key = `${covering.image.fileName} ${place.rightAscensionDeg}`,
  ): Promise<DownloadItem<ExpectedCutout>> {
    const routes = await Promise.all(names.map((name) => this.route(name, covering, place)));
    const name = sha256Hex(key).slice(0, 16);
    return {
      key,
      url: this.url(covering, place),
      routes: () => routes as [AccessRoute, ...AccessRoute[]],
      localPath: join(this.root, "data", `${name}.fits`),
      partialPath: join(this.root, "data", `${name}.fits.part`),
      expected: {
        ...place,
        detector: covering.image.detector,
        observationId: covering.image.exposure.observationId,
      },
    };
  }

  options(more: Partial<DownloadOptions<ExpectedCutout>> = {}): DownloadOptions<ExpectedCutout> {
    return {
      client: this.client,
      projectRoot: this.root,
      validate: validateFile,
      quarantineDirectory: join(this.root, "quarantine"),
      random: () => 0,
      ...more,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.archive.close();
    await Deno.remove(this.root, { recursive: true });
  }
}

/** Validates as a run does. */
export async function validateFile(
  path: string,
  { expected }: DownloadItem<ExpectedCutout>,
): Promise<ValidationOutcome> {
  return await validateCutout(memorySource(await Deno.readFile(path)), expected, { contentSha256: true });
}

/** The names of the HDUs of a file. */
export async function hduNames(bytes: Uint8Array): Promise<string[]> {
  return (await (await openFits(memorySource(bytes))).hdus()).map(({ name }) => name);
}
