-- What is measured in a cutout has a hash of its own, which does not depend on the way the file was fetched.
ALTER TABLE cutouts ADD COLUMN content_sha256 TEXT NOT NULL DEFAULT '';
-- The route that brought the file: cutout, truncated or cloud.
ALTER TABLE cutouts ADD COLUMN access_route TEXT NOT NULL DEFAULT 'cutout';
-- SHA-256 of the calibration product that holds the PSF which was left out of the file; null for a file with its own.
ALTER TABLE cutouts ADD COLUMN psf_file_sha256 TEXT;
UPDATE cutouts SET content_sha256 = sha256;
