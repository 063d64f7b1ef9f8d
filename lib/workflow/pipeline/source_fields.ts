import { angularSeparationDeg, offsetPosition, positionAngleDeg } from "../../math/sphere.ts";
import { PIXEL_SCALE_ARCSEC } from "../../spherex/bands.ts";
import { estimatedCutoutBytes } from "./cutout_geometry.ts";

/** Largest side of a field: most images that have one of its sources have nearly all of it. */
const MAX_FIELD_ARCSEC = 600 * PIXEL_SCALE_ARCSEC;

/** A source that a cutout of some size is to be fetched of. */
export interface FieldMember {
  /** Right ascension, degrees. */
  readonly rightAscensionDeg: number;
  /** Declination, degrees. */
  readonly declinationDeg: number;
  /** Side of its cutout, arcseconds. */
  readonly sizeArcsec: number;
}

/** Sources that share cutouts. */
export interface SourceField<Member extends FieldMember> {
  /** The sources. */
  readonly members: readonly Member[];
  /** Middle of the cutouts, degrees. */
  readonly rightAscensionDeg: number;
  /** Middle of the cutouts, degrees. */
  readonly declinationDeg: number;
  /** Side of the cutouts, arcseconds. */
  readonly sizeArcsec: number;
}

function bytesOf({ sizeArcsec }: { readonly sizeArcsec: number }): number {
  return estimatedCutoutBytes({ widthArcsec: sizeArcsec, heightArcsec: sizeArcsec });
}

/** The point half way between two. */
function middleOf(a: FieldMember, b: FieldMember): { rightAscensionDeg: number; declinationDeg: number } {
  const places = [a.rightAscensionDeg, a.declinationDeg, b.rightAscensionDeg, b.declinationDeg] as const;
  return offsetPosition(
    a.rightAscensionDeg,
    a.declinationDeg,
    positionAngleDeg(...places),
    angularSeparationDeg(...places) / 2,
  );
}

/**
 * The field of some sources. Detectors lie at any angle on the sky: a square of the field's side has each source's own
 * square inside at any angle.
 */
function fieldOf<Member extends FieldMember>(members: readonly Member[]): SourceField<Member> {
  const [first] = members as [Member];
  if (members.length === 1) return { ...placeOf(first), members, sizeArcsec: first.sizeArcsec };
  const far = (place: FieldMember) =>
    members.reduce((best, member) => separation(place, member) > separation(place, best) ? member : best);
  const end = far(first);
  const middle = middleOf(end, far(end));
  const reach = members.map((member) => 2 * separation(middle, member) + member.sizeArcsec);
  return { ...middle, members, sizeArcsec: Math.max(...reach) };
}

function placeOf({ rightAscensionDeg, declinationDeg }: FieldMember) {
  return { rightAscensionDeg, declinationDeg };
}

function separation(
  a: Pick<FieldMember, "rightAscensionDeg" | "declinationDeg">,
  b: Pick<FieldMember, "rightAscensionDeg" | "declinationDeg">,
): number {
  return 3600 *
    angularSeparationDeg(a.rightAscensionDeg, a.declinationDeg, b.rightAscensionDeg, b.declinationDeg);
}

/** The field of two together when it has fewer bytes than both have; undefined when they are better apart. */
function merged<Member extends FieldMember>(
  field: SourceField<Member>,
  source: Member,
): SourceField<Member> | undefined {
  // A quick look spares most pairs the work.
  if (separation(field, source) > MAX_FIELD_ARCSEC) return undefined;
  const together = fieldOf([...field.members, source]);
  const isBetter = together.sizeArcsec <= MAX_FIELD_ARCSEC &&
    bytesOf(together) < bytesOf(field) + bytesOf(source);
  return isBetter ? together : undefined;
}

/**
 * Puts sources that lie near each other into fields of which one cutout an image is fetched, wherever that has fewer
 * bytes than a cutout for each source: most of a cutout is its PSF, whatever its size.
 */
export function groupIntoFields<Member extends FieldMember>(
  sources: readonly Member[],
): SourceField<Member>[] {
  const fields: SourceField<Member>[] = [];
  for (const source of sources) {
    let [best, place] = [undefined as SourceField<Member> | undefined, -1];
    for (const [index, field] of fields.entries()) {
      const together = merged(field, source);
      if (together === undefined || (best !== undefined && best.sizeArcsec <= together.sizeArcsec)) continue;
      [best, place] = [together, index];
    }
    if (best === undefined) fields.push(fieldOf([source]));
    else fields[place] = best;
  }
  return fields;
}
