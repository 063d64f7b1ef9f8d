/** Version of the columns and files that the program writes; part of every measurement's identity. */
export const OUTPUT_SCHEMA_VERSION = "photometry_native_v5";

/** Version of the photometry; raised whenever the same pixels and settings would give another number. */
export const PHOTOMETRY_CODE_VERSION = "photometry_psf_wls_v6";
