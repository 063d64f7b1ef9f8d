import { SeededRandom } from "../../lib/core/random.ts";
import type { MeasurementModels } from "../../lib/photometry/measurement.ts";
import { PIXEL_ROLE } from "../../lib/photometry/pixel_roles.ts";

/** Planes of a target near the middle with one neighbour, noise of one, and a masked pixel. */
export function exampleModels(width: number, height: number): MeasurementModels {
  const random = new SeededRandom(5);
  const count = width * height;
  const plane = () => new Float64Array(count);
  const neighbor = { x: 0.75 * width, y: 0.7 * height, fluxMicroJy: 60 };
  const models = {
    width,
    height,
    raw: plane(),
    background: plane(),
    dataMinusBackground: plane(),
    pointModel: plane(),
    pointResidualSigma: plane(),
    jointModel: plane(),
    jointResidualSigma: plane(),
    roles: new Uint8Array(count),
    neighbors: [neighbor],
  };
  const star = (x: number, y: number, flux: number) => flux * Math.exp(-(x * x + y * y) / 2) / (2 * Math.PI);
  for (let i = 0; i < count; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const target = star(x - width / 2, y - height / 2, 120);
    const other = star(x - neighbor.x, y - neighbor.y, neighbor.fluxMicroJy);
    const noise = i === 2 ? NaN : random.normal();
    models.background[i] = 5 + 0.02 * x - 0.03 * y;
    models.dataMinusBackground[i] = target + other + noise;
    models.raw[i] = models.background[i]! + models.dataMinusBackground[i]!;
    models.pointModel[i] = target;
    models.jointModel[i] = target + other;
    models.pointResidualSigma[i] = other + noise;
    models.jointResidualSigma[i] = noise;
    models.roles[i] = i === 2
      ? 0
      : PIXEL_ROLE.usable | (target > 1 ? PIXEL_ROLE.footprint : PIXEL_ROLE.background);
  }
  return models;
}
