/**
 * Lists of people, phrases somebody would rather be warned of, and the words of posts to search. `post_text` holds no copy of a text, only where
 * its words are; `store/posts.ts` keeps it up to date.
 */
export const BOARDS = `
CREATE TABLE list (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	name TEXT NOT NULL,
	exclusive INTEGER NOT NULL
) STRICT;
CREATE INDEX list_person ON list (person, id);
CREATE TABLE list_member (
	list INTEGER NOT NULL REFERENCES list (id) ON DELETE CASCADE, actor TEXT NOT NULL, PRIMARY KEY (list, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE filter (
	id INTEGER PRIMARY KEY,
	person INTEGER NOT NULL REFERENCES person (id),
	phrase TEXT NOT NULL,
	whole INTEGER NOT NULL,
	until INTEGER
) STRICT;
CREATE INDEX filter_person ON filter (person, id);

CREATE VIRTUAL TABLE post_text USING fts5(
	text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO post_text (rowid, text)
SELECT id, concat_ws(' ', title, summary, coalesce(source, content_html)) FROM post
WHERE deleted IS NULL AND hidden IS NULL;
`;
