/** Sessions are found by what the card issuer calls them, and each of its logout tokens is taken once. */
export const CARD_SESSIONS = `
CREATE INDEX session_card_sid ON session (json_extract(data, '$.cardSession')) WHERE json_extract(data, '$.cardSession') IS NOT NULL;
CREATE INDEX session_card_sub ON session (json_extract(data, '$.claims.sub')) WHERE json_extract(data, '$.claims.sub') IS NOT NULL;
CREATE TABLE logout_token (
	jti TEXT PRIMARY KEY, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
