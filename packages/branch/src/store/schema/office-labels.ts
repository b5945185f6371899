/**
 * What somebody's account is labelled as: of an office, or a personal one of who holds it; each with the person's own word, and who set it. Whom a quorum was told of, once
 * for each conversation and body.
 */
export const OFFICE_LABELS = `
CREATE TABLE office_label (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL CHECK (kind IN ('official', 'personal')),
	body TEXT NOT NULL,
	role TEXT NOT NULL,
	holder TEXT,
	division TEXT,
	said INTEGER NOT NULL,
	set_at INTEGER,
	set_by TEXT,
	reminded INTEGER,
	ended INTEGER,
	ended_why TEXT,
	ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX office_label_open ON office_label (person) WHERE ended IS NULL;

CREATE TABLE quorum_told (
	thread INTEGER NOT NULL,
	body TEXT NOT NULL,
	person INTEGER NOT NULL REFERENCES person (id),
	at INTEGER NOT NULL,
	PRIMARY KEY (thread, body, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX quorum_told_person ON quorum_told (person);
`;
