/** People of other servers who come to an event here. */
export const JOINS = `
ALTER TABLE attendance ADD COLUMN activity TEXT;
`;
