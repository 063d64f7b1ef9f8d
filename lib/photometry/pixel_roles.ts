/** What a pixel of the cutout is used for; bits of one byte. */
export const PIXEL_ROLE = {
  /** Finite, with a positive variance and no flag that the fit excludes. */
  usable: 1,
  /** Inside the fit box. */
  fitBox: 2,
  /** Within the core radius of the target. */
  core: 4,
  /** The template reaches the footprint threshold. */
  footprint: 8,
  /** Protected as the target: neither background nor neighbour. */
  protected: 16,
  /** In the footprint of a neighbour. */
  neighbor: 32,
  /** Used for the background. */
  background: 64,
  /** Searched for neighbours. */
  searched: 128,
} as const;
