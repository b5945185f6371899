/**
 * What quotes what, and whether whoever wrote the quoted post agrees (FEP-044f). `due`: when their consent is to be looked for. `quote_ask`:
 * somebody elsewhere asks to quote a post of ours by a post that has not come here.
 */
export const QUOTES = `
ALTER TABLE person ADD COLUMN quote_policy TEXT NOT NULL DEFAULT 'followers';
UPDATE person SET quote_policy = 'everyone' WHERE kind = 'branch';
ALTER TABLE post ADD COLUMN can_quote TEXT;

CREATE TABLE quote (
	post INTEGER PRIMARY KEY REFERENCES post (id),
	quoted INTEGER REFERENCES post (id),
	uri TEXT NOT NULL,
	state TEXT NOT NULL,
	stamp TEXT,
	request TEXT,
	changed INTEGER NOT NULL,
	checked INTEGER,
	due INTEGER,
	tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX quote_quoted ON quote (quoted, post) WHERE quoted IS NOT NULL;
CREATE INDEX quote_uri ON quote (uri);
CREATE INDEX quote_stamp ON quote (stamp) WHERE stamp IS NOT NULL;
CREATE INDEX quote_request ON quote (request) WHERE request IS NOT NULL;
CREATE INDEX quote_due ON quote (due) WHERE due IS NOT NULL;

CREATE TABLE quote_ask (
	activity TEXT PRIMARY KEY,
	actor TEXT NOT NULL,
	quoted INTEGER NOT NULL REFERENCES post (id),
	quoting TEXT NOT NULL,
	due INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX quote_ask_due ON quote_ask (due);
`;
