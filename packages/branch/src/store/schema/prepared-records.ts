/**
 * Records of cases that wait before they are given out, or were given out without telling the person because an order forbids it. The reference, the order's words, the
 * objection and the digest of what is given out are sealed; of the texts themselves there is no copy.
 */
export const PREPARED_RECORDS = `
CREATE TABLE prepared_record (
	id INTEGER PRIMARY KEY,
	decision TEXT NOT NULL REFERENCES decision (id),
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	digest TEXT NOT NULL,
	told INTEGER NOT NULL,
	forbidden TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL,
	due INTEGER NOT NULL,
	objection TEXT NOT NULL,
	objected INTEGER,
	outcome TEXT,
	closed INTEGER,
	closed_by TEXT
) STRICT;
CREATE INDEX prepared_record_decision ON prepared_record (decision, id);
CREATE INDEX prepared_record_open ON prepared_record (due) WHERE closed IS NULL;
`;
