/** Words that would make somebody look like the library, or that mean something in our addresses. */
export const RESERVED_HANDLES: ReadonlySet<string> = new Set(
	`about accountability actor admin administrator all announcements api ap app apps auth board branch card clerk contact council
	county desk director door everybody everyone everything help here home host hosts info inbox librarian libraries library
	login mail me media mod moderation moderator moderators neighborhood neighbors news nobody notices null official outbox owner
	postmaster privacy root rules security server session settings signin signout staff status steward support system undefined
	understory user webmaster welcome www`.split(/\s+/),
);
