/** How one says to another server that one comes to its event, and the page where it is said instead. */
export const EVENTS_ELSEWHERE = `
ALTER TABLE event ADD COLUMN told TEXT;
ALTER TABLE event ADD COLUMN outside TEXT;
CREATE UNIQUE INDEX attendance_activity ON attendance (activity) WHERE activity IS NOT NULL;
`;
