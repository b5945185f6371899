/** Decisions on a page of a list. The newest page has up to twice as many. */
export const ON_A_PAGE = 100;

/**
 * Pages are numbered from the oldest, so that a page that is full never changes again: only the newest, which has no number, grows, and now and
 * then gives a whole page away.
 */
export function numberedPages(count: number): number {
	return Math.max(0, Math.floor(count / ON_A_PAGE) - 1);
}

/** What stands on a page, the newest first; on that without a number the newest of all. Null where there is no such page. */
export function pageOf<T>(oldestFirst: readonly T[], page: number | null): T[] | null {
	const numbered = numberedPages(oldestFirst.length);
	if (page === null) return oldestFirst.slice(numbered * ON_A_PAGE).reverse();
	if (page < 1 || page > numbered) return null;
	return oldestFirst.slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE).reverse();
}
