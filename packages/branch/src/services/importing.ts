import { readFile, stat } from 'node:fs/promises';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { actsBy } from '../store/acts.ts';
import { followsOf } from '../store/follows.ts';
import {
	addImport,
	changeImport,
	hostsOf,
	type Import,
	type ImportKind,
	importBy,
	importsBy,
	leaveHosts,
	type NewRow,
	removeImport,
} from '../store/imports.ts';
import { type List, listsOf, membersOf } from '../store/lists.ts';
import type { Person } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import { relationsBy } from '../store/relations.ts';
import type { Reading, Writing } from '../store/store.ts';
import { addressOf } from './address-of.ts';
import { checkMayWrite } from './drafting.ts';
import { exchangesWith, originAt } from './exchanging.ts';
import { mayRelate } from './followed.ts';
import { LARGEST_IMPORT, type ReadLine, readImport } from './read-import.ts';

/** So many files of one person are looked at or under way at a time. */
const MOST_OPEN = 5;
/** Most of what somebody keeps that is compared with a file. */
const MOST_KEPT = 100_000;

/** A file somebody brought, and what they said about it. */
export interface Brought {
	/** Where its bytes lie. */
	readonly path: string;
	readonly name: string;
	readonly kind: ImportKind;
	/** What is not in it is to end. */
	readonly overwrite: boolean;
}

/**
 * Reads a file and keeps its lines, with what would end when it replaces what is there. Nothing else happens before `startImport`; what was
 * compared is what is done then. Throws NotAllowed when this person may not write now, and BadInput with what `readImport` names, `import_large` or
 * `import_open`.
 */
export async function takeImport(context: BranchContext, person: Person, brought: Brought): Promise<Import> {
	checkMayWrite(context, person);
	const open = context.store
		.read((reading) => importsBy(reading, person.id))
		.filter(({ state }) => state !== 'done');
	if (open.length >= MOST_OPEN) throw refuse('Several files of yours are open already.', 'import_open');
	if ((await stat(brought.path)).size > LARGEST_IMPORT)
		throw refuse('That file is too large.', 'import_large');
	const own = new URL(context.origin).host;
	const { kind, name } = brought;
	const { lines, doubt } = await readImport(await readFile(brought.path), { kind, name, own });
	const one: Import = {
		id: context.ids.next(),
		person: person.id,
		kind,
		overwrite: brought.overwrite ? 1 : 0,
		state: 'shown',
		doubt,
		created: context.clock.now(),
		due: null,
		finished: null,
	};
	context.store.transact((writing) => {
		const there = present(context, writing, person, kind);
		const self = `${person.handle}@${own}`.toLowerCase();
		const known = new Set(there.map(keyOf));
		const rows = lines.map((line): NewRow => {
			const fault =
				line.fault === 'twice' ? null : (line.fault ?? (line.subject === self ? 'address_own' : null));
			const already = line.fault === 'twice' || known.has(keyOf(line));
			const state = fault !== null ? 'left' : already ? 'already' : 'waits';
			const { subject, host, list } = line;
			return { takes: 1, line: line.line, subject, host, list, object: null, state, reason: fault };
		});
		const good = lines.filter(({ fault }) => fault === null);
		const lists = kind === 'lists' ? listsOf(writing, person.id) : [];
		addImport(writing, one, brought.overwrite ? [...rows, ...ending(there, lists, good)] : rows);
		leaveUnrelated(context, writing, one);
	});
	return one;
}

/** What names a server that this branch has nothing to do with is left at once, so that nothing is promised that cannot be. */
function leaveUnrelated(context: BranchContext, writing: Writing, { id, kind }: Import): void {
	if (kind === 'hide') return;
	const unrelated = hostsOf(writing, id)
		.map(({ host }) => host)
		.filter((host) => {
			const origin = originAt(context, host);
			return kind === 'keep' ? !exchangesWith(context, origin) : !mayRelate(context, origin);
		});
	// Whoever is known here can still be muted, and what is here kept.
	leaveHosts(writing, id, unrelated, { knownToo: kind === 'following', reason: 'not_related' });
}

/** Begins to do what was shown, in the background. Repeatable. Throws NotFound for another's. */
export function startImport(context: BranchContext, person: Person, id: number): void {
	checkMayWrite(context, person);
	context.store.transact((writing) => {
		const one = importBy(writing, person.id, id);
		if (!one) throw new NotFound();
		if (one.state !== 'shown') return;
		changeImport(writing, id, { state: 'running', due: context.clock.now() });
		writing.afterwards(() => context.wake());
	});
}

/** Throws a file away; what was done already stays. Repeatable. */
export function dropImport(context: BranchContext, person: Person, id: number): void {
	context.store.transact((writing) => {
		if (importBy(writing, person.id, id)) removeImport(writing, id);
	});
}

/** Something that is there now, named as files name it. */
interface Present {
	readonly subject: string;
	readonly list: string | null;
	readonly object: string;
}

function keyOf({ subject, list }: { readonly subject: string; readonly list: string | null }): string {
	return `${list ?? ''}\n${subject}`;
}

function present(context: BranchContext, reading: Reading, person: Person, kind: ImportKind): Present[] {
	const me = context.at.person(person.id);
	const somebody = (object: string): Present => ({
		subject: addressOf(context, reading, object).toLowerCase(),
		list: null,
		object,
	});
	switch (kind) {
		case 'following':
			return followsOf(reading, me).map(({ followed }) => somebody(followed));
		case 'lists':
			return listsOf(reading, person.id).flatMap(({ id, name }) =>
				membersOf(reading, id).map((actor) => ({
					...somebody(actor),
					list: name,
					object: `${id} ${actor}`,
				})),
			);
		case 'keep':
			return actsBy(reading, me, 'keep', MOST_KEPT).map(({ post }) => ({
				subject: postById(reading, post)?.uri ?? '',
				list: null,
				object: String(post),
			}));
		default:
			return relationsBy(reading, me, context.clock.now())
				.filter((one) => one.kind === kind)
				.map(({ object }) =>
					kind === 'hide' ? { subject: new URL(object).host, list: null, object } : somebody(object),
				);
	}
}

/** What is there and not in the file; of a list that is not in it at all, the list. */
function ending(there: readonly Present[], lists: readonly List[], lines: readonly ReadLine[]): NewRow[] {
	const keys = new Set(lines.map(keyOf));
	const names = new Set(lines.map(({ list }) => list));
	const whole = lists
		.filter(({ name }) => !names.has(name))
		.map(({ id, name }): Present => ({ subject: '', list: name, object: String(id) }));
	const single = there.filter((one) => !keys.has(keyOf(one)) && (one.list === null || names.has(one.list)));
	return [...whole, ...single].map((one) => ({
		...one,
		takes: 0,
		line: null,
		host: null,
		state: 'waits',
		reason: null,
	}));
}

function refuse(sentence: string, fault: string): BadInput {
	return new BadInput(sentence, [{ field: 'file', text: fault }]);
}
