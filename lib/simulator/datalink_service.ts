import type { ArchiveTree } from "./archive_tree.ts";
import { OFFERED_CALIBRATIONS } from "./calibration_files.ts";
import { calibrationArchiveKey } from "../spherex/calibration_products.ts";
import { type Reply, textReply } from "./reply.ts";
import { encodeSiaError, escapeXml } from "./sia_table.ts";
import type { SurveyImage } from "./survey.ts";

const COLUMNS = [
  "ID",
  "access_url",
  "service_def",
  "error_message",
  "semantics",
  "description",
  "content_type",
  "content_length",
] as const;

/** Answers a DataLink query about one file: the file itself, its cutout service and its calibration files. */
export function datalinkReply(
  image: SurveyImage | undefined,
  id: string,
  tree: ArchiveTree,
  ibeBaseUrl: string,
): Reply {
  if (image === undefined) {
    return textReply(404, "application/x-votable+xml", encodeSiaError(`NotFoundFault: ${id}`));
  }
  const url = `${ibeBaseUrl}/${image.archiveKey}`;
  const rows = [
    [id, url, "", "", "#this", "Spectral image MEF", "image/fits", String(tree.parentByteLength(image))],
    [id, "", "ibe-cutout", "", "#cutout", "Cutout service", "image/fits", ""],
  ];
  rows.push([id, `s3://nasa-irsa-spherex/${image.archiveKey}`, "", "", "#this", "AWS S3", "image/fits", ""]);
  const { release } = image.exposure.visit;
  for (const offer of OFFERED_CALIBRATIONS) {
    if (offer.release !== release || offer.isOutdated || !offer.detectors.includes(image.detector)) continue;
    const key = calibrationArchiveKey(release, offer.product, image.detector, offer.version);
    rows.push([id, `${ibeBaseUrl}/${key}`, "", "", "#calibration", offer.product, "image/fits", ""]);
  }
  return textReply(200, "application/x-votable+xml;content=datalink", encode(rows, url));
}

function encode(rows: readonly (readonly string[])[], cutoutUrl: string): string {
  const fields = COLUMNS.map((name) => {
    const type = name === "content_length" ? 'datatype="long"' : 'datatype="char" arraysize="*"';
    return `<FIELD name="${name}" ${type}/>`;
  });
  const body = rows.map((row) => `<TR>${row.map((cell) => `<TD>${escapeXml(cell)}</TD>`).join("")}</TR>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results"><TABLE>${fields.join("")}<DATA><TABLEDATA>
${body.join("\n")}
</TABLEDATA></DATA></TABLE></RESOURCE>
<RESOURCE type="meta" utype="adhoc:service" ID="ibe-cutout">
<PARAM name="accessURL" datatype="char" arraysize="*" value="${escapeXml(cutoutUrl)}"/>
<GROUP name="inputParams"><PARAM name="center" datatype="char" arraysize="*" value=""/>
<PARAM name="size" datatype="char" arraysize="*" value=""/></GROUP>
</RESOURCE>
</VOTABLE>
`;
}
