import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import type { Person } from '../../store/people.ts';
import { openProposalAbout, proposalAboutDeliberation } from '../../store/proposals.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { ask, checkAnswerDays, newProposal } from '../restricting/asking.ts';
import { checkDecides } from '../restricting/ruling.ts';
import { ensureVoice, speak } from '../voice.ts';
import { type Hearing, hearings } from './deliberations.ts';

const DAY = 24 * 60 * 60_000;

/** How hosts ask. */
export interface Asking {
	/** How long people can answer, in days; it ends a day before the neighborhood's own time does. */
	readonly days: number;
	/** What the branch says on its board; null for not to. `page` is the address of the question. */
	readonly announcement: ((voice: Person, page: string, hearing: Hearing) => string) | null;
}

/**
 * Asks the people of this branch before it gives its voice (docs/adr/0101): where a member is to be put out, those who have to do with somebody there by name; where one is to be let in, or a list followed, nobody by
 * name. Returns the number of the question. Throws NotAllowed, NotFound, BadInput `answer_days`, Conflict `own_matter`, `not_now`, `already_proposed`.
 */
export async function askMembers(
	context: BranchContext,
	staffId: string,
	id: string,
	{ days, announcement }: Asking,
): Promise<string> {
	checkDecides(context, staffId);
	checkAnswerDays(days);
	const hearing = hearingOf(context, id);
	if (hearing.own) throw new Conflict('It is about this branch, which has no voice in it.', 'own_matter');
	if (!hearing.open) throw new Conflict('It can not be answered now.', 'not_now');
	const { domain: host, kind: wants, reason, until } = hearing.proposal;
	const wish = { host, wants, reason, staff_id: staffId };
	const fresh = newProposal(context, wish, days);
	const ends = Math.max(fresh.created, Math.min(fresh.until, until - DAY));
	const question = { ...fresh, deliberation: id, until: ends };
	const open = (writing: Writing, post: number | null) => {
		checkFree(writing, host, id);
		ask(context, writing, { ...question, post });
	};
	context.store.read((reading) => checkFree(reading, host, id));
	if (announcement === null) {
		context.store.transact((writing) => open(writing, null));
		return question.id;
	}
	const voice = ensureVoice(context);
	const text = announcement(voice, context.at.below(`/asked/${question.id}`), hearing);
	const draft = { text, scope: 'branch', language: voice.language, replyTo: null };
	await speak(context, staffId, draft, (writing, post) => open(writing, post.id));
	return question.id;
}

/** What is proposed under this number. Throws NotFound. */
export function hearingOf(context: BranchContext, id: string): Hearing {
	const found = hearings(context).find(({ proposal }) => proposal.id === id);
	if (!found) throw new NotFound();
	return found;
}

function checkFree(reading: Reading, host: string, deliberation: string): void {
	if (!openProposalAbout(reading, host) && !proposalAboutDeliberation(reading, deliberation)) return;
	throw new Conflict(
		'The people of this branch are being asked about this branch already.',
		'already_proposed',
	);
}
