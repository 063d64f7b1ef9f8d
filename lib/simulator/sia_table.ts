/** The values of a row by column name; columns that are absent are empty. */
export type SiaRow = Readonly<Record<string, string | number>>;

/** Name, VOTable datatype and unit of a column. */
export type TableColumn = readonly [name: string, datatype: string, unit?: string];

/** The columns of the archive's SIA2 answers, in order. */
export const SIA_COLUMNS: readonly TableColumn[] = [
  ["s_ra", "double", "deg"],
  ["s_dec", "double", "deg"],
  ["facility_name", "char"],
  ["instrument_name", "char"],
  ["dataproduct_subtype", "char"],
  ["calib_level", "short"],
  ["dataproduct_type", "char"],
  ["energy_bandpassname", "char"],
  ["energy_emband", "char"],
  ["obs_id", "char"],
  ["s_resolution", "double", "arcsec"],
  ["em_min", "double", "m"],
  ["em_max", "double", "m"],
  ["em_res_power", "double"],
  ["proposal_title", "char"],
  ["access_url", "char"],
  ["access_format", "char"],
  ["access_estsize", "long", "kbyte"],
  ["t_exptime", "double", "s"],
  ["s_region", "char", "deg"],
  ["obs_collection", "char"],
  ["obs_intent", "char"],
  ["algorithm_name", "char"],
  ["facility_keywords", "char"],
  ["instrument_keywords", "char"],
  ["environment_photometric", "boolean"],
  ["proposal_id", "char"],
  ["proposal_pi", "char"],
  ["proposal_project", "char"],
  ["target_name", "char"],
  ["target_type", "char"],
  ["target_standard", "boolean"],
  ["target_moving", "boolean"],
  ["target_keywords", "char"],
  ["obs_release_date", "char"],
  ["s_xel1", "long"],
  ["s_xel2", "long"],
  ["s_pixel_scale", "double", "arcsec"],
  ["position_timedependent", "boolean"],
  ["t_min", "double", "d"],
  ["t_max", "double", "d"],
  ["t_resolution", "double", "s"],
  ["t_xel", "long"],
  ["obs_publisher_did", "char"],
  ["s_fov", "double", "deg"],
  ["em_xel", "long"],
  ["pol_states", "char"],
  ["pol_xel", "long"],
  ["cloud_access", "char"],
  ["o_ucd", "char"],
  ["upload_row_id", "long"],
];

function head(service: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://www.ivoa.net/xml/VOTable/v1.3" xsi:schemaLocation="http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/v1.3">
  <DESCRIPTION>Caltech/IPAC-IRSA ${service}</DESCRIPTION>
`;
}

/** Rows as the archive's VOTable: TABLEDATA, field IDs that are not the names, OVERFLOW told behind the table. */
export function encodeSiaVotable(rows: readonly SiaRow[], overflow: boolean): string {
  return encodeVotable("IVOA Simple Image Access v2 Service", SIA_COLUMNS, rows, overflow);
}

/** Rows as a VOTable of one of the archive's services. */
export function encodeVotable(
  service: string,
  columns: readonly TableColumn[],
  rows: readonly SiaRow[],
  overflow: boolean,
): string {
  const fields = columns.map(([name, type, unit], number) => {
    const size = type === "char" ? ' arraysize="*"' : "";
    const unitText = unit === undefined ? "" : ` unit="${unit}"`;
    return `      <FIELD ID="col_${number}" name="${name}" datatype="${type}"${size}${unitText}/>\n`;
  });
  const body = rows.map((row) =>
    `          <TR>${columns.map(([name]) => `<TD>${escapeXml(cell(row, name))}</TD>`).join("")}</TR>\n`
  );
  const end = overflow ? '    <INFO name="QUERY_STATUS" value="OVERFLOW"/>\n' : "";
  return `${head(service)}  <RESOURCE type="results">
    <INFO name="QUERY_STATUS" value="OK"/>
    <TABLE>
${fields.join("")}      <DATA>
        <TABLEDATA>
${body.join("")}        </TABLEDATA>
      </DATA>
    </TABLE>
${end}  </RESOURCE>
</VOTABLE>
`;
}

/** Rows as the archive's CSV, in which the JSON of `cloud_access` stands unquoted, commas and all. */
export function encodeSiaCsv(rows: readonly SiaRow[]): string {
  const lines = [SIA_COLUMNS.map(([name]) => name).join(",")];
  for (const row of rows) lines.push(SIA_COLUMNS.map(([name]) => cell(row, name)).join(","));
  return lines.join("\n") + "\n";
}

/** The archive's answer to a query that it cannot understand. */
export function encodeSiaError(message: string): string {
  return `${head("IVOA services")}  <RESOURCE type="results">
    <INFO name="QUERY_STATUS" value="ERROR">${escapeXml(message)}</INFO>
  </RESOURCE>
</VOTABLE>
`;
}

function cell(row: SiaRow, name: string): string {
  return String(row[name] ?? "");
}

/** Text with the characters that XML keeps for itself replaced. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
