/** Questions and what people chose. Who chose what is kept only until the question is over. */
export const POLLS = `
CREATE TABLE poll (
	post INTEGER PRIMARY KEY REFERENCES post (id),
	ends INTEGER,
	many INTEGER NOT NULL,
	voters INTEGER,
	closed INTEGER,
	refresh INTEGER
) STRICT;
CREATE INDEX poll_due ON poll (ends) WHERE closed IS NULL;
CREATE INDEX poll_refresh ON poll (refresh) WHERE refresh IS NOT NULL;

CREATE TABLE poll_choice (
	post INTEGER NOT NULL REFERENCES poll (post) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	name TEXT NOT NULL,
	votes INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (post, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE vote (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES poll (post) ON DELETE CASCADE,
	choice INTEGER NOT NULL,
	actor TEXT NOT NULL,
	UNIQUE (post, actor, choice)
) STRICT;
CREATE INDEX vote_actor ON vote (actor);
`;
