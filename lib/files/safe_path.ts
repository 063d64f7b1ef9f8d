import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { TaggedError } from "../core/errors.ts";
import { storageError } from "./storage_error.ts";

/** More links in a row than any honest path has; a loop of links ends here. */
const MAX_LINKS = 40;

/** The target of a symbolic link, or undefined when `path` is something else or is not there. */
function linkTarget(path: string): string | undefined {
  try {
    return Deno.lstatSync(path).isSymlink ? resolve(dirname(path), Deno.readLinkSync(path)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw storageError(error, "look at", path);
  }
}

/** Where `path` really lies when every link on the way is followed; the end of the path need not exist. */
function realLocation(path: string, linksLeft = MAX_LINKS): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw storageError(error, "look at", path);
    }
  }
  const target = linkTarget(path);
  if (target !== undefined && linksLeft > 0) return realLocation(target, linksLeft - 1);
  const parent = dirname(path);
  return parent === path ? path : join(realLocation(parent, linksLeft), relative(parent, path));
}

/** Whether `path` is `directory` or lies below it, by their text alone; both are absolute and normalised. */
function liesWithin(directory: string, path: string): boolean {
  const fromDirectory = relative(directory, path);
  return fromDirectory === "" ||
    (fromDirectory !== ".." && !fromDirectory.startsWith(`..${sep}`) && !isAbsolute(fromDirectory));
}

/**
 * Makes sure that a path stays inside a directory, links followed and `..` resolved, and returns it absolute.
 *
 * The path may name something that does not exist yet. A link inside the directory that leads out of it, even a
 * dangling one, is refused like `..` is.
 *
 * @param root The directory, usually the project's; relative to the working directory when not absolute.
 * @param path The path to check; relative to `root` when not absolute.
 * @returns The absolute path, with `..` resolved.
 * @throws {TaggedError} `storage/outside-project` when the path leads out of `root`.
 */
export function insideDirectory(root: string, path: string): string {
  const absoluteRoot = resolve(root);
  const absolutePath = resolve(absoluteRoot, path);
  const hasNull = path.includes("\0");
  if (!hasNull && liesWithin(realLocation(absoluteRoot), realLocation(absolutePath))) return absolutePath;
  throw new TaggedError(
    "storage/outside-project",
    hasNull
      ? `The path ${JSON.stringify(path)} contains a null character`
      : `The path ${path} leads outside of ${absoluteRoot}`,
    {
      context: { root: absoluteRoot, path },
      hint: "Use a path inside the project directory, without links that lead out of it",
    },
  );
}
