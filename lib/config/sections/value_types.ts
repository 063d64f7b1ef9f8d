import { z } from "zod";

/**
 * A whole number of at least one.
 *
 * @internal
 */
export const positiveInteger = z.int().min(1).max(1_000_000_000);

/**
 * A finite number above zero.
 *
 * @internal
 */
export const positiveNumber = z.number().gt(0).max(1e15);

/**
 * A finite number of at least zero.
 *
 * @internal
 */
export const nonNegativeNumber = z.number().min(0).max(1e15);

/**
 * A number from zero to one.
 *
 * @internal
 */
export const fraction = z.number().min(0).max(1);

/**
 * Text of at least one character, without line breaks and other control characters.
 *
 * @internal
 */
export const plainText = z.string().min(1, { abort: true }).max(4096).refine(
  // deno-lint-ignore no-control-regex
  (text) => !/[\u0000-\u001f\u007f]/.test(text) && text.trim() !== "",
  "expected text without line breaks or control characters",
);

/**
 * A path below the project directory.
 *
 * @internal
 */
export const pathInProject = plainText.refine(
  (path) => !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes(".."),
  "expected a path inside the project: relative, without ..",
);

/** Whether `text` is a URL of the web, placeholders in braces aside. */
function isWebUrl(text: string): boolean {
  const url = URL.parse(text.replaceAll(/\{[a-z_]+\}/g, "x"));
  return url !== null && (url.protocol === "https:" || url.protocol === "http:");
}

/** Whether `text` holds neither a user name nor a password: configurations are handed on with results. */
function isWithoutCredentials(text: string): boolean {
  const url = URL.parse(text.replaceAll(/\{[a-z_]+\}/g, "x"));
  return url === null || (url.username === "" && url.password === "");
}

/**
 * The URL of a service.
 *
 * @internal
 */
export const webUrl = plainText.refine(isWebUrl, "expected a URL that begins with https:// or http://")
  .refine(isWithoutCredentials, "expected a URL without a user name and password");

/**
 * Name of a flag of the pixel plane, or of a product or collection.
 *
 * @internal
 */
export const flagName = z.string().regex(
  /^[A-Z][A-Z0-9_]{0,63}$/,
  "expected the name of a pixel flag, such as HOT",
);

/**
 * Name of a collection or product, as the archive spells it.
 *
 * @internal
 */
export const archiveName = z.string().regex(
  /^[a-z][a-z0-9_]{0,63}$/,
  "expected a name in lower case, such as spherex_qr2",
);
