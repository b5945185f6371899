import type { CopyState } from '@understory/core/backup.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { RoleRow } from '../store/rows.ts';
import { DESIRED_LIFE, tellHome } from './actions.ts';

/** When to ask a home again how far it is, in milliseconds. */
export const ASK_AGAIN = 1_000;
/** For so long a home that does not answer is asked before a copy is given up, in milliseconds: an hour. */
const PATIENCE = 3_600_000;

/** What a column holds. */
const MOST_STEPS = 1_000_000_000;

/** Asks a home to do something, or how far it is. One that is silent is asked again for an hour after `asked`; one that refuses has refused. */
export async function askHome<Facts>(
	context: Context,
	home: RoleRow | undefined,
	path: string,
	order: object,
	asked: number,
): Promise<CopyState<Facts>> {
	const late = context.clock.now() - asked > PATIENCE;
	if (!home?.internal_url) return silent(late);
	try {
		const told = (await tellHome(context, home, path, { ...order, home: home.id })) as CopyState<Facts>;
		if (told?.state === 'underway') return { state: 'underway', ...progressIn(told.progress) };
		if (['done', 'failed'].includes(told?.state)) return told;
		return { state: 'failed', message: 'The home answered with something that says nothing of this.' };
	} catch (error) {
		context.log.warn('copy_not_asked', { error });
		if (error instanceof PublicError && error.code === 'home_refused')
			return { state: 'failed', message: error.message };
		return silent(late);
	}
}

/** Steps that a home tells; what is no such thing is left out. */
function progressIn(told: unknown): { progress?: { done: number; total: number } } {
	const { done, total } = (told ?? {}) as { done?: unknown; total?: unknown };
	const isCount = (count: unknown): count is number => Number.isInteger(count) && Number(count) >= 0;
	if (!isCount(done) || !isCount(total) || done > total || total > MOST_STEPS) return {};
	return { progress: { done, total } };
}

function silent<Facts>(late: boolean): CopyState<Facts> {
	return late
		? { state: 'failed', message: 'The home of this branch did not answer for an hour.' }
		: { state: 'underway' };
}

/** From when until when an order may be carried out, UTC milliseconds. */
export function lifeFrom(now: number): { issued: number; expires: number } {
	return { issued: now, expires: now + DESIRED_LIFE };
}
