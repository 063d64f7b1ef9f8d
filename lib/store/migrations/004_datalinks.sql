-- Where the DataLink documents lead that access URLs named: a document can take the archive 12 seconds.
CREATE TABLE datalinks (
  url TEXT PRIMARY KEY,
  links_json TEXT NOT NULL,
  resolved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
