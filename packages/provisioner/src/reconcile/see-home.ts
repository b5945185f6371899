import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Drift, HomeSight } from '../drivers/driver.ts';
import { isBeingUpgraded } from '../store/upgrades.ts';

/** What the driver sees of a home; that it cannot tell is one of the things to see, with a sentence. */
export async function seeHome({ driver, log }: Context, place: string): Promise<HomeSight> {
	return driver.observe(place).catch((error: unknown): HomeSight => {
		log.warn('driver_failed', { error });
		const reason = error instanceof PublicError ? error.message : 'What runs the homes does not answer.';
		return { state: 'Unknown', reason };
	});
}

/** What came of comparing a home with what it was made of. */
export interface Comparison {
	readonly drift: Drift | null;
	/** `same`, `changed`; why it was not compared; null while an upgrade changes it, which leaves what was said. */
	readonly as: 'same' | 'changed' | 'unseen' | 'absent' | 'one_machine' | null;
}

/**
 * What somebody else changed about a home. One that was changed may never come up, so what is only coming is looked at too; what is absent is started, which
 * changes it back. Not while an upgrade is at it; and when nothing can be seen nothing is said: its sight tells of a lost cluster.
 */
export async function driftOf(
	{ database, driver, log }: Context,
	place: string,
	sight: HomeSight,
): Promise<Comparison> {
	if (!driver.drift) return { drift: null, as: 'one_machine' };
	if (sight.state === 'Absent') return { drift: null, as: sight.changed ? 'changed' : 'absent' };
	const drift = await driver.drift.look(place).catch((error: unknown) => {
		log.warn('drift_not_seen', { error });
		return 'unseen' as const;
	});
	if (drift === 'unseen') return { drift: null, as: 'unseen' };
	if (drift === null) return { drift, as: sight.state === 'Unknown' ? 'unseen' : 'same' };
	return (await isBeingUpgraded(database, place)) ? { drift: null, as: null } : { drift, as: 'changed' };
}
