/** Newcomers who said when they joined that somebody may write to them to say hello, and who did. Swept when their first weeks are over. */
export const GREETINGS = `
CREATE TABLE greeting (
	person INTEGER PRIMARY KEY REFERENCES person (id),
	asked INTEGER NOT NULL,
	greeted INTEGER,
	staff_id TEXT,
	CHECK ((greeted IS NULL) = (staff_id IS NULL))
) STRICT;
`;
