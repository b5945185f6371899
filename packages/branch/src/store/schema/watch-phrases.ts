/** Phrases that bring a post to the hosts, and do nothing else to it. */
export const WATCH_PHRASES = `
CREATE TABLE watch_phrase (
	id INTEGER PRIMARY KEY,
	phrase TEXT NOT NULL,
	whole INTEGER NOT NULL,
	why TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;
`;
