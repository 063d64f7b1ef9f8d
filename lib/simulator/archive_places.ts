/** Where the archive's own URLs begin. */
export interface ArchivePlaces {
  /** Files. */
  readonly ibeBaseUrl: string;
  /** DataLink documents. */
  readonly datalinkUrl: string;
}
