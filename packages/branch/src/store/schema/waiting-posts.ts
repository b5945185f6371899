/** Posts for the neighborhood and for everyone that were written in quiet hours, and go out when these are over. */
export const WAITING_POSTS = `
CREATE TABLE waiting_post (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	draft TEXT NOT NULL,
	due INTEGER NOT NULL,
	fault TEXT
) STRICT;
CREATE INDEX waiting_post_due ON waiting_post (due) WHERE fault IS NULL;
CREATE INDEX waiting_post_person ON waiting_post (person, id);
`;
