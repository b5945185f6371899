/** Which of the staff looked at what of people's, when and why. A row stays when what it names is gone, so it refers to nothing. */
export const ACCESSES = `
CREATE TABLE access (
	id INTEGER PRIMARY KEY,
	staff_id TEXT NOT NULL,
	what TEXT NOT NULL,
	why TEXT NOT NULL,
	decision TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_decision ON access (decision, staff_id, what, at);
CREATE INDEX access_at ON access (what, at);
`;
