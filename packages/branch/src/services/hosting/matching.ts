import type { BranchContext } from '../../context.ts';
import type { ListMatch } from '../../match-lists.ts';
import { addListMatch, listMatchesOf } from '../../store/list-matches.ts';
import type { Concern } from '../../store/matters.ts';
import type { Post } from '../../store/posts.ts';
import type { EmergencyKind } from '../../store/quarantine.ts';
import type { Writing } from '../../store/store.ts';
import { authorOf } from '../reporting.ts';
import { emergencyOf } from './emergencies.ts';
import { gather } from './gathering.ts';

/** By when hosts look at it (`concerns.ts`), and with it whether the night desk is called: it is for all four. */
const CONCERN: { readonly [kind in EmergencyKind]: Concern } = {
	threat_to_life: 'danger',
	child_abuse: 'danger',
	private_details: 'private',
	intimate_images: 'private',
};

/** Compares a picture with the lists, as it came: exact copies alone are found. Null when it is none, and always where no list is set. */
export async function matchOf(
	{ matchLists }: Pick<BranchContext, 'matchLists'>,
	bytes: () => Buffer | Promise<Buffer>,
): Promise<ListMatch | null> {
	return matchLists === null ? null : matchLists.match(await bytes());
}

/** Keeps that a picture is on a list; of one that is on none nothing is kept. Returns whether that was not known before. */
export function noteMatch(
	{ clock }: Pick<BranchContext, 'clock'>,
	writing: Writing,
	media: number,
	match: ListMatch,
): boolean {
	return addListMatch(writing, { ...match, media, at: clock.now() }) === 1;
}

/**
 * Brings a post to the hosts when a picture of it is on a list, whoever it is for, and pages the night desk; in the transaction that keeps the post or its picture. Nothing else: the
 * post stays as it is, and its author hears of it from a host who decided (DESIGN 4.8).
 */
export function queueIfMatched(context: BranchContext, writing: Writing, post: Post): void {
	const subject = { post: post.id, about: authorOf(context, writing, post) };
	const said = new Map(listMatchesOf(writing, post.id).map((match) => [matchWords(match), match]));
	for (const [words, { kind }] of said) {
		const report = { actor: null, source: 'list', words, told: null, receipt: null } as const;
		gather(context, writing, {
			...{ ...subject, concern: CONCERN[kind] },
			report: { ...report, id: context.ids.next() },
		});
	}
}

/** A match as the words of a report: kind, list and where the list has it from, as a line of a list has them. */
function matchWords({ kind, list, source }: Pick<ListMatch, 'kind' | 'list' | 'source'>): string {
	return `${kind} ${list} ${source}`.trimEnd();
}

/** What such words say; null when they were destroyed. */
export function readMatchWords(words: string): Pick<ListMatch, 'kind' | 'list' | 'source'> | null {
	const [word = '', list = '', ...source] = words.split(' ');
	const kind = emergencyOf(word)?.kind;
	return kind === undefined || list === '' ? null : { kind, list, source: source.join(' ') };
}
