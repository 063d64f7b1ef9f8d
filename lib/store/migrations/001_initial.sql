CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  arguments_json TEXT NOT NULL,
  config_hash TEXT NOT NULL,
  package_version TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'success', 'partial_success', 'failed', 'interrupted')),
  counts_json TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE catalog_versions (
  catalog_version_id TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  ingested_at TEXT NOT NULL
) STRICT;

CREATE TABLE sources (
  source_id TEXT PRIMARY KEY,
  source_name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  right_ascension_deg REAL NOT NULL,
  declination_deg REAL NOT NULL,
  cutout_size_arcsec REAL,
  proper_motion_ra_mas_per_year REAL,
  proper_motion_dec_mas_per_year REAL,
  reference_epoch_year REAL,
  row_hash TEXT NOT NULL,
  extra_json TEXT NOT NULL,
  catalog_order INTEGER NOT NULL,
  catalog_version_id TEXT NOT NULL REFERENCES catalog_versions (catalog_version_id),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  retired_at TEXT
) STRICT;
CREATE INDEX sources_in_catalog_order ON sources (active, catalog_order);

-- One row for each source and collection asked: what lets discovery go on where it stopped.
CREATE TABLE discovery_queries (
  source_id TEXT NOT NULL REFERENCES sources (source_id),
  collection TEXT NOT NULL,
  query_hash TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  overflow INTEGER NOT NULL CHECK (overflow IN (0, 1)),
  completed_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (source_id, collection)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
  product_id TEXT PRIMARY KEY,
  collection TEXT NOT NULL,
  release TEXT NOT NULL,
  observation_id TEXT NOT NULL,
  detector INTEGER NOT NULL CHECK (detector BETWEEN 1 AND 6),
  planning_period TEXT NOT NULL,
  processing_version TEXT NOT NULL,
  processing_date TEXT NOT NULL,
  parent_filename TEXT NOT NULL,
  access_url TEXT NOT NULL,
  cloud_key TEXT,
  start_mjd REAL,
  end_mjd REAL,
  product_json TEXT NOT NULL,
  superseded_by TEXT REFERENCES products (product_id),
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX products_by_observation ON products (observation_id, detector);

CREATE TABLE matches (
  source_id TEXT NOT NULL REFERENCES sources (source_id),
  product_id TEXT NOT NULL REFERENCES products (product_id),
  search_radius_arcsec REAL NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  PRIMARY KEY (source_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE calibration_products (
  calibration_id TEXT PRIMARY KEY,
  release TEXT NOT NULL,
  product TEXT NOT NULL,
  detector INTEGER NOT NULL CHECK (detector BETWEEN 1 AND 6),
  version TEXT NOT NULL,
  version_rank INTEGER NOT NULL,
  filename TEXT NOT NULL,
  relative_path TEXT NOT NULL,
  source_url TEXT NOT NULL,
  file_size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  validation_status TEXT NOT NULL,
  validation_reason TEXT,
  summary_json TEXT NOT NULL,
  registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_by_kind ON calibration_products (release, product, detector, version_rank);

CREATE TABLE cutouts (
  cutout_key TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES sources (source_id),
  product_id TEXT NOT NULL REFERENCES products (product_id),
  local_path TEXT NOT NULL,
  size_arcsec REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('valid', 'invalid', 'deleted')),
  file_size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  validation_status TEXT NOT NULL,
  validation_reason TEXT,
  validation_json TEXT NOT NULL,
  validated_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX cutouts_by_source ON cutouts (source_id);

CREATE TABLE measurements (
  measurement_id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES sources (source_id),
  product_id TEXT NOT NULL REFERENCES products (product_id),
  cutout_key TEXT NOT NULL REFERENCES cutouts (cutout_key),
  cutout_sha256 TEXT NOT NULL,
  spectral_wcs_calibration_id TEXT NOT NULL,
  solid_angle_calibration_id TEXT NOT NULL,
  photometry_config_hash TEXT NOT NULL,
  code_version TEXT NOT NULL,
  schema_version TEXT NOT NULL,
  detector INTEGER NOT NULL,
  wavelength_micron REAL,
  flux_micro_jy REAL,
  flux_error_micro_jy REAL,
  measurement_status TEXT NOT NULL,
  detection_status TEXT NOT NULL,
  science_recommended INTEGER NOT NULL CHECK (science_recommended IN (0, 1)),
  photometry_flags TEXT NOT NULL,
  row_json TEXT NOT NULL,
  row_hash TEXT NOT NULL,
  provenance_json TEXT NOT NULL,
  current INTEGER NOT NULL CHECK (current IN (0, 1)),
  created_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX measurements_by_source ON measurements (source_id, current);
CREATE UNIQUE INDEX one_current_measurement ON measurements (source_id, product_id) WHERE current = 1;

CREATE TABLE work_items (
  source_id TEXT NOT NULL REFERENCES sources (source_id),
  product_id TEXT NOT NULL REFERENCES products (product_id),
  state TEXT NOT NULL,
  reason TEXT,
  measurement_id TEXT,
  updated_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (source_id, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_items_by_state ON work_items (state);

CREATE TABLE failures (
  failure_id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('discovery', 'download', 'validation', 'fit', 'output')),
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  hint TEXT,
  context_json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  resolved_at TEXT
) STRICT;
CREATE INDEX open_failures ON failures (source_id, product_id) WHERE resolved_at IS NULL;

CREATE TABLE source_states (
  source_id TEXT PRIMARY KEY REFERENCES sources (source_id),
  state TEXT NOT NULL CHECK (state IN ('planned', 'source_complete', 'source_partial', 'source_failed', 'source_output_failed')),
  reason TEXT,
  updated_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outputs (
  source_id TEXT PRIMARY KEY REFERENCES sources (source_id),
  manifest_hash TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  rows_hash TEXT NOT NULL,
  config_hash TEXT NOT NULL,
  published_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Written before a cutout is deleted; deleted_at follows once the file is gone.
CREATE TABLE cleanup_ledger (
  cutout_key TEXT NOT NULL REFERENCES cutouts (cutout_key),
  sha256 TEXT NOT NULL,
  local_path TEXT NOT NULL,
  file_size_bytes INTEGER NOT NULL,
  policy TEXT NOT NULL,
  manifest_hash TEXT NOT NULL,
  planned_at TEXT NOT NULL,
  deleted_at TEXT,
  run_id TEXT NOT NULL,
  PRIMARY KEY (cutout_key, sha256)
) STRICT, WITHOUT ROWID;

-- Seconds and items of each stage of past runs, for the time left in the progress line.
CREATE TABLE stage_costs (
  stage TEXT PRIMARY KEY,
  items INTEGER NOT NULL,
  seconds REAL NOT NULL
) STRICT, WITHOUT ROWID;
