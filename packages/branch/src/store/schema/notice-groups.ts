/** Notices of the same kind about the same thing stand together. Those of before are gathered by half days. */
export const NOTICE_GROUPS = `
ALTER TABLE notice ADD COLUMN group_key TEXT;
UPDATE notice SET group_key = kind || '-' || coalesce(post, '') || '-' || (created / 43200000)
WHERE kind IN ('star', 'share', 'follow');
CREATE INDEX notice_group ON notice (person, kind, post, id);
CREATE INDEX notice_unread ON notice (person) WHERE read IS NULL;
`;
