import {
  correctedRow,
  correctionNotes,
  correctionWords,
  type SpectrumCorrections,
} from "../outputs/corrections.ts";
import { binRows } from "../outputs/exported_rows.ts";
import type { MeasurementRow } from "../outputs/measurement_row.ts";
import type { BinningOptions, ChannelFlux } from "../spectrum/bin_spectrum.ts";
import { Figure } from "./figure.ts";
import { LightCurve } from "./light_curve.ts";

/** What a plotted spectrum shows. */
export interface SpectrumFigureOptions extends BinningOptions {
  /** How fluxes are shown. @default {"linear"} */
  readonly scale?: "linear" | "log" | "magnitude";
  /** Whether the means of channels are drawn over the measurements. @default {false} */
  readonly binned?: boolean;
}

/** The measurements of one source, sorted by wavelength. */
export class Spectrum {
  /** Name of the source. */
  readonly sourceName: string;
  /** One record an image, with the columns of the spectra CSV. */
  readonly rows: readonly MeasurementRow[];
  /** The corrections that wavelengths and fluxes have had, by name; none unless {@linkcode corrected}. */
  readonly corrections: Readonly<Record<string, string>>;

  /** Rows are kept as given. */
  constructor(
    sourceName: string,
    rows: readonly MeasurementRow[],
    corrections: Readonly<Record<string, string>> = {},
  ) {
    this.sourceName = sourceName;
    this.rows = rows;
    this.corrections = corrections;
  }

  /**
   * The spectrum with wavelengths at the barycentre of the solar system, or fluxes without the extinction by the dust of
   * the Milky Way, as asked. Throws RangeError for extinction that cannot be, and TypeError for a second correction.
   */
  corrected(corrections: SpectrumCorrections): Spectrum {
    if (Object.keys(this.corrections).length > 0) throw new TypeError("The spectrum is corrected already");
    const rows = this.rows.map((row) => correctedRow(row, corrections));
    return new Spectrum(this.sourceName, rows, correctionNotes(corrections));
  }

  /** The rows that may be used for science without inspection. */
  recommended(): Spectrum {
    return this.filter((row) => row["science_recommended"] === true);
  }

  /** The rows that a cut of your own keeps. */
  filter(keep: (row: MeasurementRow) => boolean): Spectrum {
    return new Spectrum(this.sourceName, this.rows.filter(keep), this.corrections);
  }

  /**
   * The rows recommended for science on the 102 channels, combined by inverse variance. Channels without any have a
   * count of 0 and NaN. Throws RangeError for a `clipSigma` that is not positive.
   */
  binned(options: BinningOptions = {}): readonly ChannelFlux[] {
    return binRows(this.rows, options.clipSigma).channels;
  }

  /** The same measurements over time. */
  lightCurve(): LightCurve {
    return new LightCurve(this.sourceName, this.rows);
  }

  /** Flux over wavelength, as in the published plot unless asked otherwise. */
  async plot(options: SpectrumFigureOptions = {}): Promise<Figure> {
    const { sedPlotSvg } = await import("../plot/sed_plot.ts");
    const { channelMeans, spectrumPoints } = await import("../outputs/spectrum_points.ts");
    const notes = correctionWords(this.corrections);
    return new Figure(sedPlotSvg(spectrumPoints(this.rows), {
      sourceName: this.sourceName,
      ...(options.scale === undefined ? {} : { scale: options.scale }),
      ...(options.binned ? { binned: channelMeans(this.binned(options)) } : {}),
      ...(notes === "" ? {} : { note: notes }),
    }));
  }

  /** Flux, signal-to-noise ratio and fit quality over wavelength, as in the published summary. */
  async qaPlot(): Promise<Figure> {
    const { qaSummaryPlotSvg } = await import("../plot/qa_summary_plot.ts");
    const { spectrumPoints } = await import("../outputs/spectrum_points.ts");
    return new Figure(qaSummaryPlotSvg(spectrumPoints(this.rows), { sourceName: this.sourceName }));
  }
}
