import { BadInput, NotFound } from '@understory/core/errors.ts';
import { mayReceive, originOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import type { Concern, MatterSubject } from '../store/matters.ts';
import { type Person, personById } from '../store/people.ts';
import { type Post, postById, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { type RemoteRow, remoteById } from '../store/remote-actors.ts';
import type { Reading, Writing } from '../store/store.ts';
import { actorOf, type Somebody } from './following.ts';
import { gather } from './hosting/gathering.ts';
import { knowRemote } from './known-remote.ts';
import { remoteLine } from './markup.ts';
import { sendFlag } from './outbox.ts';
import { cleanText, lengthOf } from './plain-text.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';

/** Longest words to a host, in characters. */
export const LONGEST_WORDS = 1000;

/** What somebody says to the hosts. */
export interface Asking {
	readonly words: string;
	/** What they say it is about. */
	readonly concern: Concern;
	/** Also ask those of the server that the post or person is from, who learn the words but not who asked. */
	readonly also: boolean;
}

/**
 * Asks the hosts of this branch to look at a post. Open to any standing: whoever may read a post may say that it is wrong. Hides nothing.
 * Throws NotFound for what they may not read, BadInput `report_words`.
 */
export function report(context: BranchContext, person: Person, id: number, asking: Asking): void {
	const words = wordsOf(asking.words);
	context.store.transact((writing) => {
		const post = postById(writing, id);
		if (!post || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
		const author = post.remote === null ? undefined : remoteById(writing, post.remote);
		const what = { post: id, about: authorOf(context, writing, post), words, concern: asking.concern };
		ask(context, writing, person, what, asking.also ? author : undefined);
	});
}

/** Asks the hosts of this branch to look at somebody, here or elsewhere. Throws NotFound for oneself, BadInput `report_words`. */
export function reportPerson(
	context: BranchContext,
	person: Person,
	somebody: Somebody,
	asking: Asking,
): void {
	const words = wordsOf(asking.words);
	const about = actorOf(context, somebody);
	if (about === context.at.person(person.id)) throw new NotFound();
	context.store.transact((writing) => {
		const there = somebody.kind === 'elsewhere' && asking.also ? somebody.remote : undefined;
		ask(context, writing, person, { post: null, about, words, concern: asking.concern }, there);
	});
}

/** Actor id of whoever wrote a post, here or elsewhere. */
export function authorOf(context: Pick<BranchContext, 'at'>, reading: Reading, post: Post): string {
	if (post.person !== null) return context.at.person(post.person);
	return remoteById(reading, post.remote ?? 0)?.uri ?? '';
}

/** Words to a host, cleaned. Throws BadInput `report_words`. */
export function wordsOf(said: string): string {
	const words = cleanText(said);
	if (words !== '' && lengthOf(words) <= LONGEST_WORDS) return words;
	throw new BadInput('Say what is wrong, in a sentence.', [{ field: 'words', text: 'report_words' }]);
}

function ask(
	context: BranchContext,
	writing: Writing,
	person: Person,
	what: MatterSubject & { readonly words: string; readonly concern: Concern },
	there: RemoteRow | undefined,
): void {
	const id = context.ids.next();
	const told = there ? `${context.origin}/ap/actor#flags/${id}` : null;
	const actor = context.at.person(person.id);
	const { words, ...said } = what;
	const report = { id, actor, words, told, source: 'patron_report', receipt: null } as const;
	gather(context, writing, { ...said, report });
	if (there && told) sendFlag(context, writing, { post: what.post, activity: told, actor: there.uri }, there);
}

/**
 * Somebody elsewhere asks the hosts here to look at posts of ours, as far as their server may have these, or at somebody of ours when no post
 * is named. A guess at a walled post leaves no trace.
 */
export function receiveFlag(context: BranchContext, incoming: Extract<Incoming, { type: 'flag' }>): void {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		const now = context.clock.now();
		noteReceived(writing, incoming.id, now);
		const keep = (what: MatterSubject) => {
			const actor = knowRemote(context, writing, incoming.actor).uri;
			const words = remoteLine(incoming.words, LONGEST_WORDS);
			const report = { actor, words, told: null, source: 'remote_report', receipt: null } as const;
			gather(context, writing, { ...what, concern: 'other', report: { ...report, id: context.ids.next() } });
		};
		const reader = serverReader(context, originOf(incoming.actor.id));
		const people = incoming.objects.filter((uri) => context.at.personIn(uri) !== null);
		for (const uri of incoming.objects) {
			const post = postByUri(writing, uri);
			if (!post || post.person === null || post.deleted !== null) continue;
			if (!mayReceive(post.audience, reader, context.book.trust()).allowed) continue;
			keep({ post: post.id, about: authorOf(context, writing, post) });
		}
		if (people.length < incoming.objects.length) return;
		for (const about of people) {
			if (personById(writing, context.at.personIn(about)!)) keep({ post: null, about });
		}
	});
}
