/**
 * What keeps a case from being destroyed when its time is over (a legal hold), and what was destroyed when it was: of which class, how many cases, and no more.
 */
export const RECORDS = `
CREATE TABLE legal_hold (
	id INTEGER PRIMARY KEY,
	decision TEXT NOT NULL REFERENCES decision (id),
	reason TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL,
	released INTEGER,
	released_by TEXT
) STRICT;
CREATE UNIQUE INDEX legal_hold_open ON legal_hold (decision) WHERE released IS NULL;

CREATE TABLE destruction (
	id INTEGER PRIMARY KEY,
	class TEXT NOT NULL,
	count INTEGER NOT NULL,
	years INTEGER NOT NULL,
	at INTEGER NOT NULL
) STRICT;
`;
