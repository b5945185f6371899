/** Who gave a matter to whom, and when; and how far a member of the staff has read what is told to them about it. */
export const MATTER_MOVES = `
CREATE TABLE matter_move (
	id INTEGER PRIMARY KEY,
	matter INTEGER NOT NULL REFERENCES matter (id),
	what TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	to_staff TEXT,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX matter_move_matter ON matter_move (matter, id);

CREATE TABLE staff_read (
	staff_id TEXT PRIMARY KEY,
	move INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
