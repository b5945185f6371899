/**
 * What this branch said about its rosters, each signed: a `voice` or a `reply` to a proposal, a `withdrawal` from a neighborhood; and which of its own questions is about what
 * was proposed to a neighborhood.
 */
export const ROSTER_WORDS = `
CREATE TABLE roster_word (
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	body TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (kind, about)
) STRICT, WITHOUT ROWID;
ALTER TABLE proposal ADD COLUMN deliberation TEXT;
`;
