import { seal } from '@understory/core/seal.ts';
import { csrfToken } from '@understory/http/csrf.ts';
import type { Request, Response } from 'express';
import type { Obstacle } from '../card/admission.ts';
import type { Context } from '../context.ts';
import { newCodeFor } from '../recovery/recovery-code.ts';
import { toldTo } from '../restricting/told.ts';
import { arrive } from '../signing-in/arrive.ts';
import type { AccountRow } from '../store/accounts.ts';
import { type SignInRow, takeUntold, type Way } from '../store/sign-ins.ts';
import type { KeptOut } from '../upstream/people.ts';
import { type CardForm, noonOf } from './card-form.ts';
import type { Visit } from './visit.ts';

/** Somebody who proved who they are, and what there is to say to them before they go on. */
export interface ComingIn {
	readonly account: AccountRow;
	readonly way: Way;
	/** What keeps them on the porch; null where nothing does. */
	readonly obstacle: Obstacle | KeptOut['keptOut'] | null;
	/** YYYY-MM-DD when the card has ended. */
	readonly endedOn: string | null;
	/** True for a proof that opens the porch and no more, whatever the account may. */
	readonly porchOnly: boolean;
	/** Is a recovery code shown: the first one, or the next after one was used? */
	readonly code: 'first' | 'next' | null;
	/** True where they said on a page before this one that others use the computer too. */
	readonly shared?: boolean;
	/** UTC milliseconds: the end of the day they came in for; absent for whoever came by a card or a proof. */
	readonly goodUntil?: number;
}

/**
 * Lets them in, and leads on at once where nothing is to be said first. What is said stands on one page: why the card opens the porch only, a new recovery
 * code, sign-ins from browsers that were never seen.
 */
export async function letIn(
	context: Context,
	form: CardForm,
	{ request, response }: { request: Request; response: Response },
	visit: Visit,
	coming: ComingIn,
): Promise<void> {
	const { account, way, porchOnly, goodUntil, shared = false } = coming;
	const { library, branch } = visit;
	const standing = coming.obstacle === null && !porchOnly ? 'full' : 'porch';
	// A server that is no branch has no porch to go on to; the page after this one says so.
	const obstacle = branch.foreign ? null : coming.obstacle;
	const arrival = {
		account,
		way,
		standing,
		shared,
		...(goodUntil === undefined ? {} : { goodUntil }),
	} as const;
	const { next, signIn, untold, leaving } = await arrive(context, visit, { request, response }, arrival);
	const code = coming.code === null ? null : await newCodeFor(context, library, account.id);
	const news = untold ? await takeUntold(context.database, account.id, signIn) : [];
	const restriction = await toldTo(context, account);
	if (obstacle === null && restriction === null && leaving === null && code === null && news.length === 0)
		return response.redirect(303, next);
	const elsewhere = way === 'elsewhere' || way === 'elsewhere_and_passkey';
	const words = elsewhere ? 'provider.porch' : 'account.obstacle';
	const usual =
		obstacle !== null && obstacle !== 'ended'
			? `${words}.title`
			: titleOf(obstacle, code === null ? null : coming.code);
	const told = restriction === 'unproven' ? 'restriction.told.pass' : 'restriction.told.title';
	const title = restriction ? told : leaving === null ? usual : 'desk.erase.told';
	form.show(request, response, {
		view: 'card/arrived',
		title,
		data: {
			title,
			branch,
			next,
			code,
			again: coming.code === 'next',
			restriction,
			leaving,
			toPorch: (obstacle !== null || restriction !== null) && !branch.foreign && !branch.own,
			today: goodUntil !== undefined,
			obstacle: obstacle === null ? null : `${words}.${obstacle}`,
			right: `${words}.right`,
			endedOn: obstacle === 'ended' && coming.endedOn !== null ? noonOf(coming.endedOn) : null,
			news: news.map(shownSignIn),
			notMe: notMe(context, visit, account.id, news),
		},
	});
}

function titleOf(obstacle: ComingIn['obstacle'], code: ComingIn['code']): string {
	if (obstacle === 'ended') return 'card.expired.title';
	if (code === null) return 'account.news.title';
	return code === 'next' ? 'account.recovery.title_again' : 'account.recovery.title';
}

/** A sign-in as its owner reads it: the day, what they came with, and how. */
export function shownSignIn({ day, device, way }: Pick<SignInRow, 'day' | 'device' | 'way'>) {
	return { at: noonOf(day), device: `account.device.${device}`, way: `account.way.${way}` };
}

/** What the button "It was not me" sends: sealed, so that it ends these sign-ins and no others. */
function notMe(context: Context, { library, details }: Visit, account: string, news: readonly SignInRow[]) {
	const keys = context.keysOf(library.id);
	const action = `/sign-in/${details.uid}/not-me`;
	const which = JSON.stringify({ account, ids: news.map(({ id }) => id) });
	return {
		action,
		which: seal(keys.seal, aboutNotMe(details.uid), which),
		csrf: csrfToken(keys.csrf, action),
	};
}

export function aboutNotMe(uid: string): string {
	return `not_me/${uid}`;
}
