-- 0 for an image whose outline holds the target and whose pixels do not; asked anew when the source's row changes.
ALTER TABLE matches ADD COLUMN covers INTEGER NOT NULL DEFAULT 1 CHECK (covers IN (0, 1));
