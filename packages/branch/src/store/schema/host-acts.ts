/**
 * What hosts can do besides hiding: label, lock, remove to a sealed file, limit and suspend until a day. `follows`: the decision that said before that a longer
 * suspension is considered (`considers`, in days), and could be answered until then.
 */
export const HOST_ACTS = `
ALTER TABLE post ADD COLUMN label TEXT;
ALTER TABLE post ADD COLUMN locked TEXT;
ALTER TABLE decision ADD COLUMN considers INTEGER;
ALTER TABLE decision ADD COLUMN follows TEXT REFERENCES decision (id);

CREATE TABLE answer (
	decision TEXT PRIMARY KEY REFERENCES decision (id), words TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE limitation (
	decision TEXT NOT NULL REFERENCES decision (id),
	person INTEGER NOT NULL REFERENCES person (id),
	action TEXT NOT NULL,
	until INTEGER NOT NULL,
	PRIMARY KEY (decision, action)
) STRICT, WITHOUT ROWID;
CREATE INDEX limitation_person ON limitation (person, action, until);

CREATE TABLE case_file (
	decision TEXT NOT NULL REFERENCES decision (id),
	name TEXT NOT NULL,
	sealed TEXT NOT NULL,
	created INTEGER NOT NULL,
	PRIMARY KEY (decision, name)
) STRICT, WITHOUT ROWID;
`;
