import type { BranchContext } from '../../context.ts';
import { knownOrigins } from '../../store/restrictions.ts';
import { touchedBy } from '../../store/touched.ts';
import type { Unread } from '../read-published.ts';
import type { Level } from './levels.ts';
import { fetchList } from './lists.ts';
import { WEEKS } from './previewing.ts';
import type { Listed } from './read-list.ts';
import { checkDecides } from './ruling.ts';

const WEEK = 7 * 24 * 60 * 60_000;
/** So many of its servers are named on a page, those first that people here know. */
const NAMED = 100;

/** What a list holds at this moment, and how many people here have to do with somebody at a server on it. */
export interface ListLook {
	readonly count: number;
	readonly levels: ReadonlyMap<Level, number>;
	readonly named: readonly Listed[];
	readonly people: number;
}

/** Reads a list that nobody here follows, and keeps nothing of it. Never throws for what the other end does: then the answer says why it could not be read. Throws NotAllowed. */
export async function lookAtList(
	context: BranchContext,
	staffId: string,
	url: string,
): Promise<ListLook | Unread> {
	checkDecides(context, staffId);
	const found = await fetchList(context, url);
	if (typeof found === 'string') return found;
	const { listed } = found;
	const levels = new Map<Level, number>();
	for (const { level } of listed) levels.set(level, (levels.get(level) ?? 0) + 1);
	const names = new Set(listed.map(({ host }) => host));
	const { known, people } = context.store.read((reading) => {
		const origins = knownOrigins(reading).filter((origin) =>
			namesAbove(origin).some((one) => names.has(one)),
		);
		const since = context.clock.now() - WEEKS * WEEK;
		const touched = touchedBy(reading, { origins, users: context.at.below('/ap/users/'), since });
		return { known: new Set(origins.flatMap(namesAbove)), people: touched.length };
	});
	const first = listed.filter(({ host }) => known.has(host));
	const rest = listed.filter(({ host }) => !known.has(host));
	return { count: listed.length, levels, named: [...first, ...rest].slice(0, NAMED), people };
}

/** The name of a server and every name it stands below: a list may say any of them. */
function namesAbove(origin: string): string[] {
	const parts = new URL(origin).host.split('.');
	return parts.map((_, at) => parts.slice(at).join('.'));
}
