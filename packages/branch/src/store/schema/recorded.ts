/** What was written into the log of versions of rules, of months, and of answers to servers; each answer stays, though the server's row changes. */
export const RECORDED = `
CREATE TABLE policy_in_force (
	policy TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
	PRIMARY KEY (policy, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE month_closed (month TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE server_answer (
	id TEXT PRIMARY KEY,
	origin TEXT NOT NULL,
	state TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
