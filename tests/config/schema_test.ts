import assert from "node:assert/strict";
import { CONFIG_KEYS, CONFIG_SECTIONS, findConfigKey } from "../../lib/config/config_keys.ts";
import { CONFIG_SCHEMA, configJsonSchema, DEFAULT_CONFIG } from "../../lib/config/schema.ts";

Deno.test("every key and section says in one sentence what it is for", () => {
  for (const { key, description } of [...CONFIG_KEYS, ...CONFIG_SECTIONS]) {
    assert(description.length > 10 && !description.endsWith("."), `${key}: ${description}`);
  }
});

Deno.test("the schema has the sections of the contract, each once, in a fixed order", () => {
  assert.deepEqual(Object.keys(DEFAULT_CONFIG), [
    "project",
    "catalog",
    "spherex",
    "discovery",
    "cutouts",
    "cloud",
    "planning",
    "download",
    "validation",
    "workflow",
    "cleanup",
    "calibration",
    "photometry",
    "runtime",
  ]);
});

Deno.test("the defaults satisfy the schema and cannot be changed", () => {
  assert.deepEqual(CONFIG_SCHEMA.parse(DEFAULT_CONFIG), DEFAULT_CONFIG);
  assert.throws(() => {
    (DEFAULT_CONFIG.runtime as { max_fit_workers: number }).max_fit_workers = 1;
  }, TypeError);
});

Deno.test("findConfigKey() knows keys by their full names only", () => {
  assert.equal(findConfigKey("photometry.qa.full_plot_workers")?.defaultValue, 32);
  assert.equal(findConfigKey("photometry.qa"), undefined);
  assert.equal(findConfigKey("full_plot_workers"), undefined);
});

Deno.test("configJsonSchema() describes keys for editors and allows no others", () => {
  const schema = configJsonSchema() as {
    additionalProperties: boolean;
    properties: Record<string, { properties: Record<string, { default: unknown; description: string }> }>;
  };
  assert.equal(schema.additionalProperties, false);
  const key = schema.properties["runtime"]!.properties["max_fit_workers"]!;
  assert.equal(key.default, 32);
  assert.match(key.description, /Workers that measure/);
});
