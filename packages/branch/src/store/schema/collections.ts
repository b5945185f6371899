/** Where somebody elsewhere keeps what they pinned; and answers by what they answer. */
export const COLLECTIONS = `
ALTER TABLE remote_actor ADD COLUMN featured TEXT;
CREATE INDEX post_reply ON post (reply_to, id) WHERE reply_to IS NOT NULL;
`;
