/** Pictures, sound and video of posts: ours, whose files lie in `media/`, and those of copies, which stay where they are until asked for. */
export const MEDIA = `
CREATE TABLE media (
	id INTEGER PRIMARY KEY,
	post INTEGER REFERENCES post (id),
	person INTEGER REFERENCES person (id),
	remote_url TEXT,
	kind TEXT NOT NULL,
	type TEXT NOT NULL,
	file TEXT,
	width INTEGER,
	height INTEGER,
	description TEXT NOT NULL DEFAULT '',
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX media_post ON media (post, id);
CREATE INDEX media_person ON media (person, post);
`;
