import { Conflict } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import type { Person } from '../../store/people.ts';
import { countAsked, openProposalAbout } from '../../store/proposals.ts';
import { restrictionOf } from '../../store/restrictions.ts';
import { serverAt } from '../../store/servers.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { ensureVoice, speak } from '../voice.ts';
import { ask, askMore, checkAnswerDays, newProposal } from './asking.ts';
import { checkedHost } from './host-name.ts';
import { impose } from './imposing.ts';
import { type Level, levelNamed, strength } from './levels.ts';
import { checkedReason, fault } from './reason.ts';
import { checkDecides, ruling } from './ruling.ts';
import { tellAsked } from './telling.ts';

const DAY = 24 * 60 * 60_000;
/** For how long a server is limited when it cannot wait, in days; it ends by itself unless hosts decide. */
export const EMERGENCY_DAYS = 7;

/** What a host proposes. */
export interface Wish {
	/** As it was typed. */
	readonly host: string;
	/** A level, or `let_in`. */
	readonly wants: string;
	readonly reason: string;
	readonly days: number;
	/** What the branch says on its board, so that it is talked about below; null for not to. `page` is the address of the question. */
	readonly announcement: ((voice: Person, page: string) => string) | null;
}

/**
 * Opens a proposal: everybody here whom it touches is asked, nobody else. Nothing happens to the server by it. Returns its number. Throws NotAllowed for
 * whoever is no host, BadInput `host_form`, `host_own`, `level_form`, `level_weaker` (what is milder needs nobody asked), `server_reason`,
 * `server_name`, `answer_days`, Conflict `already_proposed`.
 */
export async function propose(context: BranchContext, staffId: string, wish: Wish): Promise<string> {
	checkDecides(context, staffId);
	const host = checkedHost(context.origin, wish.host);
	const reason = checkedReason(wish.reason);
	const wants = wish.wants === 'let_in' ? 'let_in' : levelNamed(wish.wants);
	if (wants === null) throw fault('wants', 'level_form');
	checkAnswerDays(wish.days);
	const wanted = { host, wants } as const;
	const proposal = newProposal(context, { ...wanted, reason, staff_id: staffId }, wish.days);
	const { id } = proposal;
	const open = (writing: Writing, post: number | null) => {
		checkFits(context, writing, wanted);
		ask(context, writing, { ...proposal, post });
	};
	context.store.read((reading) => checkFits(context, reading, wanted));
	const { announcement } = wish;
	if (announcement === null) {
		context.store.transact((writing) => open(writing, null));
		return id;
	}
	const voice = ensureVoice(context);
	const text = announcement(voice, context.at.below(`/asked/${id}`));
	const draft = { text, scope: 'branch', language: voice.language, replyTo: null };
	await speak(context, staffId, draft, (writing, post) => open(writing, post.id));
	return id;
}

/**
 * What cannot wait: the server is limited at once, for a week; everybody it touches is told in the same moment and asked what should come after
 * (the issue allows an hour), or goes on being asked. Never more than that without asking. Returns the number of the proposal. Throws as `propose`, but for
 * `already_proposed`, and Conflict `already_stronger` when as much is kept away already.
 */
export function actAtOnce(
	context: BranchContext,
	staffId: string,
	wish: Pick<Wish, 'host' | 'reason'>,
): string {
	checkDecides(context, staffId);
	const host = checkedHost(context.origin, wish.host);
	const reason = checkedReason(wish.reason);
	return ruling(context, (writing) => {
		const held = strength(restrictionOf(writing, host)?.level ?? null);
		if (held >= strength('limit'))
			throw new Conflict('This server is kept away as far already.', 'already_stronger');
		const open = openProposalAbout(writing, host);
		// While people are asked already, the same question goes on.
		const wish = { host, wants: 'limit', reason, staff_id: staffId } as const;
		const proposal = open ?? ({ ...newProposal(context, wish, EMERGENCY_DAYS), emergency: 1 } as const);
		const { id } = proposal;
		if (open) askMore(context, writing, id, host);
		else ask(context, writing, proposal);
		const until = context.clock.now() + EMERGENCY_DAYS * DAY;
		const ends = { until, review: until, ...countAsked(writing, id) };
		impose(context, writing, staffId, { host, level: 'limit', reason, ...ends });
		if (open) tellAsked(context, writing, id, 'server_decided');
		return id;
	});
}

function checkFits(
	context: BranchContext,
	reading: Reading,
	{ host, wants }: { readonly host: string; readonly wants: Level | 'let_in' },
): void {
	checkFree(reading, host);
	if (wants === 'let_in') {
		const scheme = new URL(context.origin).protocol;
		const server = serverAt(reading, `${scheme}//${host}`);
		if (!server || server.state === 'let_in') throw fault('wants', 'level_form');
		return;
	}
	if (strength(wants) < strength(restrictionOf(reading, host)?.level ?? null))
		throw fault('wants', 'level_weaker');
}

function checkFree(reading: Reading, host: string): void {
	if (!openProposalAbout(reading, host)) return;
	throw new Conflict(
		'The people of this branch are being asked about this server already.',
		'already_proposed',
	);
}
