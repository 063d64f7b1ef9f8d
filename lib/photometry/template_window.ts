/** The pixels around the target in which templates have light, and what the fit knows of them. */
export class TemplateWindow {
  /** First column in the cutout. */
  originX: number = 0;
  /** First row in the cutout. */
  originY: number = 0;
  /** Pixels along x. */
  width: number = 0;
  /** Pixels along y. */
  height: number = 0;
  /** Data, microjansky per pixel. */
  data: Float64Array = new Float64Array(0);
  /** Inverse variance of the pixels that are fitted, else 0. */
  fitWeight: Float64Array = new Float64Array(0);
  /** Inverse variance of the pixels of the background, else 0. */
  backgroundWeight: Float64Array = new Float64Array(0);
  /** Inverse variance of the pixels that serve for both, else 0. */
  sharedWeight: Float64Array = new Float64Array(0);
  /** Background columns. */
  readonly basis: Float64Array[] = Array.from({ length: 4 }, () => new Float64Array(0));
  /** Templates of unit flux, the target first. */
  readonly templates: Float64Array[] = [];

  /** Number of pixels. */
  get count(): number {
    return this.width * this.height;
  }

  /**
   * Lays the window over the pixels within `half` of the pixel nearest to (x, y), cut at the edges of the
   * cutout. It is empty when they do not meet or the place is not finite.
   */
  place(x: number, y: number, half: number, cutoutWidth: number, cutoutHeight: number): void {
    this.width = 0;
    this.height = 0;
    if (!Number.isFinite(x + y)) return;
    const left = Math.max(Math.round(x) - half, 0);
    const top = Math.max(Math.round(y) - half, 0);
    this.originX = left;
    this.originY = top;
    this.width = Math.max(Math.min(Math.round(x) + half, cutoutWidth - 1) - left + 1, 0);
    this.height = Math.max(Math.min(Math.round(y) + half, cutoutHeight - 1) - top + 1, 0);
    if (this.data.length >= this.count) return;
    this.data = new Float64Array(this.count);
    this.fitWeight = new Float64Array(this.count);
    this.backgroundWeight = new Float64Array(this.count);
    this.sharedWeight = new Float64Array(this.count);
    for (let k = 0; k < this.basis.length; k++) this.basis[k] = new Float64Array(this.count);
    this.templates.length = 0;
  }

  /** The array of template `index`, made when it is first asked for. */
  template(index: number): Float64Array {
    while (this.templates.length <= index) this.templates.push(new Float64Array(this.data.length));
    return this.templates[index]!;
  }

  /** Index in the cutout of the first pixel of a row of the window. */
  cutoutRow(row: number, cutoutWidth: number): number {
    return (this.originY + row) * cutoutWidth + this.originX;
  }
}
