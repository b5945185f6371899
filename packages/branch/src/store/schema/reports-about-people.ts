/** A report is about a post, or about somebody as such. */
export const REPORTS_ABOUT_PEOPLE = `
CREATE TABLE report_new (
	id INTEGER PRIMARY KEY,
	post INTEGER REFERENCES post (id),
	about TEXT,
	actor TEXT NOT NULL,
	words TEXT NOT NULL,
	told TEXT,
	created INTEGER NOT NULL,
	closed INTEGER,
	staff_id TEXT,
	UNIQUE (post, actor),
	UNIQUE (about, actor),
	CHECK ((post IS NULL) <> (about IS NULL))
) STRICT;
INSERT INTO report_new (id, post, actor, words, told, created, closed, staff_id)
	SELECT id, post, actor, words, told, created, closed, staff_id FROM report;
DROP TABLE report;
ALTER TABLE report_new RENAME TO report;
CREATE INDEX report_open ON report (id) WHERE closed IS NULL;
`;
