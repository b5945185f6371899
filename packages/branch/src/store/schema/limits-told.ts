/** Whoever was limited or suspended is told when it is over; of what was over before they could be told, nobody is. */
export const LIMITS_TOLD = `
ALTER TABLE limitation ADD COLUMN told INTEGER;
UPDATE limitation SET told = until WHERE until <= unixepoch() * 1000;
CREATE INDEX limitation_until ON limitation (until) WHERE told IS NULL;
`;
