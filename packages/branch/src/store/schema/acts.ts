/** What people did with a post: starred it, passed it along, kept it for themselves, or pinned it to their page. */
export const ACTS = `
CREATE TABLE act (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	post INTEGER NOT NULL REFERENCES post (id),
	actor TEXT NOT NULL,
	activity TEXT UNIQUE,
	created INTEGER NOT NULL,
	UNIQUE (kind, post, actor)
) STRICT;
CREATE INDEX act_post ON act (post, kind, id);
CREATE INDEX act_actor ON act (actor, kind, id);
`;
