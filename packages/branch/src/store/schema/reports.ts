/** What people, here and elsewhere, ask the hosts to look at. */
export const REPORTS = `
CREATE TABLE report (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post (id),
	actor TEXT NOT NULL,
	words TEXT NOT NULL,
	told TEXT,
	created INTEGER NOT NULL,
	closed INTEGER,
	staff_id TEXT,
	UNIQUE (post, actor)
) STRICT;
CREATE INDEX report_open ON report (id) WHERE closed IS NULL;
`;
