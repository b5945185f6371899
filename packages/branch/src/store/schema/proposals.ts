/**
 * What hosts propose about other servers, whom it touches and what they answer (sealed). `wants` is a level, or `let_in`. One proposal about a server is open at a time.
 */
export const PROPOSALS = `
CREATE TABLE proposal (
	id TEXT PRIMARY KEY,
	host TEXT NOT NULL,
	wants TEXT NOT NULL,
	reason TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL,
	until INTEGER NOT NULL,
	emergency INTEGER NOT NULL,
	post INTEGER REFERENCES post (id),
	decision TEXT,
	decided INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX proposal_open ON proposal (host) WHERE decided IS NULL;

CREATE TABLE asked (
	proposal TEXT NOT NULL REFERENCES proposal (id),
	person INTEGER NOT NULL REFERENCES person (id),
	follows INTEGER NOT NULL,
	followers INTEGER NOT NULL,
	talks INTEGER NOT NULL,
	lists INTEGER NOT NULL,
	seen INTEGER,
	answer TEXT,
	words TEXT,
	shares INTEGER NOT NULL DEFAULT 0,
	answered INTEGER,
	PRIMARY KEY (proposal, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_person ON asked (person);

ALTER TABLE notice ADD COLUMN proposal TEXT REFERENCES proposal (id);
CREATE INDEX notice_proposal ON notice (proposal) WHERE proposal IS NOT NULL;
`;
