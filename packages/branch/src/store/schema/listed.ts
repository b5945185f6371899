/** Whether search engines may list somebody's page and posts, which is theirs to say, and what a teen's parents said about posting for everyone. */
export const LISTED = `
ALTER TABLE person ADD COLUMN listed INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1));

CREATE TABLE parents_yes (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	said_by TEXT NOT NULL CHECK (said_by IN ('parent', 'guardian')),
	recorded INTEGER NOT NULL,
	recorded_by TEXT NOT NULL,
	ended INTEGER,
	ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX parents_yes_holds ON parents_yes (person) WHERE ended IS NULL;
CREATE INDEX parents_yes_person ON parents_yes (person, recorded);
`;
