import type { BranchContext } from '../context.ts';
import { aliasesOf } from '../store/aliases.ts';
import { appealsOf } from '../store/appeals.ts';
import { answerTo, decisionsToldTo, reversalOf } from '../store/decisions.ts';
import { eventOf } from '../store/events.ts';
import { fieldsOf } from '../store/fields.ts';
import { filtersOf } from '../store/filters.ts';
import { matterById } from '../store/matters.ts';
import { questionsOf } from '../store/office-questions.ts';
import type { Person } from '../store/people.ts';
import { versionsOf } from '../store/post-versions.ts';
import type { Post } from '../store/posts.ts';
import { toldOf } from '../store/prepared-records.ts';
import { askedOfPerson, proposalById } from '../store/proposals.ts';
import { looksOf, releasesOf } from '../store/releases.ts';
import { reportsByActor } from '../store/reports.ts';
import type { Reading } from '../store/store.ts';
import { csvRow } from './csv.ts';
import { unsealed } from './hosting/unsealing.ts';
import { standingOf } from './question.ts';
import { wordsOf } from './restricting/answering.ts';

const iso = (at: number) => new Date(at).toISOString();

/** What a post of an archive says besides its words: when and where an event is, what a question asks, how the post read before. */
export function moreOfPost(reading: Reading, { id }: Pick<Post, 'id'>): object {
	const event = eventOf(reading, id);
	const poll = standingOf(reading, id);
	const before = versionsOf(reading, id);
	return {
		...(event
			? {
					startTime: iso(event.starts),
					endTime: iso(event.ends),
					location: { type: 'Place', name: event.place, address: event.address },
					access: event.access,
					...(event.online === null ? {} : { onlineAddress: event.online }),
					'ical:status': event.cancelled === null ? 'CONFIRMED' : 'CANCELLED',
				}
			: {}),
		...(poll
			? {
					[poll.many ? 'anyOf' : 'oneOf']: poll.choices.map(({ name, votes }) => ({
						type: 'Note',
						name,
						replies: { type: 'Collection', totalItems: votes },
					})),
					...(poll.ends === null ? {} : { endTime: iso(poll.ends) }),
				}
			: {}),
		...(before.length > 0
			? { formerly: before.map(({ content_html, since }) => ({ content: content_html, since: iso(since) })) }
			: {}),
	};
}

/** What somebody says of themselves in lines of their own, and which accounts elsewhere are theirs too. */
export function moreOfPerson(reading: Reading, person: Person): object {
	const fields = fieldsOf(reading, person.id);
	return {
		attachment: fields.map(({ name, value }) => ({ type: 'PropertyValue', name, value })),
		alsoKnownAs: aliasesOf(reading, person.id),
		...(person.moved_to ? { movedTo: person.moved_to } : {}),
	};
}

/** What hosts decided about somebody, with the facts, what they said to it, and what became of it: theirs alone, so it is unsealed. */
export function decisionsAbout(
	{ keyring, current }: Pick<BranchContext, 'keyring' | 'current'>,
	reading: Reading,
	person: Pick<Person, 'id'>,
): object[] {
	const site = `${current.library().accountability_origin}/statements/`;
	return decisionsToldTo(reading, person.id, MOST_DECISIONS).map(({ decision }) => {
		const { id, actions, policy, rule, rule_version, facts, created, until } = decision;
		const [reversal, answer] = [reversalOf(reading, id), answerTo(reading, id)];
		return {
			...{ id, entry: `${site}${id}`, at: iso(created), actions, policy, rule, rule_version },
			...(until === null ? {} : { until: iso(until) }),
			facts: keyring.unseal(`decision:${id}`, facts),
			...(answer ? { answer: unsealed({ keyring }, `answer:${id}`, answer.words) } : {}),
			appeals: appealsOf(reading, id).map((appeal) => ({
				...{ at: iso(appeal.filed), words: unsealed({ keyring }, `appeal:${appeal.id}`, appeal.words) },
				outcome: appeal.outcome,
				reason: appeal.reason && keyring.unseal(`appeal-answer:${appeal.id}`, appeal.reason),
			})),
			...(reversal ? { reversed: keyring.unseal(`reversal:${reversal.id}`, reversal.reason) } : {}),
			records: toldOf(reading, id).map((row) => ({
				...{ at: iso(row.created), asked: row.kind, from: iso(row.due) },
				objection: unsealed({ keyring }, `objection:${row.id}`, row.objection),
				...(row.closed === null ? {} : { outcome: row.outcome, closed: iso(row.closed) }),
			})),
			released: releasesOf(reading, id).map(
				({ office, until: last, words, created: at, revoked, ...row }) => ({
					...{ office, until: last, words, at: iso(at) },
					...(revoked === null ? {} : { revoked: iso(revoked) }),
					read: looksOf(reading, row.id, MOST_LOOKS).map(iso),
					questions: questionsOf(reading, row.id).map((question) => ({
						...{ at: iso(question.asked), outcome: question.outcome },
						words: unsealed({ keyring }, `office-question:${question.id}`, question.words),
						answer: unsealed({ keyring }, `office-answer:${question.id}`, question.answer ?? ''),
					})),
				}),
			),
		};
	});
}

/** What somebody told the hosts, and what they were told of it. */
export function reportsMade(
	context: Pick<BranchContext, 'keyring' | 'at'>,
	reading: Reading,
	person: Pick<Person, 'id'>,
): object[] {
	return reportsByActor(reading, context.at.person(person.id)).map(({ created, words, matter }) => {
		const found = matterById(reading, matter)!;
		const reason = found.reason && context.keyring.unseal(`matter:${matter}`, found.reason);
		return {
			...{ at: iso(created), words, concern: found.concern, outcome: found.outcome, reason },
			...(found.closed === null ? {} : { answered: iso(found.closed) }),
		};
	});
}

/** More decisions about one person than this no archive holds. */
const MOST_DECISIONS = 1000;
/** More readings of one case than this no archive lists. */
const MOST_LOOKS = 1000;

/** Phrases somebody is warned of: the phrase, whether as words of their own, and until when. */
export function filtersCsv(context: Pick<BranchContext, 'clock'>, reading: Reading, person: Person): string {
	const rows = filtersOf(reading, person.id, context.clock.now()).map(({ phrase, whole, until }) => [
		phrase,
		String(whole === 1),
		until === null ? '' : iso(until),
	]);
	return [['Phrase', 'Whole words', 'Until'], ...rows].map(csvRow).join('');
}

/** What hosts asked somebody about other servers, and what they answered: theirs alone, so it is unsealed. */
export function questionsTo(
	{ keyring }: Pick<BranchContext, 'keyring'>,
	reading: Reading,
	person: Pick<Person, 'id'>,
): object[] {
	return askedOfPerson(reading, person.id).map((asked) => {
		const { host, wants, reason, created } = proposalById(reading, asked.proposal)!;
		const { follows, followers, talks, lists, answer, answered } = asked;
		return {
			...{ at: iso(created), server: host, wants, reason, follows, followers, talks, lists },
			...(answered === null ? {} : { answer, words: wordsOf({ keyring }, asked), answered: iso(answered) }),
		};
	});
}
