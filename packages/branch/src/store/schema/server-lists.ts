/**
 * Lists of servers that others publish, and what stands on them: each line is a draft until a host says something about it. `url` is null for a file that was read in once.
 * `gone`: the list does not have it any more.
 */
export const SERVER_LISTS = `
CREATE TABLE server_list (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	url TEXT UNIQUE,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL,
	due INTEGER,
	read INTEGER,
	fault TEXT,
	unread INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE server_draft (
	list INTEGER NOT NULL REFERENCES server_list (id) ON DELETE CASCADE,
	host TEXT NOT NULL,
	level TEXT NOT NULL,
	comment TEXT NOT NULL,
	state TEXT NOT NULL,
	came INTEGER NOT NULL,
	gone INTEGER,
	PRIMARY KEY (list, host)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_draft_host ON server_draft (host);
`;
