/** How posts read before they were changed, and the topics they name. */
export const WRITE = `
CREATE TABLE post_version (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post (id),
	content_html TEXT NOT NULL,
	summary TEXT,
	sensitive INTEGER NOT NULL,
	language TEXT,
	since INTEGER NOT NULL
) STRICT;
CREATE INDEX post_version_post ON post_version (post, id);

CREATE TABLE post_tag (
	name TEXT NOT NULL, post INTEGER NOT NULL REFERENCES post (id), shown TEXT NOT NULL, PRIMARY KEY (name, post)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_tag_post ON post_tag (post);
`;
