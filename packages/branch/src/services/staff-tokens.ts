import { createHash } from 'node:crypto';
import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addStaffToken, dropStaffToken, staffTokenBy, staffTokens } from '../store/staff-tokens.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

/** How long a key opens anything, in days. */
export const TOKEN_DAYS = 30;
const DAY = 24 * 60 * 60_000;
const MOST = 5;
const LONGEST_NAME = 60;
/** So that whoever finds one knows what it is, and a search for leaked keys finds it. */
const PREFIX = 'understory_staff_';

/**
 * Makes the key of a program that acts for a member of the staff, and returns it: it is shown once and kept nowhere. It opens what its owner may at that moment, and only where
 * programs ask. Throws BadInput `token_name`, Conflict `tokens_full`.
 */
export function makeStaffToken(context: BranchContext, staffId: string, said: string): string {
	const name = cleanLine(said);
	if (name === '' || lengthOf(name) > LONGEST_NAME) {
		throw new BadInput('Say what it is for.', [{ field: 'name', text: 'token_name' }]);
	}
	// Two random UUIDs are 244 bits.
	const key = PREFIX + `${context.ids.random()}${context.ids.random()}`.replaceAll('-', '');
	context.store.transact((writing) => {
		const created = context.clock.now();
		if (staffTokens(writing, staffId, created).length >= MOST) {
			throw new Conflict('Five keys are the most. Take one back first.', 'tokens_full');
		}
		const id = context.ids.next();
		const expires = created + TOKEN_DAYS * DAY;
		addStaffToken(writing, { id, staff_id: staffId, name, digest: digestOf(key), created, expires });
	});
	return key;
}

/** Takes a key back at once. Throws NotFound for another's. */
export function takeStaffToken(context: BranchContext, staffId: string, id: number): void {
	context.store.transact((writing) => {
		if (dropStaffToken(writing, staffId, id) === 0) throw new NotFound();
	});
}

/** For whom a program asks; undefined for what is no key, or no longer one. What they may is asked of the grants besides. */
export function staffByToken(context: BranchContext, key: string): string | undefined {
	const now = context.clock.now();
	return context.store.read((reading) => staffTokenBy(reading, digestOf(key), now))?.staff_id;
}

function digestOf(key: string): string {
	return createHash('sha256').update(`staff token\n${key}`).digest('hex');
}
