/** Events and who comes. */
export const EVENTS = `
CREATE TABLE event (
	post INTEGER PRIMARY KEY REFERENCES post (id),
	starts INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	zone TEXT NOT NULL,
	place TEXT NOT NULL,
	address TEXT NOT NULL,
	access TEXT NOT NULL,
	online TEXT,
	capacity INTEGER,
	joining TEXT NOT NULL,
	cancelled INTEGER
) STRICT;
CREATE INDEX event_ends ON event (ends);

CREATE TABLE attendance (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post (id),
	actor TEXT NOT NULL,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	UNIQUE (post, actor)
) STRICT;
CREATE INDEX attendance_actor ON attendance (actor);
`;
