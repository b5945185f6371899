import { BadInput } from '@understory/core/errors.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { BranchContext } from '../../context.ts';
import {
	addNightPage,
	dropNightPage,
	type NightPage,
	nextNightPage,
	postponeNightPage,
} from '../../store/quarantine.ts';
import { readSetting, writeSetting } from '../../store/settings.ts';
import type { Reading, Writing } from '../../store/store.ts';

const MINUTE = 60_000;
/** First wait between two tries; each is twice the last, up to an hour. */
const FIRST_WAIT = MINUTE;
const LONGEST_WAIT = 60 * MINUTE;
/** After a day nobody needs to be woken any more. */
const GIVEN_UP = 24 * 60 * MINUTE;

/** What the night desk is sent. It has no word of the post, and no name. */
export interface NightPageBody {
	readonly type: 'understory/night-page/v1';
	/** Host name of the branch. */
	readonly branch: string;
	readonly kind: string;
	/** Where a member of the staff reads on, after signing in. */
	readonly url: string;
	/** UTC, ISO 8601. */
	readonly at: string;
}

interface NightDesk {
	/** Sealed: addresses of such services hold a secret. */
	readonly url: string;
	/** When it last took a page; null before the first time. */
	readonly taken: number | null;
}

/** Where the night desk is reached, and when it last took a page; null when nobody named one. */
export function nightDesk({ keyring }: Pick<BranchContext, 'keyring'>, reading: Reading): NightDesk | null {
	const kept = readSetting<NightDesk | null>(reading, 'night_desk') ?? null;
	return kept && { ...kept, url: keyring.unseal('night-desk', kept.url) };
}

/** Names it, or takes it away with an empty text. Throws BadInput `desk_address` for what is no https address. */
export function nameNightDesk(context: BranchContext, typed: string): void {
	const url = typed.trim();
	const fine = url.length <= 500 && URL.canParse(url) && isAllowed(context, new URL(url).protocol);
	if (url !== '' && !fine) {
		throw new BadInput('The address needs another look.', [{ field: 'desk', text: 'desk_address' }]);
	}
	const sealed = context.keyring.seal('night-desk', url);
	context.store.transact((writing) =>
		writeSetting(writing, 'night_desk', url === '' ? null : { url: sealed, taken: null }),
	);
}

/** In the town there is no TLS. */
function isAllowed(context: BranchContext, protocol: string): boolean {
	return protocol === 'https:' || (protocol === 'http:' && context.origin.startsWith('http:'));
}

/** Pages the night desk, in the transaction of what happened. Without one nothing is sent. */
export function pageNightDesk(
	context: BranchContext,
	writing: Writing,
	page: Pick<NightPage, 'kind' | 'path'>,
): void {
	if (!nightDesk(context, writing)) return;
	const now = context.clock.now();
	addNightPage(writing, { ...page, id: context.ids.next(), created: now, tries: 0, next_at: now });
	writing.afterwards(context.wake);
}

/** Sends what is due. What is not taken is tried again, for a day. */
export async function sendNightPages(context: BranchContext): Promise<void> {
	for (;;) {
		const [page, desk] = context.store.read((reading) => [
			nextNightPage(reading),
			nightDesk(context, reading),
		]);
		const now = context.clock.now();
		if (!page || page.next_at > now) return;
		const taken = desk !== null && (await send(context, desk.url, page));
		context.store.transact((writing) => {
			if (taken) {
				const kept = readSetting<NightDesk | null>(writing, 'night_desk');
				if (kept) writeSetting(writing, 'night_desk', { ...kept, taken: now });
			}
			const over = taken || desk === null || now - page.created >= GIVEN_UP;
			if (over) dropNightPage(writing, page.id);
			else postponeNightPage(writing, page.id, page.tries + 1, now + waitAfter(page.tries));
		});
	}
}

/** When the next page is due, UTC milliseconds, or null. */
export function nextNightPageAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextNightPage(reading))?.next_at ?? null;
}

function waitAfter(tries: number): number {
	return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 10));
}

async function send(context: BranchContext, url: string, page: NightPage): Promise<boolean> {
	const body: NightPageBody = {
		type: 'understory/night-page/v1',
		branch: new URL(context.origin).host,
		kind: page.kind,
		url: `${context.origin}${page.path}`,
		at: new Date(page.created).toISOString(),
	};
	try {
		const headers = { 'content-type': 'application/json' };
		const answer = await context.outgoing.request({
			...{ url, method: 'POST', headers, body: JSON.stringify(body) },
			...{ timeoutMs: 10_000, maxBytes: 65_536 },
		});
		if (answer.status >= 200 && answer.status < 300) return true;
		context.log.warn('night_page_not_taken', { branch: context.id, status: answer.status });
	} catch (error) {
		if (!(error instanceof OutgoingFailure)) throw error;
		context.log.warn('night_page_not_taken', { branch: context.id, status: 0 });
	}
	return false;
}
