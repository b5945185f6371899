/**
 * Parts of the board with a name and a purpose, each in the languages of the pages; what stands in none is on the main board. What a decision moved, from where and where to
 * (NULL: the main board), until that was taken back.
 */
export const SPACES = `
CREATE TABLE space (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	purpose TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	created INTEGER NOT NULL,
	ended INTEGER
) STRICT;

ALTER TABLE post ADD COLUMN space INTEGER REFERENCES space (id);
CREATE INDEX post_space ON post (space) WHERE space IS NOT NULL;

CREATE TABLE space_move (
	id INTEGER PRIMARY KEY,
	decision TEXT NOT NULL UNIQUE REFERENCES decision (id),
	post INTEGER NOT NULL REFERENCES post (id),
	was INTEGER REFERENCES space (id),
	now INTEGER REFERENCES space (id),
	lifted INTEGER
) STRICT;
CREATE INDEX space_move_post ON space_move (post);
`;
