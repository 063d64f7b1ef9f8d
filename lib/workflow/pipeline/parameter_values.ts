import { z } from "zod";

/**
 * A number above zero.
 *
 * @internal
 */
export const positive = z.number().gt(0).max(1e6);

/**
 * A number of at least zero.
 *
 * @internal
 */
export const notNegative = z.number().min(0).max(1e6);

/**
 * A whole number of at least one.
 *
 * @internal
 */
export const count = z.int().min(1).max(100_000);

/**
 * How often something is repeated; may be never.
 *
 * @internal
 */
export const rounds = z.int().min(0).max(100);

/**
 * A number from zero to one.
 *
 * @internal
 */
export const share = z.number().min(0).max(1);
