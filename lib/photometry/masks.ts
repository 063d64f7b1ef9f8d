import type { CutoutPixels } from "./cutout_pixels.ts";
import type { MeasureWorkspace } from "./measure_workspace.ts";
import { PIXEL_ROLE } from "./pixel_roles.ts";
import type { PhotometrySettings } from "./settings.ts";
import { fitBoxHalf } from "./template.ts";
import type { TemplateWindow } from "./template_window.ts";

/** Whether a pixel within `grow` rows and columns of (x, y) has at least `limit` in the template. */
function reachesNearby(window: TemplateWindow, x: number, y: number, grow: number, limit: number): boolean {
  const template = window.template(0);
  for (let row = Math.max(y - grow, 0); row <= Math.min(y + grow, window.height - 1); row++) {
    for (let column = Math.max(x - grow, 0); column <= Math.min(x + grow, window.width - 1); column++) {
      if (template[row * window.width + column]! >= limit) return true;
    }
  }
  return false;
}

/**
 * Marks the roles that follow from the target's place and template: fit box, core, footprint, and the
 * protected pixels (within the protection radius, or near to where the template is strong).
 */
export function markTarget(
  pixels: CutoutPixels,
  settings: PhotometrySettings,
  templatePeak: number,
  workspace: MeasureWorkspace,
): void {
  const { pointWindow: window, roles } = workspace;
  const { masks, fit } = settings;
  const template = window.template(0);
  const half = fitBoxHalf(settings);
  const centerX = Math.round(pixels.targetX);
  const centerY = Math.round(pixels.targetY);
  const strong = masks.targetProtectionFootprintThreshold * templatePeak;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, pixels.width); x < window.width; x++, k++, i++) {
      const column = window.originX + x;
      const row = window.originY + y;
      const squared = (column - pixels.targetX) ** 2 + (row - pixels.targetY) ** 2;
      let role = roles[i]!;
      if (Math.abs(column - centerX) <= half && Math.abs(row - centerY) <= half) role |= PIXEL_ROLE.fitBox;
      if (squared <= fit.centralRadiusPixels ** 2) role |= PIXEL_ROLE.core;
      if (template[k]! >= masks.footprintThreshold * templatePeak) role |= PIXEL_ROLE.footprint;
      if (
        squared <= masks.targetProtectionRadiusPixels ** 2 ||
        reachesNearby(window, x, y, masks.targetProtectionDilatePixels, strong)
      ) role |= PIXEL_ROLE.protected;
      roles[i] = role;
    }
  }
}

/** Marks where neighbours are looked for: usable pixels away from the target and from the cutout's edge. */
export function markSearched(
  pixels: CutoutPixels,
  edgeBufferPixels: number,
  workspace: MeasureWorkspace,
): void {
  const { roles } = workspace;
  const { width, height } = pixels;
  for (let y = edgeBufferPixels; y < height - edgeBufferPixels; y++) {
    for (let x = edgeBufferPixels; x < width - edgeBufferPixels; x++) {
      const i = y * width + x;
      const role = roles[i]!;
      if ((role & PIXEL_ROLE.usable) && !(role & PIXEL_ROLE.protected)) roles[i] = role | PIXEL_ROLE.searched;
    }
  }
}

/** Marks the footprint of a neighbour: where its template reaches `threshold` of its peak. */
export function markNeighbor(
  template: Float64Array,
  window: TemplateWindow,
  threshold: number,
  cutoutWidth: number,
  roles: Uint8Array,
): void {
  let peak = 0;
  for (let k = 0; k < window.count; k++) if (template[k]! > peak) peak = template[k]!;
  for (let y = 0, k = 0; y < window.height; y++) {
    for (let x = 0, i = window.cutoutRow(y, cutoutWidth); x < window.width; x++, k++, i++) {
      if (peak > 0 && template[k]! >= threshold * peak) roles[i] = roles[i]! | PIXEL_ROLE.neighbor;
    }
  }
}

/** How many of the first `count` pixels have all bits of `role`. */
export function countRole(roles: Uint8Array, count: number, role: number): number {
  let found = 0;
  for (let i = 0; i < count; i++) if ((roles[i]! & role) === role) found++;
  return found;
}
