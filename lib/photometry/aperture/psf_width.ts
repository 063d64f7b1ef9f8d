import { decodedSamples, type PsfSamples } from "../../psf/psf_samples.ts";

/** The middle of the light near the brightest sample: centroid of the three by three samples around it. */
function findPeak(plane: Float64Array, size: number): { x: number; y: number; value: number } {
  let peak = 0;
  for (let i = 1; i < size * size; i++) if (plane[i]! > plane[peak]!) peak = i;
  const [column, row, value] = [peak % size, Math.floor(peak / size), plane[peak]!];
  if (column === 0 || row === 0 || column === size - 1 || row === size - 1) {
    return { x: column, y: row, value };
  }
  return {
    x: column + vertexOffset(plane[peak - 1]!, value, plane[peak + 1]!),
    y: row + vertexOffset(plane[peak - size]!, value, plane[peak + size]!),
    value,
  };
}

/** Where the parabola through three values at -1, 0 and 1 has its top. */
function vertexOffset(before: number, middle: number, after: number): number {
  const bend = before - 2 * middle + after;
  return bend < 0 ? (before - after) / (2 * bend) : 0;
}

/**
 * Full width at half maximum of a PSF as it is sampled, native pixels: twice the radius at which the mean profile about
 * the peak falls to half of the peak. NaN when the samples have no such radius.
 *
 * An effective PSF has the pixel's own width inside and is wider than the optical one.
 */
export function psfFwhmPixels(psf: PsfSamples): number {
  const { size, oversampling, planes } = psf;
  const plane = new Float64Array(size * size);
  for (const { weight, samples } of planes) {
    const values = decodedSamples(samples);
    for (let i = 0; i < plane.length; i++) plane[i]! += weight * values[i]!;
  }
  const peak = findPeak(plane, size);
  if (!(peak.value > 0)) return NaN;
  const bins = (size >> 1) + 1;
  const [sums, radii, counts] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const radius = Math.hypot(x - peak.x, y - peak.y);
      const bin = Math.round(radius);
      if (bin >= bins) continue;
      sums[bin]! += plane[i]!;
      radii[bin]! += radius;
      counts[bin]!++;
    }
  }
  let [innerRadius, innerValue] = [0, peak.value];
  for (let bin = 0; bin < bins; bin++) {
    if (counts[bin] === 0) continue;
    const [radius, value] = [radii[bin]! / counts[bin]!, sums[bin]! / counts[bin]!];
    if (value <= peak.value / 2) {
      const share = (innerValue - peak.value / 2) / (innerValue - value);
      return 2 * (innerRadius + share * (radius - innerRadius)) / oversampling;
    }
    [innerRadius, innerValue] = [radius, value];
  }
  return NaN;
}
