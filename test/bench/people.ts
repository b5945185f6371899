import { join } from 'node:path';
import type { Scope } from '@understory/core/scope.ts';
import type { BranchContext } from '../../packages/branch/src/context.ts';
import { createContext } from '../../packages/branch/src/create-context.ts';
import { readCard } from '../../packages/branch/src/folder-card.ts';
import { publish } from '../../packages/branch/src/services/posting.ts';
import { openDatabase } from '../../packages/branch/src/store/database.ts';
import type { Person } from '../../packages/branch/src/store/people.ts';
import type { Post } from '../../packages/branch/src/store/posts.ts';
import { createStore, type Store } from '../../packages/branch/src/store/store.ts';
import type { TownOfBranches } from './town-of-branches.ts';

/** A branch of the bench from the inside: what its own services work with, beside no web and no worker. */
export interface Inside {
	readonly store: Store;
	readonly context: BranchContext;
	write(author: Person, text: string, scope: Scope): Promise<Post>;
}

/** Opens the folder of a branch that is not open otherwise; the caller closes the store. */
export async function storeOf(town: TownOfBranches, at: number): Promise<Inside> {
	const { database } = openDatabase(join(town.pathOf(at), 'branch.sqlite'), { create: false });
	const store = createStore(database);
	const card = readCard(town.pathOf(at))!;
	const context = createContext({
		folder: town.pathOf(at),
		card,
		store,
		parts: town.parts,
		desired: () => town.desired(at),
	});
	await context.book.refresh();
	return {
		store,
		context,
		write: (author, text, scope) => publish(context, author, { text, scope, language: 'en', replyTo: null }),
	};
}

/** Somebody with an account. */
export function personOf(id: number): Person {
	return {
		id,
		kind: 'person',
		sub: 'bench',
		handle: 'bench',
		name: 'Bench',
		summary_source: '',
		summary_html: '',
		age_band: 'adult',
		standing: 'full',
		staff_id: null,
		default_scope: 'branch',
		language: 'en',
		rules_agreed: '',
		asks_first: 0,
		created: Date.now(),
		seen: Date.now(),
	};
}
