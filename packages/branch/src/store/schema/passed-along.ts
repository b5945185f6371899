/** Posts that somebody elsewhere passed along and that are not here yet. */
export const PASSED_ALONG = `
CREATE TABLE passed_along (
	activity TEXT PRIMARY KEY,
	uri TEXT NOT NULL,
	actor TEXT NOT NULL,
	due INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX passed_along_due ON passed_along (due);
`;
