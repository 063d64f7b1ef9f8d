import assert from "node:assert/strict";
import { isTaggedError } from "../../lib/core/errors.ts";
import { readDatalinks, readServiceDescriptors } from "../../lib/votable/datalink.ts";
import { parseVotable } from "../../lib/votable/votable_parser.ts";

function fixture(name: string) {
  return parseVotable(Deno.readFileSync(new URL(`../fixtures/votable/${name}`, import.meta.url)));
}

Deno.test("readDatalinks() reads the links of a real service", () => {
  const links = readDatalinks(fixture("casda_datalink.xml"));
  assert.equal(links.length, 6);
  assert.deepEqual(links[0], {
    id: "cube-244",
    accessUrl: "https://casda.csiro.au/casda_data_access/data/sync?id=cube-244",
    serviceDef: undefined,
    errorMessage: undefined,
    description: "Download data product via web",
    semantics: "#this",
    contentType: "application/fits",
    contentLength: 1056024576,
  });
  assert.deepEqual(links.filter((link) => link.semantics === "#cutout").map((link) => link.serviceDef), [
    "cutout_service",
  ]);
});

Deno.test("readDatalinks() keeps the reason why there is no link", () => {
  const [link] = readDatalinks(fixture("casda_datalink_noaccess.xml"));
  assert.equal(link!.accessUrl, undefined);
  assert.match(link!.errorMessage ?? "", /\w/);
});

Deno.test("readDatalinks() refuses a table that is none", () => {
  assert.throws(
    () => readDatalinks(fixture("pyvo_sia2_dataset.xml")),
    (error) => isTaggedError(error, "votable/missing-column"),
  );
});

Deno.test("readServiceDescriptors() reads where to ask and with what", () => {
  const services = readServiceDescriptors(fixture("casda_datalink.xml"));
  const cutout = services.find((service) => service.id === "cutout_service")!;
  assert.match(cutout.accessUrl ?? "", /^https:\/\/casda\.csiro\.au\//);
  assert.match(cutout.standardId ?? "", /SODA/);
  assert(cutout.inputs.some((input) => input.name === "ID"), JSON.stringify(cutout));
});
