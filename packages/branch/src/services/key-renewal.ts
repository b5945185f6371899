import type { BranchContext } from '../context.ts';
import { oldestActorKeys } from '../store/keys.ts';
import { personById } from '../store/people.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { sendProfile } from './outbox.ts';

/** How long the keys of an actor are used, in milliseconds. */
export const KEYS_LIVE = 365 * 24 * 60 * 60_000;
/** So many are made at a time: each costs a moment of a core. */
const AT_ONCE = 4;

/** A host wants new keys for everybody, because somebody else may have had the folder in hand. Done in the background. */
export function askForNewKeys(context: BranchContext): void {
	context.store.transact((writing) => writeSetting(writing, 'keys_before', context.clock.now()));
	context.wake();
}

/**
 * Makes new keys for the actors whose keys are too old, and tells those who know them. Other servers ask for a key again when a signature
 * does not fit it, so that what is under way arrives all the same.
 */
export async function renewKeys(context: BranchContext): Promise<void> {
	const due = context.store.read((reading) => oldestActorKeys(reading, AT_ONCE));
	for (const { name, created } of due) {
		if (created >= latest(context)) return;
		const id = name.slice('actor:'.length);
		await context.keyring.renewActorKeys(id);
		context.store.transact((writing) => {
			const person = personById(writing, Number(id));
			if (person) sendProfile(context, writing, person);
		});
	}
}

/** When `renewKeys` is to be called, or null. */
export function nextRenewalAt(context: BranchContext): number | null {
	const [oldest] = context.store.read((reading) => oldestActorKeys(reading, 1));
	if (!oldest) return null;
	return oldest.created < latest(context) ? context.clock.now() : oldest.created + KEYS_LIVE;
}

/** Keys made before then are too old. */
function latest(context: BranchContext): number {
	const asked = context.store.read((reading) => readSetting<number>(reading, 'keys_before')) ?? 0;
	return Math.max(asked, context.clock.now() - KEYS_LIVE);
}
