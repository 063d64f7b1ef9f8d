/** spxcutdb: from a target catalog to SPHEREx spectra. @module */
export { isTaggedError, TaggedError } from "./lib/core/errors.ts";
