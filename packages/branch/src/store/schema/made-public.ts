/**
 * What the log commits to of a decision's post and nobody was handed, sealed; what the person it is about made public of it, and when they took that back. `unsealed`: disclosures of
 * an earlier entry that go out with this one.
 */
export const MADE_PUBLIC = `
CREATE TABLE withheld_text (
	decision TEXT PRIMARY KEY REFERENCES decision (id), disclosure TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE made_public (
	decision TEXT PRIMARY KEY REFERENCES decision (id),
	id TEXT NOT NULL UNIQUE,
	fields TEXT NOT NULL,
	at INTEGER NOT NULL,
	taken_back INTEGER,
	back_id TEXT UNIQUE
) STRICT, WITHOUT ROWID;

ALTER TABLE entry ADD COLUMN unsealed TEXT NOT NULL DEFAULT '[]';
`;
