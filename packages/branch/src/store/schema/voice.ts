/** Who of the staff wrote what the branch says in its own voice. */
export const VOICE = `
CREATE TABLE spoken (
	post INTEGER PRIMARY KEY REFERENCES post (id), staff_id TEXT NOT NULL, created INTEGER NOT NULL
) STRICT;
`;
