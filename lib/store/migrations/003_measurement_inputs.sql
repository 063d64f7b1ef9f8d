-- Every input of a measurement's identity is stored, so that a change can be named; null where it was not recorded.
ALTER TABLE measurements ADD COLUMN source_row_hash TEXT;
ALTER TABLE measurements ADD COLUMN target_hash TEXT;
ALTER TABLE measurements ADD COLUMN psf_calibration_id TEXT;
ALTER TABLE measurements ADD COLUMN flux_correction_calibration_id TEXT;
UPDATE measurements SET psf_calibration_id = json_extract(row_json, '$.psf_calibration_id'),
  flux_correction_calibration_id = json_extract(row_json, '$.flux_correction_calibration_id');
