/** The tables a branch began with. */
export const FIRST = `
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_key (
	name TEXT PRIMARY KEY, public TEXT NOT NULL, sealed TEXT NOT NULL, created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
	id INTEGER PRIMARY KEY,
	sub TEXT NOT NULL UNIQUE,
	handle TEXT NOT NULL COLLATE NOCASE UNIQUE,
	name TEXT NOT NULL,
	summary_source TEXT NOT NULL DEFAULT '',
	summary_html TEXT NOT NULL DEFAULT '',
	age_band TEXT NOT NULL,
	standing TEXT NOT NULL,
	staff_id TEXT,
	default_scope TEXT NOT NULL DEFAULT 'branch',
	language TEXT NOT NULL,
	rules_agreed TEXT NOT NULL,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	sid TEXT PRIMARY KEY, data TEXT NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);

CREATE TABLE remote_actor (
	id INTEGER PRIMARY KEY,
	uri TEXT NOT NULL UNIQUE,
	origin TEXT NOT NULL,
	host TEXT NOT NULL,
	handle TEXT NOT NULL,
	name TEXT NOT NULL,
	inbox TEXT NOT NULL,
	shared_inbox TEXT,
	url TEXT,
	updated INTEGER NOT NULL
) STRICT;
CREATE INDEX remote_actor_address ON remote_actor (handle COLLATE NOCASE, host);

CREATE TABLE post (
	id INTEGER PRIMARY KEY,
	uri TEXT NOT NULL UNIQUE,
	url TEXT,
	person INTEGER REFERENCES person (id),
	remote INTEGER REFERENCES remote_actor (id),
	content_html TEXT NOT NULL,
	source TEXT,
	summary TEXT,
	language TEXT,
	scope TEXT NOT NULL,
	audience TEXT NOT NULL,
	mentions TEXT NOT NULL DEFAULT '[]',
	reply_to INTEGER REFERENCES post (id),
	reply_uri TEXT,
	thread INTEGER NOT NULL,
	created INTEGER NOT NULL,
	edited INTEGER,
	deleted INTEGER,
	hidden TEXT,
	CHECK ((person IS NULL) <> (remote IS NULL))
) STRICT;
CREATE INDEX post_thread ON post (thread, id);
CREATE INDEX post_person ON post (person, id) WHERE person IS NOT NULL;
CREATE INDEX post_remote ON post (remote, id) WHERE remote IS NOT NULL;
CREATE INDEX post_scope ON post (scope, id);

CREATE TABLE follow (
	id INTEGER PRIMARY KEY,
	follower TEXT NOT NULL,
	followed TEXT NOT NULL,
	activity TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	UNIQUE (follower, followed)
) STRICT;
CREATE INDEX follow_followed ON follow (followed, state);

CREATE TABLE delivery (
	id INTEGER PRIMARY KEY,
	what TEXT NOT NULL,
	post INTEGER REFERENCES post (id),
	about TEXT NOT NULL,
	sender TEXT NOT NULL,
	origin TEXT NOT NULL,
	inbox TEXT NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	next_at INTEGER NOT NULL,
	outcome TEXT,
	finished INTEGER
) STRICT;
CREATE INDEX delivery_due ON delivery (next_at, id) WHERE finished IS NULL;
CREATE INDEX delivery_post ON delivery (post) WHERE post IS NOT NULL;

CREATE TABLE received (activity TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX received_at ON received (at);

CREATE TABLE decision (
	id TEXT PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post (id),
	person INTEGER REFERENCES person (id),
	rule TEXT NOT NULL,
	rule_version INTEGER NOT NULL,
	policy TEXT NOT NULL,
	policy_version INTEGER NOT NULL,
	actions TEXT NOT NULL,
	facts TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	appeal_until TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_post ON decision (post);

CREATE TABLE staff_number (
	staff_id TEXT NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL,
	PRIMARY KEY (staff_id, year), UNIQUE (year, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL,
	post INTEGER REFERENCES post (id),
	actor TEXT,
	decision TEXT REFERENCES decision (id),
	created INTEGER NOT NULL,
	read INTEGER
) STRICT;
CREATE INDEX notice_person ON notice (person, id);

CREATE TABLE entry (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	body TEXT NOT NULL,
	disclosures TEXT NOT NULL,
	digest TEXT NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	next_at INTEGER NOT NULL,
	sent INTEGER
) STRICT;
CREATE INDEX entry_due ON entry (next_at) WHERE sent IS NULL;

CREATE TABLE roster (
	id TEXT PRIMARY KEY, body TEXT NOT NULL, fetched INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consent (
	neighborhood TEXT PRIMARY KEY, charter TEXT NOT NULL, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cache (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX cache_expires ON cache (expires);
`;
