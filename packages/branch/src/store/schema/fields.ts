/** What people say of themselves in lines of their own, and the links among it that are theirs. */
export const FIELDS = `
CREATE TABLE profile_field (
	person INTEGER NOT NULL REFERENCES person (id),
	n INTEGER NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	check_at INTEGER,
	verified INTEGER,
	PRIMARY KEY (person, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_field_check ON profile_field (check_at) WHERE check_at IS NOT NULL;
`;
