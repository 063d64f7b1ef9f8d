import { z } from "zod";
import { webUrl } from "./value_types.ts";

/**
 * Section `cloud`: the archive's copy in an object store.
 *
 * @internal
 */
export const cloudSection = z.strictObject({
  s3_base_url: webUrl.default("https://nasa-irsa-spherex.s3.us-east-1.amazonaws.com")
    .describe("Base URL of the public bucket; it is read without an account"),
}).prefault({}).describe("The archive's copy in an object store");
