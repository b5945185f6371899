import { type Object as AsObject, Collection, Note, type Question } from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import { NotAllowed } from '@understory/core/errors.ts';
import type { WirePoll } from '../polls.ts';
import { plain } from './text.ts';

/** More choices than this are not read. */
const MAX_CHOICES = 20;
const LONGEST_CHOICE = 200;

/** What a question asks and how it stands; null when it offers nothing. Counts that are no counts are none. */
export async function readPoll(
	question: Question,
	contexts: DocumentLoader,
	/** UTC milliseconds. */
	now: number,
): Promise<WirePoll | null> {
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	const one = await choicesOf(question.getExclusiveOptions(options), options);
	const many = one.length > 0 ? [] : await choicesOf(question.getInclusiveOptions(options), options);
	const choices = one.length > 0 ? one : many;
	if (choices.length === 0) return null;
	const ends = question.endTime?.epochMilliseconds ?? null;
	const { closed } = question;
	const shut = typeof closed === 'boolean' ? closed : closed !== null && closed.epochMilliseconds <= now;
	return {
		choices,
		many: many.length > 0,
		ends,
		over: shut || (ends !== null && ends <= now),
		voters: count(question.voters),
	};
}

/**
 * A vote in a question of ours: a Note that has a name, says nothing and answers it. Null for everything else. Throws NotAllowed when
 * somebody else is its author.
 */
export function readVote(
	object: AsObject,
	actor: string,
	here: { readonly origin: string },
): { readonly poll: string; readonly choice: string } | null {
	if (!(object instanceof Note) || object.content !== null) return null;
	const choice = plain(object.name, LONGEST_CHOICE);
	// Asked last: what is no vote means the same wherever it is read.
	if (choice === '' || object.replyTargetId?.origin !== here.origin) return null;
	if (!object.attributionIds.some((author) => author.href === actor)) {
		throw new NotAllowed('A server speaks for its own people and posts only.', 'speaks_for_another');
	}
	return { poll: object.replyTargetId.href, choice };
}

async function choicesOf(
	offered: AsyncIterable<AsObject>,
	options: { contextLoader: DocumentLoader; documentLoader: DocumentLoader; suppressError: boolean },
): Promise<WirePoll['choices']> {
	const choices: WirePoll['choices'][number][] = [];
	for await (const one of offered) {
		const name = plain(one.name, LONGEST_CHOICE);
		if (name === '') continue;
		const replies = one instanceof Note ? await one.getReplies(options) : null;
		choices.push({ name, votes: (replies instanceof Collection && count(replies.totalItems)) || 0 });
		if (choices.length === MAX_CHOICES) break;
	}
	return choices;
}

function count(value: number | null): number | null {
	return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
