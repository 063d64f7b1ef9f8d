import { fileURLToPath } from "node:url";

/** What the placeholders of a URL template stand for; those of a listed file may be unknown. */
export interface TemplateValues {
  /** Data release in capitals. */
  readonly release: string;
  /** Product directory. */
  readonly product: string;
  /** Detector from 1 to 6. */
  readonly detector: number;
  /** Version token. */
  readonly version?: string;
  /** File name. */
  readonly filename?: string;
}

/** Whether a template can only be filled when the newest version is known from a listing. */
export function needsListing(template: string): boolean {
  return template.includes("{version}") || template.includes("{filename}");
}

/**
 * Fills `{release}`, `{release_lower}`, `{product}`, `{detector}`, `{version}` and `{filename}`.
 * Throws TypeError for any other placeholder.
 */
export function fillCalibrationTemplate(template: string, values: TemplateValues): string {
  const known: Readonly<Record<string, string | undefined>> = {
    release: values.release,
    release_lower: values.release.toLowerCase(),
    product: values.product,
    detector: String(values.detector),
    version: values.version,
    filename: values.filename,
  };
  return template.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = known[name];
    if (value !== undefined) return value;
    throw new TypeError(`Cannot fill {${name}} in "${template}": expected ${Object.keys(known).join(", ")}`);
  });
}

/** The local path that a location names, plain or as `file://`; undefined for a web address. */
export function localPathOf(location: string): string | undefined {
  if (location.startsWith("file:")) return fileURLToPath(location);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? undefined : location;
}
