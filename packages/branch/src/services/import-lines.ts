import { BadInput, PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { findAct } from '../store/acts.ts';
import { findFollow } from '../store/follows.ts';
import type { Import, ImportKind, ImportRow } from '../store/imports.ts';
import { listsOf, membersOf, removeList, removeMember } from '../store/lists.ts';
import { type Person, personByHandle } from '../store/people.ts';
import { postById, postByUri } from '../store/posts.ts';
import { findRelation } from '../store/relations.ts';
import { remoteByAddress } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { act, undo } from './acting.ts';
import { exchangesWith, originAt } from './exchanging.ts';
import { mayRelate } from './followed.ts';
import { actorOf, findSomebody, follow, type Somebody, unfollow } from './following.ts';
import { inside } from './inside.ts';
import { keepFetched } from './keeping.ts';
import { block, comeBack, hideServer, mute } from './keeping-away.ts';
import { addToList, makeList } from './listing.ts';

/** What a line names, found. */
export type Named =
	| Somebody
	| { readonly kind: 'server'; readonly origin: string }
	| { readonly kind: 'post'; readonly id: number };
/** Why a line is left; the words are in `import.reason`. */
export interface Left {
	readonly left: string;
}

/** What a line names, as far as it is known here; `ask` when its server has to be asked, which this branch may do. */
export function knownFor(
	context: BranchContext,
	kind: ImportKind,
	{ subject, host }: ImportRow,
): Named | Left | 'ask' {
	if (kind === 'hide') return { kind: 'server', origin: originAt(context, subject) };
	if (kind === 'keep') {
		const post = context.store.read((reading) => postByUri(reading, subject));
		if (post) return { kind: 'post', id: post.id };
		if (host === null) return { left: 'post_not_found' };
		return exchangesWith(context, originOf(subject)) ? 'ask' : { left: 'not_related' };
	}
	const handle = subject.slice(0, subject.indexOf('@'));
	if (host === null) {
		const person = context.store.read((reading) => personByHandle(reading, handle));
		return person ? { kind: 'here', person } : { left: 'not_found' };
	}
	const remote = context.store.read((reading) => remoteByAddress(reading, handle, host));
	// Not `findSomebody` and `follow` alone: a file of five hundred people would ask a cautious branch's hosts about two hundred servers.
	const related = mayRelate(context, remote?.origin ?? originAt(context, host));
	if (remote && (related || kind !== 'following')) return { kind: 'elsewhere', remote };
	return related ? 'ask' : { left: 'not_related' };
}

/** Asks the server a line names, in the guarded way. Throws Unavailable when it does not answer. */
export async function askFor(
	context: BranchContext,
	kind: ImportKind,
	{ subject }: ImportRow,
): Promise<Named | Left> {
	try {
		if (kind !== 'keep') return await findSomebody(context, subject);
		const fetched = await (await context.federation()).fetchPost(subject);
		if (fetched) await keepFetched(context, fetched);
		const post = context.store.read((reading) => postByUri(reading, subject));
		return post ? { kind: 'post', id: post.id } : { left: 'post_not_found' };
	} catch (error) {
		return reasonOf(error, kind);
	}
}

/** Does what a line says; in the caller's transaction, so that it is done and noted, or neither. Throws PublicError for what cannot be. */
export function take(
	full: BranchContext,
	writing: Writing,
	person: Person,
	{ kind }: Pick<Import, 'kind'>,
	row: ImportRow,
	named: Named,
): 'done' | 'already' {
	const context = inside(full, writing);
	const me = context.at.person(person.id);
	if (named.kind === 'post') {
		if (findAct(writing, 'keep', named.id, me)) return 'already';
		act(context, person, 'keep', named.id);
		return 'done';
	}
	if (named.kind === 'server') {
		if (findRelation(writing, me, 'hide', named.origin)) return 'already';
		hideServer(context, person, named.origin);
		return 'done';
	}
	const actor = actorOf(context, named);
	if (actor === me) throw new BadInput('That is you.', [{ field: 'address', text: 'address_own' }]);
	if (kind === 'lists') return putOn(context, writing, person, row.list ?? '', actor);
	if (kind === 'following') {
		if (findFollow(writing, me, actor)) return 'already';
		follow(context, person, named);
		return 'done';
	}
	if (findRelation(writing, me, kind === 'mute' ? 'mute' : 'block', actor)) return 'already';
	if (kind === 'mute') mute(context, person, named, 0);
	else block(context, person, named);
	return 'done';
}

/** Ends what is not in the file; in the caller's transaction. */
export function end(
	full: BranchContext,
	writing: Writing,
	person: Person,
	{ kind }: Pick<Import, 'kind'>,
	{ object }: ImportRow,
): 'done' | 'already' {
	const context = inside(full, writing);
	const me = context.at.person(person.id);
	if (object === null) return 'already';
	if (kind === 'lists') return takeOff(writing, person, object);
	if (kind === 'keep') {
		const id = Number(object);
		if (!postById(writing, id) || !findAct(writing, 'keep', id, me)) return 'already';
		undo(context, person, 'keep', id);
		return 'done';
	}
	if (kind === 'following') {
		if (!findFollow(writing, me, object)) return 'already';
		unfollow(context, person, object);
		return 'done';
	}
	if (!findRelation(writing, me, kind, object)) return 'already';
	comeBack(context, person, kind, object);
	return 'done';
}

/** Why something was refused, as a word for the report; what is no answer about this line is thrown on. */
export function reasonOf(error: unknown, kind: ImportKind): Left {
	if (!(error instanceof PublicError) || error.status >= 500) throw error;
	const code = error instanceof BadInput ? (error.faults[0]?.text ?? 'refused') : error.code;
	return { left: code === 'not_found' && kind === 'keep' ? 'post_not_found' : code };
}

function putOn(
	context: BranchContext,
	writing: Writing,
	person: Person,
	name: string,
	actor: string,
): 'done' | 'already' {
	const list =
		listsOf(writing, person.id).find((one) => one.name === name) ?? makeList(context, person, name, false);
	if (membersOf(writing, list.id).includes(actor)) return 'already';
	addToList(context, list.id, actor);
	return 'done';
}

/** `object`: the number of a list, and with a space behind it whoever is taken off. */
function takeOff(writing: Writing, person: Person, object: string): 'done' | 'already' {
	const [id, actor] = object.split(' ');
	const list = listsOf(writing, person.id).find((one) => String(one.id) === id);
	if (!list) return 'already';
	if (actor === undefined) removeList(writing, list.id);
	else if (!membersOf(writing, list.id).includes(actor)) return 'already';
	else removeMember(writing, list.id, actor);
	return 'done';
}
