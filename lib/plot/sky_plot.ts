import { colorAt, hexColor, SEQUENTIAL_MAP } from "./color_map.ts";
import { figureSvg } from "./figure.ts";
import { hammerProjection, skyPath, type SkyPoint } from "./hammer_projection.ts";
import { INK_COLOR, MUTED_COLOR } from "./palette.ts";
import { rounded, textSvg } from "./svg_text.ts";

/** A source on the sky. */
export interface SkySource extends SkyPoint {
  /** Measurements of it; 0 for none yet. */
  readonly measured: number;
}

const WIDTH = 672;
const HEADER_HEIGHT = 46;
const MAP_MARGIN = 26;
const RADIUS = (WIDTH - 2 * MAP_MARGIN) / 2;
const MAP_HEIGHT = RADIUS;
const LEGEND_HEIGHT = 58;
const CENTER_X = WIDTH / 2;
const CENTER_Y = HEADER_HEIGHT + MAP_HEIGHT / 2;

/** The poles of the great circles that are drawn, equator of J2000. */
const GALACTIC_POLE: SkyPoint = { rightAscensionDeg: 192.85948, declinationDeg: 27.12825 };
const ECLIPTIC_POLE: SkyPoint = { rightAscensionDeg: 270, declinationDeg: 66.56071 };

/**
 * Draws where the sources of a catalog are on the whole sky, as SVG 7 inches wide: an equal-area map (Hammer 1892) of
 * equatorial coordinates, right ascension growing to the left, with the planes of the ecliptic and the Milky Way. The
 * colour of a source tells its measurements; an open grey circle has none. Equal input gives equal text.
 */
export function skyPlotSvg(sources: readonly SkySource[], options: { readonly title: string }): string {
  const most = Math.max(1, ...sources.map(({ measured }) => measured));
  const parts = [
    headSvg(sources, options.title),
    gridSvg(),
    greatCircleSvg(GALACTIC_POLE, "#8a6d3b", ""),
    greatCircleSvg(ECLIPTIC_POLE, "#8a6d3b", "5 4"),
    labelsSvg(),
    ...[...sources].sort((a, b) => a.measured - b.measured).map((source) =>
      sourceSvg(source, most, sources.length)
    ),
    legendSvg(most),
  ];
  return figureSvg({
    width: WIDTH,
    height: HEADER_HEIGHT + MAP_HEIGHT + LEGEND_HEIGHT,
    description: `${sources.length} sources on the sky`,
    parts: [{ x: 0, y: 0, markup: parts.join("") }],
  });
}

function headSvg(sources: readonly SkySource[], title: string): string {
  const measured = sources.filter((source) => source.measured > 0).length;
  const text = `${sources.length.toLocaleString("en-US")} ${sources.length === 1 ? "source" : "sources"}, ${
    measured.toLocaleString("en-US")
  } measured`;
  return textSvg(MAP_MARGIN, 20, title, { size: 14, bold: true }) +
    textSvg(WIDTH - MAP_MARGIN, 20, text, { size: 10.5, color: MUTED_COLOR, anchor: "end" });
}

function place(point: SkyPoint): readonly [x: number, y: number] {
  const [x, y] = hammerProjection(point);
  return [CENTER_X + RADIUS * x, CENTER_Y - RADIUS * y];
}

function gridSvg(): string {
  const lines: string[] = [];
  const degrees = (from: number, to: number, step: number) =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step);
  for (const declinationDeg of degrees(-60, 60, 30)) {
    lines.push(skyPath(
      degrees(0.001, 359.999, 359.998 / 120).map((longitude) => ({
        rightAscensionDeg: 180 + longitude,
        declinationDeg,
      })),
      place,
    ));
  }
  for (const rightAscensionDeg of degrees(0, 330, 30)) {
    if (rightAscensionDeg === 180) continue;
    lines.push(
      skyPath(degrees(-90, 90, 3).map((declinationDeg) => ({ rightAscensionDeg, declinationDeg })), place),
    );
  }
  const edge = `<ellipse cx="${CENTER_X}" cy="${rounded(CENTER_Y)}" rx="${RADIUS}" ry="${RADIUS / 2}"`;
  return `${edge} fill="#f7f8fa"/><path d="${
    lines.join("")
  }" fill="none" stroke="${INK_COLOR}" stroke-opacity="0.16" ` +
    `stroke-width="0.7"/>${edge} fill="none" stroke="${INK_COLOR}" stroke-width="0.9"/>`;
}

/** A great circle by its pole. */
function greatCircleSvg(pole: SkyPoint, color: string, dashes: string): string {
  const radians = Math.PI / 180;
  const [ra, dec] = [pole.rightAscensionDeg * radians, pole.declinationDeg * radians];
  const node = [-Math.sin(ra), Math.cos(ra), 0] as const;
  const top = [-Math.sin(dec) * Math.cos(ra), -Math.sin(dec) * Math.sin(ra), Math.cos(dec)] as const;
  const points = Array.from({ length: 241 }, (_, n): SkyPoint => {
    const angle = n / 120 * Math.PI;
    const [x, y, z] = node.map((part, axis) => part * Math.cos(angle) + top[axis]! * Math.sin(angle));
    return {
      rightAscensionDeg: Math.atan2(y!, x!) / radians,
      declinationDeg: Math.asin(Math.min(1, Math.max(-1, z!))) / radians,
    };
  });
  return `<path d="${skyPath(points, place)}" fill="none" stroke="${color}" stroke-width="1.2"${
    dashes === "" ? "" : ` stroke-dasharray="${dashes}"`
  }/>`;
}

function labelsSvg(): string {
  const style = { size: 10, color: MUTED_COLOR, anchor: "middle" } as const;
  const hours = [0, 60, 120, 240, 300].map((rightAscensionDeg) => {
    const [x, y] = place({ rightAscensionDeg, declinationDeg: 0 });
    return textSvg(x, y - 3, `${rightAscensionDeg}\u00b0`, style);
  });
  const declinations = [-60, -30, 30, 60].map((declinationDeg) => {
    const [x, y] = place({ rightAscensionDeg: 180.001, declinationDeg });
    const text = `${declinationDeg > 0 ? "+" : "\u2212"}${Math.abs(declinationDeg)}\u00b0`;
    return textSvg(x + 4, y + (declinationDeg > 0 ? -1 : 9), text, { ...style, anchor: "start" });
  });
  return [...hours, ...declinations].join("");
}

function sourceSvg(source: SkySource, most: number, count: number): string {
  const [x, y] = place(source);
  const radius = count > 1000 ? 1.8 : count > 100 ? 2.6 : 3.6;
  const look = source.measured === 0
    ? `fill="#ffffff" stroke="${MUTED_COLOR}" stroke-width="0.9"`
    : `fill="${measuredColor(source.measured, most)}" stroke="#ffffff" stroke-width="0.5"`;
  return `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${radius}" ${look}/>`;
}

/** Colour of a number of measurements; the yellow end of the map would vanish on the ground. */
function measuredColor(measured: number, most: number): string {
  const share = most <= 1 ? 0 : Math.log(measured) / Math.log(most);
  return hexColor(colorAt(SEQUENTIAL_MAP, 0.88 * share));
}

function legendSvg(most: number): string {
  const y = HEADER_HEIGHT + MAP_HEIGHT + 26;
  const small = { size: 10.5, color: MUTED_COLOR };
  const [barX, barWidth] = [WIDTH - MAP_MARGIN - 170, 120];
  const slices = Array.from(
    { length: 40 },
    (_, n) =>
      `<rect x="${rounded(barX + n * barWidth / 40)}" y="${y - 8}" width="${
        rounded(barWidth / 40 + 0.3)
      }" height="8" ` +
      `fill="${hexColor(colorAt(SEQUENTIAL_MAP, 0.88 * n / 39))}"/>`,
  );
  const line = (x: number, text: string, dashes: string) =>
    `<path d="M${x},${y - 4}h24" stroke="#8a6d3b" stroke-width="1.2"${dashes}/>` +
    textSvg(x + 30, y, text, small);
  return [
    line(MAP_MARGIN, "Milky Way", ""),
    line(MAP_MARGIN + 110, "ecliptic", ' stroke-dasharray="5 4"'),
    `<circle cx="${MAP_MARGIN + 216}" cy="${y - 4}" r="3.4" fill="#ffffff" stroke="${MUTED_COLOR}"/>`,
    textSvg(MAP_MARGIN + 225, y, "not measured", small),
    textSvg(barX - 6, y, "measurements  1", { ...small, anchor: "end" }),
    ...slices,
    textSvg(barX + barWidth + 6, y, most.toLocaleString("en-US"), small),
  ].join("");
}
