import manifest from "../../deno.json" with { type: "json" };

/** Version of the program, from the one place that states it. */
export const PACKAGE_VERSION: string = manifest.version;
