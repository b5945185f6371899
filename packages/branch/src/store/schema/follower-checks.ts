/** People elsewhere who count other followers here than we do. */
export const FOLLOWER_CHECKS = `
CREATE TABLE follower_check (
	actor TEXT PRIMARY KEY,
	url TEXT NOT NULL,
	asked INTEGER NOT NULL,
	done INTEGER
) STRICT;
CREATE INDEX follower_check_open ON follower_check (asked) WHERE done IS NULL;
`;
