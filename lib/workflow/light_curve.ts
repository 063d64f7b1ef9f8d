import { bandEpochs, type LightCurvePoint, lightCurvePoints } from "../outputs/light_curve_rows.ts";
import { type MeasurementRow, textCell } from "../outputs/measurement_row.ts";
import type { BandEpoch } from "../spectrum/light_curve.ts";
import { Figure } from "./figure.ts";

/** What a plotted light curve shows. */
export interface LightCurveFigureOptions {
  /** Brightness relative to the mean of the channel, or flux; relative where it is known when absent. */
  readonly quantity?: "relative" | "flux";
  /** One channel, 1 to 102, only. */
  readonly channel?: number;
}

/** The measurements of one source over time. */
export class LightCurve {
  /** Name of the source. */
  readonly sourceName: string;
  /** Time scale of all dates, such as UTC. */
  readonly timeScale: string;
  /** One entry a measurement with a flux and a date, in the order of detector, channel and time. */
  readonly points: readonly LightCurvePoint[];

  /** The light curve of a spectrum's rows. */
  constructor(sourceName: string, rows: readonly MeasurementRow[]) {
    this.sourceName = sourceName;
    this.points = lightCurvePoints(rows);
    this.timeScale = (this.points[0] && textCell(this.points[0].row, "mjd_time_scale")) || "UTC";
  }

  /** The points of one channel, 1 to 102, in order of time. */
  channel(number: number): readonly LightCurvePoint[] {
    return this.points.filter(({ channel }) => channel === number);
  }

  /** Brightness by band and visit with the spectrum taken out, from the points that no flag speaks against. */
  bands(): readonly BandEpoch[] {
    return bandEpochs(this.points);
  }

  /** Flux over time, a panel for each band. */
  async plot(options: LightCurveFigureOptions = {}): Promise<Figure> {
    const { lightCurvePlotSvg } = await import("../plot/light_curve_plot.ts");
    const { quantity, channel } = options;
    const points = channel === undefined ? this.points : this.channel(channel);
    return new Figure(lightCurvePlotSvg(points, channel === undefined ? this.bands() : [], {
      sourceName: this.sourceName,
      timeScale: this.timeScale,
      ...(channel === undefined ? {} : { subtitle: `channel ${channel}` }),
      ...(quantity === undefined && channel === undefined ? {} : { quantity: quantity ?? "flux" }),
    }));
  }
}
