/**
 * Lint rule of the house: a folder of `lib/` imports only from floors below its own,
 * and the two lowest floors import nothing from outside `lib/`.
 */
import { dirname, relative, resolve } from "node:path/posix";

/** The floor on which each folder of `lib/` stands; the ground is 0. */
export const FLOOR_OF_FOLDER: Readonly<Record<string, number>> = {
  core: 0,
  math: 0,
  psf: 1,
  photometry: 1,
  spectrum: 1,
  fits: 2,
  wcs: 2,
  votable: 2,
  table: 2,
  net: 3,
  store: 3,
  pool: 3,
  files: 3,
  plot: 3,
  spherex: 4,
  catalog: 4,
  config: 4,
  outputs: 5,
  archive: 5,
  simulator: 5,
  workflow: 6,
  cli: 7,
};

/** Folders of the ground that may use one another: numerics stand on the core's types. */
const SAME_FLOOR: ReadonlySet<string> = new Set(["math -> core", "photometry -> psf"]);

/** The folder of `lib/` that a path lies in, or undefined outside of `lib/`. */
export function folderOf(path: string): string | undefined {
  return /(?:^|\/)lib\/([a-z0-9]+)\//.exec(path)?.[1];
}

/**
 * Says why `file` may not import `specifier`, or returns undefined when it may.
 * Both paths use forward slashes; `specifier` is as written in the source.
 */
export function importViolation(file: string, specifier: string): string | undefined {
  const folder = folderOf(file);
  if (folder === undefined) return undefined;
  const floor = FLOOR_OF_FOLDER[folder];
  if (floor === undefined) return `Folder lib/${folder} has no floor: name it in tests/house/floor_rule.ts`;
  if (!specifier.startsWith(".")) {
    return floor <= 1 ? `lib/${folder} is a pure floor and may not import "${specifier}"` : undefined;
  }
  const target = resolve("/", dirname(file), specifier);
  const targetFolder = folderOf(target);
  // The one place that states the version of the program.
  if (target.endsWith("/deno.json")) return undefined;
  if (targetFolder === undefined) {
    return floor < 7 || floor <= 1
      ? `lib/${folder} may not import ${relative("/", target)} from outside lib/`
      : undefined;
  }
  if (targetFolder === folder || SAME_FLOOR.has(`${folder} -> ${targetFolder}`)) return undefined;
  const targetFloor = FLOOR_OF_FOLDER[targetFolder];
  if (targetFloor !== undefined && targetFloor < floor) return undefined;
  return `lib/${folder} (floor ${floor}) may not import lib/${targetFolder} (floor ${targetFloor}): imports go down only`;
}

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    floors: {
      create(context) {
        const file = context.filename.replaceAll("\\", "/");
        const check = (source: Deno.lint.Node & { value?: unknown } | null) => {
          if (source === null || typeof source.value !== "string") return;
          const message = importViolation(file, source.value);
          if (message !== undefined) context.report({ node: source, message });
        };
        return {
          ImportDeclaration: (node) => check(node.source),
          ExportNamedDeclaration: (node) => check(node.source),
          ExportAllDeclaration: (node) => check(node.source),
          ImportExpression: (node) => check(node.source as Deno.lint.Node & { value?: unknown }),
        };
      },
    },
    "no-deno-in-pure-floors": {
      create(context) {
        const floor = FLOOR_OF_FOLDER[folderOf(context.filename.replaceAll("\\", "/")) ?? ""];
        if (floor === undefined || floor > 2) return {};
        return {
          MemberExpression(node) {
            if (node.object.type === "Identifier" && node.object.name === "Deno") {
              context.report({
                node,
                message: "Floors 0 to 2 do not touch Deno: take what is needed as an argument",
              });
            }
          },
        };
      },
    },
  },
};

export default plugin;
