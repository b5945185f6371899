import { BadInput, NotAllowed, TooMany } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { BranchContext } from '../context.ts';
import { type Concern, type Matter, type MatterSubject, matterById } from '../store/matters.ts';
import { type Person, personByHandle } from '../store/people.ts';
import { type Post, postById } from '../store/posts.ts';
import { countVisitorsSince, type Report, type ReportSource, reportByReceipt } from '../store/reports.ts';
import type { Writing } from '../store/store.ts';
import { isYoung } from './audiences.ts';
import { gather } from './hosting/gathering.ts';
import { isPrivate } from './hosting/subject.ts';
import { mayRead, readerFor } from './readers.ts';
import { receiptCode, receiptDigest } from './receipts.ts';
import { authorOf, wordsOf } from './reporting.ts';

/** Reports of people without an account that a branch takes in an hour, whoever sends them: nothing is known by which they could be told apart. */
export const VISITORS_AN_HOUR = 30;
const HOUR = 60 * 60_000;

/** What a desk can write down: for somebody who stands there, called or wrote; what the staff came upon; what a court or an office sent. */
export const DESK_SOURCES = [
	'visitor',
	'staff',
	'legal_order',
	'official_request',
] as const satisfies readonly ReportSource[];

/** What somebody without an account says, or the staff for somebody. */
export interface VisitorAsking {
	/** Address or path of a page of this branch: a post, or somebody of the branch. */
	readonly page: string;
	readonly words: string;
	readonly concern: Concern;
}

/** Kept, with the code that leads to what comes of it. */
export interface Received {
	readonly matter: Matter;
	readonly code: string;
}

/**
 * Somebody without an account asks the hosts to look at something that everybody can read. Nothing about them is asked or kept. Throws BadInput `report_words` or
 * `report_page`, which also stands for what is not for everybody, so that a guess learns nothing; TooMany.
 */
export function reportFromOutside(context: BranchContext, asking: VisitorAsking): Received {
	const nobody = readerFor(context, null);
	return context.store.transact((writing) => {
		if (countVisitorsSince(writing, context.clock.now() - HOUR) >= VISITORS_AN_HOUR) {
			throw new TooMany('Many people told the hosts something in the last hour.', HOUR / 1000);
		}
		return receive(context, writing, asking, {
			source: 'visitor',
			mayBeAbout: (post) => mayRead(context, post, nobody),
			mayBeMeant: (person) => !isYoung(person),
		});
	});
}

/**
 * The staff writes a report down: for somebody at the desk, or what a court or an office sent. About anything hosts may look at. Throws NotAllowed, BadInput
 * `report_source`, `report_words`, `report_page`.
 */
export function reportAtDesk(
	context: BranchContext,
	staffId: string,
	asking: VisitorAsking & { readonly source: string },
): Received {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch write reports down.', 'not_a_host');
	}
	const source = DESK_SOURCES.find((one) => one === asking.source);
	if (!source) throw new BadInput('Say where it comes from.', [{ field: 'source', text: 'report_source' }]);
	return context.store.transact((writing) =>
		receive(context, writing, asking, {
			source,
			mayBeAbout: (post) => post.deleted === null && !isPrivate(post),
			mayBeMeant: () => true,
		}),
	);
}

/** What a code leads to; undefined for one that was never given out. */
export function reportByCode(
	context: BranchContext,
	typed: string,
): { readonly report: Report; readonly matter: Matter } | undefined {
	const digest = receiptDigest(typed);
	return context.store.read((reading) => {
		const report = digest === null ? undefined : reportByReceipt(reading, digest);
		return report && { report, matter: matterById(reading, report.matter)! };
	});
}

function receive(
	context: BranchContext,
	writing: Writing,
	{ page, words, concern }: VisitorAsking,
	from: {
		readonly source: ReportSource;
		mayBeAbout(post: Post): boolean;
		mayBeMeant(person: Person): boolean;
	},
): Received {
	const said = wordsOf(words);
	const subject = subjectAt(context, writing, page, from);
	if (!subject)
		throw new BadInput('That is no page of this branch.', [{ field: 'page', text: 'report_page' }]);
	const code = receiptCode(context.ids.random());
	const report = { id: context.ids.next(), actor: null, source: from.source, words: said, told: null };
	const receipt = receiptDigest(code);
	const matter = gather(context, writing, { ...subject, concern, report: { ...report, receipt } });
	return { matter: matterById(writing, matter)!, code };
}

/** What a page of this branch is about: `/@handle/number` a post, whoever wrote it, and `/@handle` somebody of the branch. */
function subjectAt(
	context: BranchContext,
	writing: Writing,
	page: string,
	may: { mayBeAbout(post: Post): boolean; mayBeMeant(person: Person): boolean },
): MatterSubject | null {
	const { origin } = context;
	const typed = page.trim();
	const url = URL.canParse(typed, origin) ? new URL(typed, origin) : null;
	const parts = url?.host === new URL(origin).host ? /^\/@([^/]+)(?:\/(\d+))?\/?$/.exec(url.pathname) : null;
	if (!parts) return null;
	const id = parseId(parts[2]);
	if (id !== null) {
		const post = postById(writing, id);
		return post && may.mayBeAbout(post) ? { post: id, about: authorOf(context, writing, post) } : null;
	}
	const person = parts[2] === undefined ? personByHandle(writing, parts[1]!) : undefined;
	const meant = person?.kind === 'person' && may.mayBeMeant(person);
	return meant ? { post: null, about: context.at.person(person.id) } : null;
}
