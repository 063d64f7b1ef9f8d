import type { MeasurementRow } from "../../../lib/outputs/measurement_row.ts";

/** A flux as the IRSA Spectrophotometry Tool tells it. */
export interface IrsaFlux {
  readonly ra: number;
  readonly dec: number;
  readonly flags: number;
  readonly det_id: number;
  readonly obs_publisher_did: string;
  readonly lambda: number;
  readonly lambda_width: number;
  readonly flux: number;
  readonly flux_err: number;
}

/** Width of the strings in the wide form. */
const DID_WIDTH = 54;

/** One of our rows in the words of the tool; its fluxes `factor` times ours. */
export function irsaFlux(row: MeasurementRow, factor: number): IrsaFlux {
  return {
    ra: Number(row["ra_deg"]),
    dec: Number(row["dec_deg"]),
    flags: 2 ** 21,
    det_id: Number(row["detector_id"]),
    obs_publisher_did: `ivo://irsa.ipac/spherex_qr2?${row["observation_id"]}/D${row["detector_id"]}`,
    lambda: Number(row["wavelength_um"]),
    lambda_width: Number(row["bandwidth_um"]),
    flux: factor * Number(row["selected_flux_uJy"]),
    flux_err: Number(row["selected_flux_err_uJy"]),
  };
}

const NAMES = [
  "ra",
  "dec",
  "flags",
  "det_id",
  "obs_publisher_did",
  "lambda",
  "lambda_width",
  "flux",
  "flux_err",
] as const;

/** The long form: a row for each exposure. */
export function longForm(fluxes: readonly IrsaFlux[]): string {
  return [NAMES.join(","), ...fluxes.map((flux) => NAMES.map((name) => flux[name]).join(","))].join("\n");
}

/** The wide form: a row for each source, its values as arrays. */
export function wideForm(sources: readonly (readonly IrsaFlux[])[]): string {
  const fields = NAMES.map((name) => {
    if (name === "ra" || name === "dec") return `<FIELD name="${name}" datatype="double" unit="deg"/>`;
    if (name === "obs_publisher_did") {
      return `<FIELD name="${name}" datatype="char" arraysize="${DID_WIDTH}x*"/>`;
    }
    const unit = name.startsWith("flux") ? ' unit="uJy"' : name.startsWith("lambda") ? ' unit="um"' : "";
    const datatype = name === "flags" || name === "det_id" ? "long" : "double";
    return `<FIELD name="${name}" datatype="${datatype}" arraysize="*"${unit}/>`;
  });
  const rows = sources.map((fluxes) => {
    const cells = NAMES.map((name) => {
      if (name === "ra" || name === "dec") return String(fluxes[0]![name]);
      const texts = fluxes.map((flux) => String(flux[name]));
      return name === "obs_publisher_did"
        ? texts.map((text) => text.padEnd(DID_WIDTH)).join("")
        : texts.join(" ");
    });
    return `<TR>${cells.map((cell) => `<TD>${cell}</TD>`).join("")}</TR>`;
  });
  return `<?xml version="1.0"?><VOTABLE version="1.4"><RESOURCE type="results"><TABLE>${fields.join("")}` +
    `<DATA><TABLEDATA>${rows.join("")}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`;
}
