import { BadInput, type Fault } from '@understory/core/errors.ts';
import type { WirePoll } from '@understory/federation/polls.ts';
import { choicesOf, keepPoll, type Poll, pollOf, tally } from '../store/polls.ts';
import { postById } from '../store/posts.ts';
import type { Reading, Writing } from '../store/store.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

/** What somebody fills in to ask. All of it as it came from the form. */
export interface PollForm {
	readonly choices: readonly string[];
	readonly many: boolean;
	/** One of `OPEN_FOR`. */
	readonly hours: string;
}

/** A question that may be asked. */
export interface Question {
	readonly choices: readonly string[];
	readonly many: boolean;
	/** UTC milliseconds. */
	readonly ends: number;
}

/** How long a question may be open, in hours. */
export const OPEN_FOR = [1, 6, 24, 72, 168, 336] as const;
export const MOST_CHOICES = 6;
export const LONGEST_CHOICE = 100;
const HOUR = 60 * 60_000;

/** The question in a form; null when none is asked. Throws BadInput `poll_few`, `poll_long`, `poll_same` or `poll_time`. */
export function readQuestion(form: PollForm | undefined, now: number): Question | null {
	const choices = (form?.choices ?? []).map(cleanLine).filter((choice) => choice !== '');
	if (!form || choices.length === 0) return null;
	const faults: Fault[] = [];
	const bad = (text: string) => void faults.push({ field: 'poll', text });
	if (choices.length < 2) bad('poll_few');
	if (choices.some((choice) => lengthOf(choice) > LONGEST_CHOICE)) bad('poll_long');
	if (new Set(choices.map((choice) => choice.toLowerCase())).size < choices.length) bad('poll_same');
	const hours = OPEN_FOR.find((one) => String(one) === form.hours);
	if (hours === undefined) bad('poll_time');
	if (faults.length > 0 || hours === undefined) {
		throw new BadInput('The question needs another look.', faults);
	}
	return { choices: choices.slice(0, MOST_CHOICES), many: form.many, ends: now + hours * HOUR };
}

/** Keeps a question of somebody here with its post. */
export function keepQuestion(writing: Writing, post: number, { choices, many, ends }: Question): void {
	const poll = { post, ends, many, voters: null, closed: null, refresh: null };
	keepPoll(
		writing,
		poll,
		choices.map((name, n) => ({ n, name, votes: 0 })),
	);
}

/** How a question stands, as other servers are told it; undefined for what asks nothing. */
export function standingOf(reading: Reading, post: number): WirePoll | undefined {
	const poll = pollOf(reading, post);
	if (!poll) return undefined;
	const counted = countsNow(reading, poll);
	return { ...counted, many: poll.many, ends: poll.ends, over: poll.closed !== null };
}

/** Its choices with how many chose each; of an open one of ours, counted now. */
export function countsNow(reading: Reading, poll: Poll): Pick<WirePoll, 'choices' | 'voters'> {
	const choices = choicesOf(reading, poll.post);
	const ours = postById(reading, poll.post)?.person !== null;
	if (!ours || poll.closed !== null) return { choices, voters: poll.voters };
	const { votes, voters } = tally(reading, poll.post);
	return { choices: choices.map(({ n, name }) => ({ name, votes: votes.get(n) ?? 0 })), voters };
}
