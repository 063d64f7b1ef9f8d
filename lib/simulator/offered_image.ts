import { DETECTOR_SIZE_PIXELS, PIXEL_SCALE_ARCSEC } from "../spherex/bands.ts";
import { coversCircle, parseFootprint } from "../spherex/image_footprint.ts";
import type { Survey, SurveyImage } from "./survey.ts";

/** An image in one of the collections that offer it. */
export interface OfferedImage {
  /** The image. */
  readonly image: SurveyImage;
  /** The collection, such as `spherex_qr2_deep`. */
  readonly collection: string;
}

/** Time from the start of a visit to the release of its images. */
export const RELEASE_DELAY_DAYS = 30;
/** From this ecliptic latitude on, images belong to a deep field and its collection, too. */
const DEEP_FIELD_LATITUDE_DEG = 84.5;
/** How far the straight sides of an outline are from the curved edges of the image, at most. */
const OUTLINE_MARGIN_PIXELS = 40;

/** The outline of an image as the archive writes it: the outer corners of the corner pixels, the first one repeated. */
export function outlineOf({ wcs }: SurveyImage): string {
  const last = DETECTOR_SIZE_PIXELS - 0.5;
  const corners = [[-0.5, -0.5], [last, -0.5], [last, last], [-0.5, last], [-0.5, -0.5]] as const;
  return `POLYGON ICRS ${
    corners.map(([x, y]) => {
      const { rightAscensionDeg, declinationDeg } = wcs.pixelToSky(x, y);
      return `${rightAscensionDeg} ${declinationDeg}`;
    }).join(" ")
  }`;
}

/** The collections that offer an image; none before its release. */
export function* offersOf(image: SurveyImage, releasedUntilMjd: number): Generator<OfferedImage> {
  const { visit, eclipticLatitudeDeg } = image.exposure;
  if (visit.startMjd + RELEASE_DELAY_DAYS > releasedUntilMjd) return;
  const collection = `spherex_${visit.release.toLowerCase()}`;
  yield { image, collection };
  if (Math.abs(eclipticLatitudeDeg) >= DEEP_FIELD_LATITUDE_DEG) {
    yield { image, collection: `${collection}_deep` };
  }
}

/** The released images whose outline a circle touches, in order of time, then detector, then collection. */
export function* offersTouching(
  survey: Survey,
  circle: { readonly rightAscensionDeg: number; readonly declinationDeg: number; readonly radiusDeg: number },
  releasedUntilMjd: number,
): Generator<OfferedImage> {
  const { rightAscensionDeg, declinationDeg, radiusDeg } = circle;
  const margin = radiusDeg * 3600 / PIXEL_SCALE_ARCSEC + OUTLINE_MARGIN_PIXELS;
  for (const { image } of survey.imagesCovering(rightAscensionDeg, declinationDeg, margin)) {
    const footprint = parseFootprint(outlineOf(image))!;
    if (coversCircle(footprint, rightAscensionDeg, declinationDeg, radiusDeg)) {
      yield* offersOf(image, releasedUntilMjd);
    }
  }
}
