import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addPerson, type Person, voice } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import { noteSpoken } from '../store/spoken.ts';
import type { Writing } from '../store/store.ts';
import type { Draft } from './drafting.ts';
import { escapeHtml } from './plain-text.ts';
import { type Also, publish, takeBack } from './posting.ts';

/**
 * The branch's own voice: an actor like anybody's (`@belmont@…`), as which nobody signs in. Made when it is first needed; its handle is the
 * branch's slug, which no patron may choose. Repeatable.
 */
export function ensureVoice(context: BranchContext): Person {
	return (
		context.store.read((reading) => voice(reading)) ??
		context.store.transact((writing) => make(context, writing))
	);
}

/**
 * An official notice: what a host says for the branch. Who of the staff wrote it is kept for the other hosts, and never published. Throws
 * NotAllowed for anybody else, and what `publish` throws.
 */
export async function speak(
	context: BranchContext,
	staffId: string,
	draft: Draft,
	also: Also = () => undefined,
): Promise<Post> {
	checkSpeaker(context, staffId);
	return publish(context, ensureVoice(context), draft, (writing, post) => {
		noteSpoken(writing, post.id, staffId, context.clock.now());
		also(writing, post);
	});
}

/** Takes an official notice back; any host of the branch may. Throws NotFound when it is none. */
export function unsay(context: BranchContext, staffId: string, post: number): void {
	checkSpeaker(context, staffId);
	const speaker = context.store.read((reading) => voice(reading));
	if (!speaker) throw new NotFound();
	takeBack(context, speaker, post);
}

function checkSpeaker(context: BranchContext, staffId: string): void {
	if (context.current.mayDecide(staffId)) return;
	throw new NotAllowed('Only the hosts of this branch speak for it.', 'not_a_host');
}

function make(context: BranchContext, writing: Writing): Person {
	const known = voice(writing);
	if (known) return known;
	const branch = context.current.branch();
	const library = context.current.library();
	const now = context.clock.now();
	const person: Person = {
		id: context.ids.next(),
		kind: 'branch',
		sub: 'the branch itself',
		handle: branch.slug.replaceAll('-', ''),
		name: branch.name,
		summary_source: `${branch.name}, ${library.name}`,
		summary_html: `<p>${escapeHtml(`${branch.name}, ${library.name}`)}</p>`,
		age_band: 'adult',
		standing: 'full',
		staff_id: null,
		default_scope: 'branch',
		language: library.languages[0] ?? 'en',
		rules_agreed: '',
		asks_first: 0,
		// What the library itself says is there to be told on.
		quote_policy: 'everyone',
		created: now,
		seen: 0,
	};
	addPerson(writing, person);
	return person;
}
