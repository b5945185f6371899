/** Conversations somebody opened that may not be whole here. */
export const THREADS = `
CREATE TABLE thread_fetch (
	thread INTEGER PRIMARY KEY,
	asked INTEGER NOT NULL,
	done INTEGER
) STRICT;
CREATE INDEX thread_fetch_open ON thread_fetch (asked) WHERE done IS NULL;
CREATE INDEX post_reply_uri ON post (reply_uri) WHERE reply_to IS NULL AND reply_uri IS NOT NULL;
`;
