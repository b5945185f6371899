import { mayReceive, type Reader } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { followsOf, hasFollowerAt } from '../store/follows.ts';
import type { Person } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';
import { apartFrom } from './apart.ts';

/** A reader of this branch, who may keep apart from some people. */
export interface OwnReader extends Extract<Reader, { kind: 'person' }> {
	/** Do they and whoever wrote this block each other, either way? */
	isApartFrom(post: Pick<Post, 'person' | 'remote'>): boolean;
}

/** Who asks: nobody we know, or somebody with an account here. */
export function readerFor(
	context: Pick<BranchContext, 'store' | 'at' | 'origin' | 'clock'>,
	person: Person | null,
): OwnReader | Extract<Reader, { kind: 'nobody' }> {
	if (!person) return { kind: 'nobody' };
	const actor = context.at.person(person.id);
	let followed: ReadonlySet<string> | undefined;
	let apart: ReadonlySet<string> | undefined;
	return {
		kind: 'person',
		actor,
		origin: context.origin,
		follows(other) {
			// Asked for few posts; read once, when the first of them comes.
			followed ??= new Set(
				context.store
					.read((reading) => followsOf(reading, actor))
					.filter(({ state }) => state === 'accepted')
					.map((follow) => follow.followed),
			);
			return followed.has(other);
		},
		isApartFrom(post) {
			apart ??= context.store.read((reading) => apartNumbers(context, reading, actor));
			return apart.has(post.person === null ? `remote ${post.remote}` : `person ${post.person}`);
		},
	};
}

/** A verified server that asks to read, or is to be sent something. */
export function serverReader(
	context: Pick<BranchContext, 'store'>,
	origin: string,
): Extract<Reader, { kind: 'server' }> {
	return {
		kind: 'server',
		origin,
		hasFollowerOf: (actor) => context.store.read((reading) => hasFollowerAt(reading, actor, `${origin}/`)),
	};
}

/**
 * May this reader have this post? What is deleted is for nobody, what a host hid only for those who decide; everything else is
 * decided by `mayReceive` alone (DESIGN 4.6).
 */
export function mayRead(
	context: Pick<BranchContext, 'book'>,
	post: Post,
	reader: Reader | OwnReader,
): boolean {
	if (post.deleted !== null || post.hidden !== null || isKeptApart(post, reader)) return false;
	return mayReceive(post.audience, reader, context.book.trust()).allowed;
}

/** Do the reader and whoever wrote this block each other? Nobody in particular, and servers, keep apart from nobody. */
export function isKeptApart(post: Post, reader: Reader | OwnReader): boolean {
	return 'isApartFrom' in reader && reader.isApartFrom(post);
}

/** Whom somebody keeps apart from, as posts name their authors. */
function apartNumbers(
	context: Pick<BranchContext, 'at' | 'clock'>,
	reading: Reading,
	actor: string,
): Set<string> {
	const found = new Set<string>();
	for (const other of apartFrom(reading, actor, context.clock.now())) {
		const person = context.at.personIn(other);
		const remote = person === null ? remoteByUri(reading, other) : undefined;
		if (person !== null) found.add(`person ${person}`);
		else if (remote) found.add(`remote ${remote.id}`);
	}
	return found;
}
