/** Pictures that are exact copies of what a list names; there is no row for any other. It goes with the picture. */
export const LIST_MATCHES = `
CREATE TABLE list_match (
	media INTEGER PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
	list TEXT NOT NULL,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	evidence TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
`;
