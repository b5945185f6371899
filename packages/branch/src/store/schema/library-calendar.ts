/** What stands in the library's own calendar, as it was last read. */
export const LIBRARY_CALENDAR = `
CREATE TABLE calendar_entry (
	n INTEGER PRIMARY KEY,
	title TEXT NOT NULL,
	starts INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	all_day INTEGER NOT NULL,
	place TEXT NOT NULL,
	url TEXT
) STRICT;
CREATE INDEX calendar_entry_ends ON calendar_entry (ends);
`;
