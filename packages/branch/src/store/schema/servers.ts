/** Servers that asked to exchange posts with a cautious branch, and what its hosts said. */
export const SERVERS = `
CREATE TABLE server (
	origin TEXT PRIMARY KEY,
	state TEXT NOT NULL,
	asked INTEGER NOT NULL,
	decided INTEGER,
	staff_id TEXT,
	reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
`;
