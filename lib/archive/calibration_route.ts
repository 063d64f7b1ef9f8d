import type { HttpClient } from "../net/http_client.ts";
import {
  compareCalibrationVersions,
  parseCalibrationFileName,
  parseCalibrationVersion,
} from "../spherex/calibration_products.ts";
import { listIbe } from "./ibe_listing.ts";
import { listS3 } from "./s3_listing.ts";

/** A calibration file that a service offers. */
export interface RemoteCalibration {
  /** Product directory. */
  readonly product: string;
  /** Detector from 1 to 6. */
  readonly detector: number;
  /** Version token, such as `cal-wcs-v4-2025-254`. */
  readonly version: string;
  /** Number of the version. */
  readonly versionNumber: number;
  /** Date of the version, `YYYY-MM-DD`. */
  readonly processingDate: string;
  /** File name. */
  readonly fileName: string;
  /** Where it is. */
  readonly url: string;
  /** Its length, if the listing says. */
  readonly bytes: number | null;
}

/** One way to the calibration files of a release. */
export interface CalibrationRoute {
  /** `cloud` or `ibe`. */
  readonly name: "cloud" | "ibe";
  /** The newest file of a product for each of some detectors; detectors without one are missing. */
  newest(product: string, detectors: readonly number[], signal?: AbortSignal): Promise<RemoteCalibration[]>;
}

/** The object store: `<base>/<prefix>/<product>/<version>/<detector>/<file>`. */
export function cloudRoute(client: HttpClient, baseUrl: string, prefix: string): CalibrationRoute {
  const root = prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`;
  const base = baseUrl.replace(/\/$/, "");
  return {
    name: "cloud",
    async newest(product, detectors, signal) {
      const files: RemoteCalibration[] = [];
      for await (const object of listS3(client, `${base}/`, `${root}${product}/`, signal)) {
        const file = remoteFile(product, object.key, `${base}/${encodeKey(object.key)}`, object.bytes);
        if (file !== undefined) files.push(file);
      }
      return newestOfEach(files, detectors);
    },
  };
}

/** The archive's web server: `<base>/<product>/<version>/<detector>/<file>`. */
export function ibeRoute(client: HttpClient, dataUrl: string, listingUrl: string): CalibrationRoute {
  const base = dataUrl.replace(/\/$/, "");
  const listing = listingUrl.replace(/\/$/, "");
  return {
    name: "ibe",
    async newest(product, detectors, signal) {
      const entries = await listIbe(client, `${listing}/${product}`, signal);
      const versions = entries.map((entry) => parseCalibrationVersion(entry.name))
        .filter((version) => version !== undefined).sort((a, b) => compareCalibrationVersions(b, a));
      const found: RemoteCalibration[] = [];
      // A version may lack detectors that did not change: an older one has them.
      for (const { version } of versions) {
        for (const detector of detectors) {
          if (found.some((file) => file.detector === detector)) continue;
          const folder = `${product}/${version}/${detector}`;
          const files = (await listIbe(client, `${listing}/${folder}`, signal))
            .map((entry) => remoteFile(product, entry.name, `${base}/${folder}/${entry.name}`, entry.bytes))
            .filter((file) => file?.detector === detector) as RemoteCalibration[];
          found.push(...newestOfEach(files, [detector]));
        }
      }
      return found.sort((a, b) => a.detector - b.detector);
    },
  };
}

/** Understands a file by its name; undefined when it is no file of the product. */
export function remoteFile(
  product: string,
  path: string,
  url: string,
  bytes: number | null,
): RemoteCalibration | undefined {
  const name = parseCalibrationFileName(path);
  if (name === undefined || name.product !== product || name.detector === undefined) return undefined;
  const { detector, version, versionNumber, processingDate, fileName } = name;
  return { product, detector, version, versionNumber, processingDate, fileName, url, bytes };
}

/** The newest file of each detector, by date, then number; in the order of the detectors. */
export function newestOfEach(
  files: readonly RemoteCalibration[],
  detectors: readonly number[],
): RemoteCalibration[] {
  return detectors.flatMap((detector) => {
    const own = files.filter((file) => file.detector === detector);
    return own.sort((a, b) => compareCalibrationVersions(b, a)).slice(0, 1);
  });
}

function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
