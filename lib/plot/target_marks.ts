import type { CutoutPanels } from "./cutout_panels.ts";
import { rounded } from "./svg_text.ts";

const ARM = 9;
const ARM_GAP = 3;
const NEIGHBOR_ARM = 4.5;

/**
 * The target's cross and protection circle and its neighbours' small crosses over a panel of the given size;
 * dark lines on light ones, so that they show on every colour. What lies outside of the cutout is left out.
 */
export function targetMarksSvg(input: CutoutPanels, panelWidth: number, panelHeight: number): string {
  const { width, height, neighbors } = input.models;
  const scaleX = panelWidth / width;
  const scaleY = panelHeight / height;
  const place = (x: number, y: number) => [(x + 0.5) * scaleX, (height - 0.5 - y) * scaleY] as const;
  const isInside = (x: number, y: number) => x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5;
  const shapes: string[] = [];
  if (isInside(input.targetX, input.targetY)) {
    const [x, y] = place(input.targetX, input.targetY);
    shapes.push(plusPath(x, y));
    if (input.protectionRadiusPixels > 0) {
      const [rx, ry] = [input.protectionRadiusPixels * scaleX, input.protectionRadiusPixels * scaleY];
      shapes.push(ellipsePath(x, y, rx, ry));
    }
  }
  for (const neighbor of neighbors) {
    if (isInside(neighbor.x, neighbor.y)) shapes.push(crossPath(...place(neighbor.x, neighbor.y)));
  }
  if (shapes.length === 0) return "";
  const path = shapes.join("");
  return `<path d="${path}" fill="none" stroke="#ffffff" stroke-width="2.6" stroke-opacity="0.85"/>` +
    `<path d="${path}" fill="none" stroke="#111111" stroke-width="1.1"/>`;
}

function plusPath(x: number, y: number): string {
  const arm = ARM - ARM_GAP;
  return `M${rounded(x - ARM)},${rounded(y)}h${arm}m${2 * ARM_GAP},0h${arm}` +
    `M${rounded(x)},${rounded(y - ARM)}v${arm}m0,${2 * ARM_GAP}v${arm}`;
}

function crossPath(x: number, y: number): string {
  const arm = 2 * NEIGHBOR_ARM;
  const top = rounded(y - NEIGHBOR_ARM);
  return `M${rounded(x - NEIGHBOR_ARM)},${top}l${arm},${arm}M${
    rounded(x + NEIGHBOR_ARM)
  },${top}l${-arm},${arm}`;
}

function ellipsePath(x: number, y: number, rx: number, ry: number): string {
  const radii = `${rounded(rx)},${rounded(ry)}`;
  return `M${rounded(x - rx)},${rounded(y)}a${radii},0,1,0,${rounded(2 * rx)},0a${radii},0,1,0,${
    rounded(-2 * rx)
  },0Z`;
}
