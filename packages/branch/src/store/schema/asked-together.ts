/** Questions about several servers that were asked as one: they share a random number. */
export const ASKED_TOGETHER = `
ALTER TABLE proposal ADD COLUMN together TEXT;
CREATE INDEX proposal_together ON proposal (together) WHERE together IS NOT NULL;
`;
