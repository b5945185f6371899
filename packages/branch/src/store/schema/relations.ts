/** Whom people keep away from: `mute` and `hide` are their own affair, `block` holds both ways. */
export const RELATIONS = `
CREATE TABLE relation (
	id INTEGER PRIMARY KEY,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	object TEXT NOT NULL,
	until INTEGER,
	activity TEXT UNIQUE,
	created INTEGER NOT NULL,
	UNIQUE (actor, kind, object)
) STRICT;
CREATE INDEX relation_object ON relation (object, kind);
ALTER TABLE person ADD COLUMN asks_first INTEGER NOT NULL DEFAULT 0;
`;
