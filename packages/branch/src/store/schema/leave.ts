/** People who deleted their account: the row stays, empty, so that nobody else ever gets their handle or their number. */
export const LEAVE = `
ALTER TABLE person ADD COLUMN gone INTEGER;
`;
