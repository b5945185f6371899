/** Files somebody brought from elsewhere, line by line: what is to be done with each, and what became of it. */
export const IMPORTS = `
CREATE TABLE import (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL,
	overwrite INTEGER NOT NULL,
	state TEXT NOT NULL,
	doubt TEXT,
	created INTEGER NOT NULL,
	due INTEGER,
	finished INTEGER
) STRICT;
CREATE INDEX import_person ON import (person, id);
CREATE INDEX import_due ON import (due) WHERE due IS NOT NULL;

CREATE TABLE import_row (
	import INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	takes INTEGER NOT NULL,
	line INTEGER,
	subject TEXT NOT NULL,
	host TEXT,
	list TEXT,
	object TEXT,
	state TEXT NOT NULL,
	reason TEXT,
	tries INTEGER NOT NULL DEFAULT 0,
	due INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (import, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_row_waits ON import_row (import, due, n) WHERE state = 'waits';
`;
