-- Answers over the whole project come from indexes: the rows themselves are large.
CREATE INDEX current_measurements
  ON measurements (source_id, product_id, measurement_id, science_recommended, detection_status) WHERE current = 1;
CREATE INDEX valid_cutouts ON cutouts (local_path, file_size_bytes) WHERE state = 'valid';
CREATE INDEX superseded_products ON products (product_id, superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX matches_by_product ON matches (product_id, source_id, active);
CREATE INDEX open_failures_by_code ON failures (code, resolved_at) WHERE resolved_at IS NULL;
CREATE INDEX unconfirmed_deletions ON cleanup_ledger (cutout_key) WHERE deleted_at IS NULL;

-- Whether the rows that outputs were made from have changed since. Whatever changes them says so.
ALTER TABLE outputs ADD COLUMN is_stale INTEGER NOT NULL DEFAULT 1 CHECK (is_stale IN (0, 1));
-- Versions of the columns and of the measuring code that the outputs were made with.
ALTER TABLE outputs ADD COLUMN versions TEXT NOT NULL DEFAULT '';
CREATE TRIGGER measured_after_outputs AFTER INSERT ON measurements BEGIN
  UPDATE outputs SET is_stale = 1 WHERE source_id = NEW.source_id;
END;
CREATE TRIGGER measurement_changed_after_outputs AFTER UPDATE OF current, row_hash ON measurements
WHEN OLD.current <> NEW.current OR OLD.row_hash <> NEW.row_hash BEGIN
  UPDATE outputs SET is_stale = 1 WHERE source_id = NEW.source_id;
END;
CREATE TRIGGER match_changed_after_outputs AFTER UPDATE OF active ON matches WHEN OLD.active <> NEW.active BEGIN
  UPDATE outputs SET is_stale = 1 WHERE source_id = NEW.source_id;
END;
CREATE TRIGGER product_superseded_after_outputs AFTER UPDATE OF superseded_by ON products
WHEN OLD.superseded_by IS NOT NEW.superseded_by BEGIN
  UPDATE outputs SET is_stale = 1
  WHERE source_id IN (SELECT source_id FROM matches WHERE product_id = NEW.product_id);
END;
