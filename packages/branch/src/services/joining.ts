import type { Claims } from '@understory/core/claims.ts';
import { BadInput, NotAllowed } from '@understory/core/errors.ts';
import { RESERVED_HANDLES } from '@understory/core/reserved-handles.ts';
import { takesNewcomers } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import { addGreeting } from '../store/greetings.ts';
import { addPerson, changePerson, isHandleTaken, type Person, personBySub } from '../store/people.ts';
import { defaultFor } from './audiences.ts';
import { mayBeGreeted } from './greeting.ts';
import { hasRoomToday } from './hosting/workload.ts';
import { cleanLine } from './plain-text.ts';
import { nameFaults } from './profile.ts';

/** What somebody fills in at their first visit. */
export interface JoinForm {
	readonly name: string;
	readonly handle: string;
	readonly scope: string;
	readonly agreed: boolean;
	readonly language: string;
	/** Somebody may write to them to say hello. */
	readonly greeting?: boolean;
}

/** Machine words for what is wrong with a handle; pages turn them into sentences. */
export type HandleFault =
	| 'handle_form'
	| 'handle_length'
	| 'handle_digits'
	| 'handle_reserved'
	| 'handle_taken';

/**
 * What is wrong with a handle, or null: 2 to 30 letters, digits and `_`, beginning with a letter; not a card number, which has more than
 * six digits (we do not know the card, so no handle may look like one); no name of an office.
 */
export function handleFault(handle: string, reserved: readonly string[] = []): HandleFault | null {
	if (/\d/.test(handle) && handle.replace(/\D/g, '').length > 6) return 'handle_digits';
	if (handle.length < 2 || handle.length > 30) return 'handle_length';
	if (!/^[a-z][a-z0-9_]*$/i.test(handle)) return 'handle_form';
	const bare = handle.toLowerCase().replaceAll('_', '');
	return RESERVED_HANDLES.has(bare) || reserved.includes(bare) ? 'handle_reserved' : null;
}

/** The account of a sign-in, brought up to date with what the card issuer says now; null when they have never joined. */
export function welcomeBack(context: BranchContext, claims: Claims): Person | null {
	const { sub, age_band, standing } = claims;
	const staff_id = claims.staff_id ?? null;
	const before = context.store.read((reading) => personBySub(reading, sub));
	const same = before?.age_band === age_band && before.standing === standing && before.staff_id === staff_id;
	// When somebody was here last is worth no waiting for the disk.
	const store = same ? context.store.relaxed : context.store;
	return store.transact((writing) => {
		const known = personBySub(writing, sub);
		if (!known) return null;
		const seen = context.clock.now();
		changePerson(writing, known.id, { age_band, standing, staff_id, seen });
		return { ...known, age_band, standing, staff_id, seen };
	});
}

/** May somebody who signed in for the first time join now? Throws NotAllowed with the reason. */
export function checkMayJoin(context: BranchContext, claims: Claims): void {
	if (claims.standing !== 'full') {
		throw new NotAllowed('Your card does not open a new account now. Any desk can help.', 'standing');
	}
	if (context.current.rolesOf(claims.staff_id ?? null).length > 0) return;
	if (!takesNewcomers(context.current.branch().stage)) {
		throw new NotAllowed('This branch takes nobody new at the moment.', 'no_newcomers');
	}
	if (!context.store.read((reading) => hasRoomToday(context, reading))) {
		throw new NotAllowed(
			'This branch welcomes few new people a day just now. Come back tomorrow.',
			'slow_welcome',
		);
	}
}

/**
 * The first visit: a handle chosen here (DESIGN 4.7), the rules agreed to. Throws BadInput with a fault code for each field, and
 * `NotAllowed` when nobody may join. Coming twice with the same subject gives the account that is already there.
 */
export function join(context: BranchContext, claims: Claims, form: JoinForm): Person {
	checkMayJoin(context, claims);
	const name = cleanLine(form.name);
	const handle = form.handle.trim().replace(/^@/, '').toLowerCase();
	const policies = context.current.policies();
	const own = [context.current.branch().slug, context.current.library().slug].map((slug) =>
		slug.replaceAll('-', ''),
	);
	const faults = nameFaults(name);
	const wrong = handleFault(handle, own);
	if (wrong) faults.push({ field: 'handle', text: wrong });
	if (!form.agreed) faults.push({ field: 'rules', text: 'rules_not_agreed' });
	return context.store.transact((writing) => {
		const known = personBySub(writing, claims.sub);
		if (known) return known;
		if (!wrong && isHandleTaken(writing, handle)) faults.push({ field: 'handle', text: 'handle_taken' });
		if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
		const id = context.ids.next();
		const now = context.clock.now();
		const person: Person = {
			id,
			kind: 'person',
			sub: claims.sub,
			handle,
			name,
			summary_source: '',
			summary_html: '',
			age_band: claims.age_band,
			standing: claims.standing,
			staff_id: claims.staff_id ?? null,
			default_scope: defaultFor(context, claims, form.scope),
			language: form.language,
			rules_agreed: policies.map((policy) => `${policy.id}@${policy.version}`).join(' '),
			asks_first: 0,
			created: now,
			seen: now,
		};
		addPerson(writing, person);
		if (form.greeting && mayBeGreeted(context, person)) addGreeting(writing, id, now);
		return person;
	});
}
