/**
 * What hosts decided about other servers, and the follows that a suspension set aside: each the row it was, so that it can be put back as it was.
 * `server_decision.id` is the number of its entry in the log, as in `server_answer`.
 */
export const RESTRICTIONS = `
CREATE TABLE restriction (
	host TEXT PRIMARY KEY,
	level TEXT NOT NULL,
	decision TEXT NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER,
	review INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE server_decision (
	id TEXT PRIMARY KEY,
	host TEXT NOT NULL,
	level TEXT,
	reason TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	at INTEGER NOT NULL,
	until INTEGER,
	review INTEGER,
	asked INTEGER NOT NULL,
	answered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX server_decision_host ON server_decision (host, at);

CREATE TABLE follow_aside (
	id INTEGER PRIMARY KEY,
	follower TEXT NOT NULL,
	followed TEXT NOT NULL,
	activity TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	UNIQUE (follower, followed)
) STRICT;
CREATE INDEX follow_aside_followed ON follow_aside (followed);

CREATE INDEX remote_actor_origin ON remote_actor (origin);
CREATE INDEX list_member_actor ON list_member (actor);
`;
