/**
 * Posts that were sealed at once in an emergency, who had them in hands since then (each line names the one before it), and pages to the night desk that wait to be sent.
 */
export const QUARANTINE = `
CREATE TABLE quarantine (
	decision TEXT PRIMARY KEY REFERENCES decision (id),
	kind TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE custody (
	id INTEGER PRIMARY KEY,
	decision TEXT NOT NULL REFERENCES decision (id),
	what TEXT NOT NULL,
	staff_id TEXT,
	at INTEGER NOT NULL,
	evidence TEXT,
	digest TEXT NOT NULL
) STRICT;
CREATE INDEX custody_decision ON custody (decision, id);

CREATE TABLE night_page (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	path TEXT NOT NULL,
	created INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX night_page_next ON night_page (next_at);
`;
