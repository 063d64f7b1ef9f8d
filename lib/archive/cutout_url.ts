/** The centre and size of a cutout. */
export interface CutoutRequest {
  /** Right ascension of the centre in degrees. */
  readonly rightAscensionDeg: number;
  /** Declination of the centre in degrees. */
  readonly declinationDeg: number;
  /** Length of a side in degrees, or width and height along the detector's axes. */
  readonly sizeDeg: number | readonly [widthDeg: number, heightDeg: number];
  /** Query parameters and their templates; `{ra_deg}`, `{dec_deg}` and `{size_deg}` are replaced. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The parameters that the archive's cutout service takes. */
export const DEFAULT_CUTOUT_PARAMETERS: Readonly<Record<string, string>> = {
  center: "{ra_deg},{dec_deg}",
  size: "{size_deg}",
};

/**
 * Makes the URL of a cutout from the URL of its parent image.
 *
 * Coordinates have ten decimals, the size up to ten significant digits; both in degrees without a unit.
 * Throws RangeError for numbers that are no position or size, TypeError for an unknown placeholder.
 */
export function cutoutUrl(accessUrl: string, request: CutoutRequest): string {
  const { rightAscensionDeg, declinationDeg, sizeDeg } = request;
  if (!(rightAscensionDeg >= 0 && rightAscensionDeg < 360)) {
    throw new RangeError(`Right ascension ${rightAscensionDeg} is not in [0, 360)`);
  }
  if (!(declinationDeg >= -90 && declinationDeg <= 90)) {
    throw new RangeError(`Declination ${declinationDeg} is not in [-90, 90]`);
  }
  const sizes = typeof sizeDeg === "number" ? [sizeDeg] : sizeDeg;
  if (!sizes.every((size) => size > 0 && Number.isFinite(size))) {
    throw new RangeError(`Cutout size ${sizeDeg} is not positive`);
  }
  const values: Readonly<Record<string, string>> = {
    ra_deg: rightAscensionDeg.toFixed(10),
    dec_deg: declinationDeg.toFixed(10),
    size_deg: sizes.map(plainNumber).join(","),
  };
  const query = Object.entries(request.parameters ?? DEFAULT_CUTOUT_PARAMETERS)
    .map(([name, template]) => `${encodeURIComponent(name)}=${encodeValue(fillTemplate(template, values))}`);
  return `${accessUrl}${accessUrl.includes("?") ? "&" : "?"}${query.join("&")}`;
}

function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new TypeError(
        `Unknown placeholder {${name}} in "${template}": expected ${Object.keys(values).join(", ")}`,
      );
    }
    return value;
  });
}

/** The service reads commas as they are, and so do people. */
function encodeValue(text: string): string {
  return encodeURIComponent(text).replaceAll("%2C", ",");
}

/** Up to ten significant digits, never with an exponent: services read plain decimals only. */
function plainNumber(value: number): string {
  const rounded = Number(value.toPrecision(10));
  const text = String(rounded);
  return text.includes("e") ? rounded.toFixed(15).replace(/\.?0+$/, "") : text;
}
