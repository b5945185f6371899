/** Keys of programs that act for somebody on the staff. */
export const STAFF_TOKENS = `
CREATE TABLE staff_token (
	id INTEGER PRIMARY KEY,
	staff_id TEXT NOT NULL,
	name TEXT NOT NULL,
	digest TEXT NOT NULL UNIQUE,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_token_staff ON staff_token (staff_id);
`;
