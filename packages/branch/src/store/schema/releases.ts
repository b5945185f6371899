/**
 * Somebody lets one office read one case until a day; each time that was read; and what the office asked the library, with what came of it. Of a code only its digest is
 * kept. One question of a release is open at a time.
 */
export const RELEASES = `
CREATE TABLE case_release (
	id TEXT PRIMARY KEY,
	decision TEXT NOT NULL REFERENCES decision (id),
	person INTEGER NOT NULL REFERENCES person (id),
	office TEXT NOT NULL,
	until TEXT NOT NULL,
	words INTEGER NOT NULL,
	code TEXT NOT NULL UNIQUE,
	taken_by TEXT,
	created INTEGER NOT NULL,
	revoked INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX case_release_decision ON case_release (decision);
CREATE INDEX case_release_person ON case_release (person) WHERE revoked IS NULL;

CREATE TABLE release_look (
	id INTEGER PRIMARY KEY,
	release TEXT NOT NULL REFERENCES case_release (id),
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX release_look_release ON release_look (release);

CREATE TABLE office_question (
	id TEXT PRIMARY KEY,
	release TEXT NOT NULL REFERENCES case_release (id),
	words TEXT NOT NULL,
	due TEXT NOT NULL,
	asked INTEGER NOT NULL,
	outcome TEXT,
	outcome_id TEXT UNIQUE,
	answer TEXT,
	staff_id TEXT,
	closed INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX office_question_open ON office_question (release) WHERE closed IS NULL;
CREATE INDEX office_question_asked ON office_question (asked);
CREATE INDEX office_question_closed ON office_question (closed) WHERE closed IS NOT NULL;
`;
