import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addList, addMember, changeList, type List, listBy, listsOf, membersOf } from '../store/lists.ts';
import type { Person } from '../store/people.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';
import { actorOf, findSomebody } from './following.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

const LONGEST_NAME = 60;
const MOST_LISTS = 50;
const MOST_MEMBERS = 500;

/** A new list. Throws BadInput `list_name`, Conflict `lists_full`. */
export function makeList(context: BranchContext, person: Person, name: string, exclusive: boolean): List {
	const list: List = {
		id: context.ids.next(),
		person: person.id,
		name: checkName(name),
		exclusive: exclusive ? 1 : 0,
	};
	context.store.transact((writing) => {
		if (listsOf(writing, person.id).length >= MOST_LISTS) {
			throw new Conflict('Fifty lists are the most.', 'lists_full');
		}
		addList(writing, list);
	});
	return list;
}

/** Renames a list, or makes it exclusive or not. Throws NotFound for another's, BadInput `list_name`. */
export function renameList(
	context: BranchContext,
	person: Person,
	id: number,
	name: string,
	exclusive: boolean,
): void {
	const clean = checkName(name);
	context.store.transact((writing) => {
		if (!listBy(writing, person.id, id)) throw new NotFound();
		changeList(writing, id, { name: clean, exclusive: exclusive ? 1 : 0 });
	});
}

/**
 * Puts somebody on a list by their address; they need not be followed, and are not told. Throws NotFound for another's list, Conflict `list_full`,
 * and what `findSomebody` throws.
 */
export async function putOnList(
	context: BranchContext,
	person: Person,
	id: number,
	address: string,
): Promise<void> {
	if (!context.store.read((reading) => listBy(reading, person.id, id))) throw new NotFound();
	addToList(context, id, actorOf(context, await findSomebody(context, address)));
}

/** Puts an actor on a list. Repeatable. Throws Conflict `list_full`. */
export function addToList(context: Pick<BranchContext, 'store'>, id: number, actor: string): void {
	context.store.transact((writing) => {
		if (membersOf(writing, id).length >= MOST_MEMBERS) {
			throw new Conflict('Five hundred people are the most on one list.', 'list_full');
		}
		addMember(writing, id, actor);
	});
}

/** People as posts name their authors: our own numbers of people here, and of people elsewhere. */
export function authorsIn(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	actors: readonly string[],
): { readonly people: number[]; readonly remotes: number[] } {
	const people: number[] = [];
	const remotes: number[] = [];
	for (const actor of actors) {
		const person = context.at.personIn(actor);
		const remote = person === null ? remoteByUri(reading, actor) : undefined;
		if (person !== null) people.push(person);
		else if (remote) remotes.push(remote.id);
	}
	return { people, remotes };
}

function checkName(text: string): string {
	const name = cleanLine(text);
	if (name !== '' && lengthOf(name) <= LONGEST_NAME) return name;
	throw new BadInput('A list needs a name of up to 60 letters.', [{ field: 'name', text: 'list_name' }]);
}
