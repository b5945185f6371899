/** Posts of other kinds than notes, and people who are the branch itself. */
export const KINDS = `
ALTER TABLE post ADD COLUMN kind TEXT NOT NULL DEFAULT 'Note';
ALTER TABLE post ADD COLUMN title TEXT;
ALTER TABLE post ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
`;
