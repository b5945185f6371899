import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import {
	addGreeting,
	dropGreeting,
	greetingOf,
	markGreeted,
	type Newcomer,
	newcomersSince,
} from '../store/greetings.ts';
import type { Person } from '../store/people.ts';
import type { Reading } from '../store/store.ts';
import { isYoung } from './audiences.ts';
import { cleanText } from './plain-text.ts';
import { publish } from './posting.ts';

const DAY = 24 * 60 * 60_000;
/** For how many days after joining somebody is new. */
export const NEW_FOR = 28;

type Now = Pick<BranchContext, 'clock'>;

/** Joined since when is new now, UTC milliseconds. */
export function newSince({ clock }: Now): number {
	return clock.now() - NEW_FOR * DAY;
}

/** Can this person be greeted: are they new, and grown? Nobody of the staff writes to a teen who did not follow them (docs/adr/0018). */
export function mayBeGreeted(context: Now, person: Pick<Person, 'age_band' | 'created'>): boolean {
	return !isYoung(person) && person.created >= newSince(context);
}

/**
 * Somebody new says whether a greeter may write to them to say hello. Repeatable. Throws NotAllowed `not_new` for a yes of whoever cannot be greeted; to
 * say no is always possible.
 */
export function chooseGreeting(context: BranchContext, person: Person, wanted: boolean): void {
	if (wanted && !mayBeGreeted(context, person)) {
		throw new NotAllowed('Greeters write to grown people in their first four weeks.', 'not_new');
	}
	context.store.transact((writing) => {
		if (wanted) addGreeting(writing, person.id, context.clock.now());
		else dropGreeting(writing, person.id);
	});
}

/** What somebody said about it; null when they are not asked: they are not new, are young, or were greeted. */
export function greetingChoice(context: BranchContext, person: Person): 'yes' | 'no' | null {
	if (!mayBeGreeted(context, person)) return null;
	const kept = context.store.read((reading) => greetingOf(reading, person.id));
	if (kept?.greeted != null) return null;
	return kept ? 'yes' : 'no';
}

/** Newcomers who would like it and those who were greeted, without whoever looks. */
export function newcomersFor(context: Now, reading: Reading, me: Person | null): Newcomer[] {
	return newcomersSince(reading, newSince(context)).filter(
		(one) => one.person !== me?.id && mayBeGreeted(context, one),
	);
}

/** One of them, by handle. Throws NotAllowed, NotFound for whoever did not say that they would like it. */
export function newcomerFor(
	context: BranchContext,
	staffId: string | null,
	me: Person | null,
	handle: string,
): Newcomer {
	if (!context.current.may(staffId, 'greet')) {
		throw new NotAllowed('Greeters, hosts and branch leads write to newcomers.', 'not_your_role');
	}
	const found = context.store.read((reading) => newcomersFor(context, reading, me));
	const one = found.find((newcomer) => newcomer.handle === handle.toLowerCase());
	if (!one) throw new NotFound();
	return one;
}

/**
 * Says hello: a message from the greeter's own account to the newcomer alone, and the mark that somebody did, in one transaction. Of two at once the first counts.
 * Throws what `newcomerFor` and `publish` throw, BadInput `text_missing`, `greeting_only` when the words name somebody else, Conflict `greeted`.
 */
export async function greet(
	context: BranchContext,
	greeter: { readonly staffId: string; readonly person: Person },
	{ handle, words }: { readonly handle: string; readonly words: string },
): Promise<void> {
	const { staffId, person } = greeter;
	const newcomer = newcomerFor(context, staffId, person, handle);
	if (newcomer.greeted !== null) throw greeted();
	const said = cleanText(words);
	if (said === '') throw new BadInput('There are no words yet.', [{ field: 'text', text: 'text_missing' }]);
	const draft = {
		text: `@${newcomer.handle} ${said}`,
		scope: 'direct',
		language: newcomer.language,
		replyTo: null,
	};
	const to = context.at.person(newcomer.person);
	await publish(context, person, draft, (writing, post) => {
		if (post.audience.only?.some((actor) => actor !== to && actor !== context.at.person(person.id))) {
			const fault = { field: 'text', text: 'greeting_only' };
			throw new BadInput('A greeting is for one person.', [fault]);
		}
		// They may have changed their mind, or a colleague was quicker, since the page was opened.
		if (!markGreeted(writing, newcomer.person, { greeted: context.clock.now(), staff_id: staffId })) {
			throw greeted();
		}
	});
}

function greeted(): Conflict {
	return new Conflict('Somebody said hello to them already, or they would rather not.', 'greeted');
}
