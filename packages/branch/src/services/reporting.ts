import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { mayReceive, originOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import type { Person } from '../store/people.ts';
import { postById, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteById } from '../store/remote-actors.ts';
import { closeReport, keepReport } from '../store/reports.ts';
import { knowRemote } from './known-remote.ts';
import { remoteLine } from './markup.ts';
import { sendFlag } from './outbox.ts';
import { cleanText, lengthOf } from './plain-text.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';

/** Longest words to a host, in characters. */
export const LONGEST_WORDS = 1000;

/**
 * Asks the hosts of this branch to look at a post, and with `also` those of its author's server, who learn the words but not who asked. Open to any
 * standing: whoever may read a post may say that it is wrong. Hides nothing. Throws NotFound for what they may not read, BadInput
 * `report_words`.
 */
export function report(
	context: BranchContext,
	person: Person,
	id: number,
	asking: { readonly words: string; readonly also: boolean },
): void {
	const words = cleanText(asking.words);
	if (words === '' || lengthOf(words) > LONGEST_WORDS) {
		throw new BadInput('Say what is wrong, in a sentence.', [{ field: 'words', text: 'report_words' }]);
	}
	context.store.transact((writing) => {
		const post = postById(writing, id);
		if (!post || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
		const now = context.clock.now();
		const number = context.ids.next();
		const author = post.remote === null ? undefined : remoteById(writing, post.remote);
		const told = author && asking.also ? `${context.origin}/ap/actor#flags/${number}` : null;
		const actor = context.at.person(person.id);
		keepReport(writing, {
			id: number,
			post: id,
			actor,
			words,
			told,
			created: now,
			closed: null,
			staff_id: null,
		});
		if (!author || told === null) return;
		sendFlag(context, writing, { post: id, activity: told, actor: author.uri }, author);
	});
}

/** Somebody elsewhere asks the hosts here to look at posts of ours. Only about posts that their server may have; of people as such there is nothing to look at yet. */
export function receiveFlag(context: BranchContext, incoming: Extract<Incoming, { type: 'flag' }>): void {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		const now = context.clock.now();
		noteReceived(writing, incoming.id, now);
		const reader = serverReader(context, originOf(incoming.actor.id));
		for (const uri of incoming.objects) {
			const post = postByUri(writing, uri);
			if (!post || post.person === null || post.deleted !== null) continue;
			if (!mayReceive(post.audience, reader, context.book.trust()).allowed) continue;
			const from = knowRemote(context, writing, incoming.actor);
			const words = remoteLine(incoming.words, LONGEST_WORDS);
			const about = { post: post.id, actor: from.uri, words, told: null, created: now };
			keepReport(writing, { id: context.ids.next(), ...about, closed: null, staff_id: null });
		}
	});
}

/** A host has looked. What they decided about the post is another act. Throws NotAllowed for anybody else, NotFound when it is closed. */
export function close(context: BranchContext, staffId: string, id: number): void {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch close reports.', 'not_a_host');
	}
	context.store.transact((writing) => {
		if (closeReport(writing, id, staffId, context.clock.now()) === 0) throw new NotFound();
	});
}
