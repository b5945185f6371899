/** Accounts elsewhere that are somebody's too, and where they went. */
export const MOVES = `
ALTER TABLE person ADD COLUMN moved_to TEXT;
CREATE TABLE alias (
	person INTEGER NOT NULL REFERENCES person (id),
	actor TEXT NOT NULL,
	PRIMARY KEY (person, actor)
) STRICT, WITHOUT ROWID;
`;
