-- What many images have in common: folder, collection, band. Rows of one kind differ in place and time only.
CREATE TABLE kinds (
  kind_id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  kind_json TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE footprints (
  footprint_id INTEGER PRIMARY KEY,
  kind_id INTEGER NOT NULL REFERENCES kinds,
  file_name TEXT NOT NULL,
  dataset TEXT NOT NULL,
  -- Right ascension and declination of each corner, degrees, 64-bit floats.
  outline BLOB NOT NULL,
  center_ra_deg REAL,
  center_dec_deg REAL,
  start_mjd REAL,
  end_mjd REAL,
  size_kb REAL,
  released_at TEXT,
  UNIQUE (file_name, kind_id)
) STRICT;

-- Boxes around the footprints on the unit sphere: no pole and no RA 0 to mind.
CREATE VIRTUAL TABLE footprint_boxes USING rtree(
  footprint_id, low_x, high_x, low_y, high_y, low_z, high_z
);

-- One pass over a collection: all rows, or those released since a date.
CREATE TABLE sweeps (
  sweep_id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  released_since TEXT,
  start_mjd REAL NOT NULL,
  end_mjd REAL NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;

-- The slices of time that a sweep has brought in, so that an interrupted one goes on.
CREATE TABLE slices (
  sweep_id INTEGER NOT NULL REFERENCES sweeps,
  start_mjd REAL NOT NULL,
  end_mjd REAL NOT NULL,
  row_count INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, start_mjd)
) STRICT, WITHOUT ROWID;
