/** Arrays reused between measurements. */
export class MeasureWorkspace {}
