/** Area of the disc of radius `radius` about the origin between the axes and (x, y), both not negative. */
function quadrantArea(x: number, y: number, radius: number): number {
  const right = Math.min(x, radius);
  const top = Math.min(y, radius);
  if (right * right + top * top <= radius * radius) return right * top;
  const leaving = Math.sqrt(Math.max(0, radius * radius - top * top));
  return top * leaving + halfSegment(right, radius) - halfSegment(leaving, radius);
}

/** Area under the circle from 0 to `x`. */
function halfSegment(x: number, radius: number): number {
  const height = Math.sqrt(Math.max(0, radius * radius - x * x));
  return (x * height + radius * radius * Math.asin(Math.min(1, x / radius))) / 2;
}

/** The area between the axes and (x, y), negative in the second and fourth quadrants: a corner of an integral. */
function signedArea(x: number, y: number, radius: number): number {
  const area = quadrantArea(Math.abs(x), Math.abs(y), radius);
  return (x < 0) === (y < 0) ? area : -area;
}

/**
 * The area of overlap of a disc about the origin and a rectangle, in closed form.
 *
 * @param x0 Left edge of the rectangle, from the centre of the disc
 * @param y0 Lower edge
 * @param x1 Right edge
 * @param y1 Upper edge
 * @param radius Radius of the disc, not negative
 */
export function circleOverlap(x0: number, y0: number, x1: number, y1: number, radius: number): number {
  if (!(radius > 0)) return 0;
  const area = signedArea(x1, y1, radius) - signedArea(x0, y1, radius) - signedArea(x1, y0, radius) +
    signedArea(x0, y0, radius);
  return Math.max(0, area);
}

/**
 * Fills `out` (`width * height` values) with the area of each pixel that lies inside a circle, 0 to 1, and returns the
 * sum: the area of the part of the circle that lies on the image. Pixels have their centres at integers.
 */
export function fillCircleOverlap(
  x: number,
  y: number,
  radius: number,
  width: number,
  height: number,
  out: Float64Array,
): number {
  out.fill(0, 0, width * height);
  const firstX = Math.max(0, Math.floor(x - radius + 0.5));
  const lastX = Math.min(width - 1, Math.ceil(x + radius - 0.5));
  const firstY = Math.max(0, Math.floor(y - radius + 0.5));
  const lastY = Math.min(height - 1, Math.ceil(y + radius - 0.5));
  let sum = 0;
  for (let row = firstY; row <= lastY; row++) {
    for (let column = firstX; column <= lastX; column++) {
      const left = column - 0.5 - x;
      const low = row - 0.5 - y;
      const area = circleOverlap(left, low, left + 1, low + 1, radius);
      out[row * width + column] = area;
      sum += area;
    }
  }
  return sum;
}
