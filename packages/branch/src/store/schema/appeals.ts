/**
 * What can become of a decision: it is reversed, or somebody appeals and somebody else decides again, once a step. A decision may be about
 * a person as such, and may end by itself. Notices point at decisions, so they let go of them while the table is made anew.
 */
export const APPEALS = `
CREATE TEMP TABLE told AS SELECT id, decision FROM notice WHERE decision IS NOT NULL;
UPDATE notice SET decision = NULL WHERE decision IS NOT NULL;
CREATE TABLE decision_new (
	id TEXT PRIMARY KEY,
	post INTEGER REFERENCES post (id),
	person INTEGER REFERENCES person (id),
	rule TEXT NOT NULL,
	rule_version INTEGER NOT NULL,
	policy TEXT NOT NULL,
	policy_version INTEGER NOT NULL,
	actions TEXT NOT NULL,
	facts TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	appeal_until TEXT NOT NULL,
	created INTEGER NOT NULL,
	until INTEGER,
	CHECK (post IS NOT NULL OR person IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO decision_new
	SELECT id, post, person, rule, rule_version, policy, policy_version, actions, facts, staff_id, appeal_until, created, NULL
	FROM decision;
DROP TABLE decision;
ALTER TABLE decision_new RENAME TO decision;
CREATE INDEX decision_post ON decision (post) WHERE post IS NOT NULL;
CREATE INDEX decision_person ON decision (person) WHERE person IS NOT NULL;
CREATE INDEX decision_created ON decision (created);
UPDATE notice SET decision = (SELECT told.decision FROM told WHERE told.id = notice.id)
	WHERE id IN (SELECT id FROM told);
DROP TABLE told;

CREATE TABLE reversal (
	id TEXT PRIMARY KEY,
	decision TEXT NOT NULL UNIQUE REFERENCES decision (id),
	reason TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE appeal (
	id TEXT PRIMARY KEY,
	decision TEXT NOT NULL REFERENCES decision (id),
	step INTEGER NOT NULL,
	person INTEGER NOT NULL REFERENCES person (id),
	words TEXT NOT NULL,
	meanwhile TEXT NOT NULL,
	filed INTEGER NOT NULL,
	due TEXT NOT NULL,
	outcome TEXT,
	outcome_id TEXT UNIQUE,
	reason TEXT,
	staff_id TEXT,
	decided INTEGER,
	UNIQUE (decision, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX appeal_open ON appeal (filed) WHERE decided IS NULL;
`;
