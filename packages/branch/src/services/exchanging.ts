import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { serverAt } from '../store/servers.ts';

type Asked = Pick<BranchContext, 'current' | 'book' | 'origin' | 'store' | 'restrictions'>;

/**
 * Does this branch exchange posts with the server of this origin: a neighbor always, another one as its mode of federation says: never
 * (`neighborhood`, `closed`), once a host let it in (`cautious`), or without asking (`open`)? Never with one that hosts suspended.
 */
export function exchangesWith(context: Asked, origin: string): boolean {
	const { federation } = context.current.branch();
	if (federation === 'closed' || origin === context.origin) return false;
	if (context.restrictions.stops(origin, 'everything')) return false;
	if (federation === 'open' || context.book.trust().neighborsOf(context.origin).has(origin)) return true;
	return federation === 'cautious' && stateOf(context, origin) === 'let_in';
}

/** The origin that a host name most likely has: the neighbor's own, or the usual one; in a town, whose own names are plain http, that. */
export function originAt(context: Pick<BranchContext, 'book' | 'origin'>, host: string): string {
	const neighbors = [...context.book.trust().neighborsOf(context.origin)];
	const town = context.origin.startsWith('http:') && /\.localhost(:\d+)?$/.test(host);
	const usual = originOf(`${town ? 'http' : 'https'}://${host}/`);
	return neighbors.find((origin) => new URL(origin).host === host) ?? usual;
}

function stateOf(context: Asked, origin: string) {
	return context.store.read((reading) => serverAt(reading, origin))?.state;
}
