/**
 * Emoji of other servers. What a post or a name brought is a list of names and addresses with it; a picture is kept once for each address, with
 * when it was asked for last. Without a file it was asked for in vain.
 */
export const EMOJI = `
ALTER TABLE post ADD COLUMN emoji TEXT;
ALTER TABLE remote_actor ADD COLUMN emoji TEXT;

CREATE TABLE emoji_picture (
	url TEXT PRIMARY KEY,
	file TEXT,
	asked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX emoji_picture_asked ON emoji_picture (asked);
`;
