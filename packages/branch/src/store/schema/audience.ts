/** The collection of a remote actor's followers: posts for them are addressed to it. */
export const AUDIENCE = `
ALTER TABLE remote_actor ADD COLUMN followers TEXT;
`;
