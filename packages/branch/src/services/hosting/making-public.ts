import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { UNSEALABLE, type Unsealable, type UnsealingEntry } from '@understory/core/statement.ts';
import { parseDisclosure } from '@understory/transparency-log/sd.ts';
import type { BranchContext } from '../../context.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import { entryById, forgetUnsealed } from '../../store/entries.ts';
import {
	addMadePublic,
	type MadePublicRow,
	madePublicOf,
	takeBackMadePublic,
	withheldText,
} from '../../store/made-public.ts';
import { type Person, personNames } from '../../store/people.ts';
import { quarantinedBy } from '../../store/quarantine.ts';
import { remoteNames } from '../../store/remote-actors.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { record } from '../recording.ts';
import { redact } from './redacting.ts';

/** A text that the log committed to when it was decided. */
export interface SealedWords {
	readonly field: Unsealable;
	/** Exactly what would become public. */
	readonly words: string;
	/** [salt, name, value], as RFC 9901 has it. */
	readonly disclosure: string;
	/** Does it say who others are, or how to reach somebody? Then it stays sealed. */
	readonly namesOthers: boolean;
}

/** What somebody may show of a decision about them. */
export interface OwnCase {
	readonly words: readonly SealedWords[];
	/** What they showed, taken back or not; undefined while nothing was. */
	readonly made: MadePublicRow | undefined;
}

/**
 * What the person a decision is about may make public of it (docs/adr/0095): of what the log commits to, never of decoys. Nobody else has a say. Null where there is nothing: for
 * anybody else, for children, for what was sealed in an emergency, and where the schedule has destroyed it.
 */
export function ownCase(
	context: BranchContext,
	reading: Reading,
	person: Pick<Person, 'id' | 'age_band' | 'handle'>,
	decision: DecisionRow,
): OwnCase | null {
	if (decision.person !== person.id || person.age_band === 'child') return null;
	if (quarantinedBy(reading, decision.id)) return null;
	const made = madePublicOf(reading, decision.id);
	const words = sealedWords(context, reading, decision, person.handle);
	return words.length === 0 && !made ? null : { words, made };
}

function sealedWords(
	{ keyring }: BranchContext,
	reading: Reading,
	{ id }: DecisionRow,
	own: string,
): SealedWords[] {
	const withheld = withheldText(reading, id);
	const disclosures = [
		...(entryById(reading, id)?.disclosures ?? []),
		...(withheld === undefined ? [] : [keyring.unseal(`withheld:${id}`, withheld)]),
	];
	const others = [...personNames(reading), ...remoteNames(reading)].filter(({ handle }) => handle !== own);
	return UNSEALABLE.flatMap((field): SealedWords[] => {
		const found = disclosures.map(parseDisclosure).find((one) => one?.name === field);
		if (!found) return [];
		const namesOthers = redact(found.value, others).some((part) => typeof part !== 'string');
		return [{ field, words: found.value, disclosure: found.disclosure, namesOthers }];
	});
}

/**
 * Makes these texts public: an entry of its own, and the disclosures go to the accountability site with it, in one transaction. Throws NotFound for anybody else and where there is
 * nothing to show, NotAllowed `not_for_children`, Conflict `already_public` (once is all there is, also after it was taken back), BadInput `public_none` and `public_names_others`.
 */
export function makePublic(
	context: BranchContext,
	person: Pick<Person, 'id' | 'age_band' | 'handle'>,
	decisionId: string,
	fields: readonly string[],
): void {
	context.store.transact((writing) => {
		const decision = decisionById(writing, decisionId);
		if (decision?.person !== person.id) throw new NotFound();
		if (person.age_band === 'child') {
			throw new NotAllowed('Children do not make their cases public here.', 'not_for_children');
		}
		const own = ownCase(context, writing, person, decision);
		if (!own) throw new NotFound();
		if (own.made) throw new Conflict('This was made public before.', 'already_public');
		const chosen = chooseWords(own, fields);
		const id = context.ids.random();
		const named = chosen.map(({ field }) => field);
		addMadePublic(writing, { id, decision: decision.id, fields: named, at: context.clock.now() });
		const unsealed = chosen.map(({ disclosure }) => disclosure);
		recordUnsealing(context, writing, decision.id, { id, state: 'published', fields: named, unsealed });
	});
}

/** The texts that somebody chose. Throws BadInput `public_none`, `public_names_others`. */
export function chooseWords({ words }: OwnCase, fields: readonly string[]): SealedWords[] {
	const chosen = words.filter(({ field }) => fields.includes(field));
	const fault = (text: string) =>
		new BadInput('Something on this page needs another look.', [{ field: 'show', text }]);
	if (chosen.length === 0) throw fault('public_none');
	if (chosen.some(({ namesOthers }) => namesOthers)) throw fault('public_names_others');
	return chosen;
}

/** Takes it back: another entry, and the accountability site drops the disclosures. Also for whoever the staff calls a child by now. Throws NotFound; Conflict `already_taken_back`. */
export function takeBack(context: BranchContext, person: Pick<Person, 'id'>, decisionId: string): void {
	context.store.transact((writing) => {
		const made = madePublicOf(writing, decisionId);
		if (!made || decisionById(writing, decisionId)?.person !== person.id) throw new NotFound();
		if (made.taken_back !== null) throw new Conflict('This was taken back before.', 'already_taken_back');
		const id = context.ids.random();
		takeBackMadePublic(writing, decisionId, context.clock.now(), id);
		// Where it was not handed over yet, it never is.
		forgetUnsealed(writing, made.id);
		recordUnsealing(context, writing, decisionId, { id, state: 'taken_back', fields: made.fields });
	});
}

function recordUnsealing(
	context: BranchContext,
	writing: Writing,
	decision: string,
	said: Pick<UnsealingEntry, 'id' | 'state' | 'fields'> & { readonly unsealed?: readonly string[] },
): void {
	record(context, writing, { kind: 'unsealing', ...said, refs: [decision], texts: {} });
}
