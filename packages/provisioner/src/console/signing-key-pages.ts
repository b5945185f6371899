import { BadInput } from '@understory/core/errors.ts';
import type { SigningKeyState } from '@understory/core/signing-keys.ts';
import { type Request, type Response, Router } from 'express';
import { orderKeys, type ShownKey, shownKeys, type WantedOfKeys } from '../services/signing-keys.ts';
import type { LibraryRow } from '../store/rows.ts';
import { openKeyOrders } from '../store/signing-keys.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const KINDS: Readonly<Record<SigningKeyState, 'good' | 'wait' | 'stop' | 'info'>> = {
	waiting: 'wait',
	signing: 'good',
	kept: 'info',
	withdrawn: 'stop',
};

/** `/libraries/{library}/signing-keys`: the keys of a library's issuer, turning them, and withdrawing those that leaked. */
export function signingKeyPages({ context, show, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/signing-keys';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		fault: 'none_chosen' | 'gone' | null = null,
	): Promise<void> {
		const keys = await shownKeys(context, library);
		const orders = await openKeyOrders(context.database, library.id);
		const data = {
			name: library.name,
			library,
			keys: keys.map(lineOf),
			waiting: orders.length > 0,
			turning: keys.some(({ state }) => state === 'waiting'),
			mayChange: mayChange(tokenOf(response, false)) && keys.length > 0,
			fault: fault && `console.signing_keys.fault.${fault}`,
		};
		show(request, response, 'signing-keys', 'console.signing_keys.title', data, fault ? 422 : 200);
	}

	/** Does it and goes back to the list; keys that are not there any more are said on it. */
	async function order(request: Request, response: Response, wanted: WantedOfKeys): Promise<void> {
		const library = await libraryOf(request, response, true);
		try {
			await orderKeys(context, library, wanted, {
				id: context.randomId(),
				by: tokenOf(response, true).name,
			});
		} catch (error) {
			if (!(error instanceof BadInput)) throw error;
			return page(request, response, library, 'gone');
		}
		response.redirect(303, `/libraries/${library.slug}/signing-keys`);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});

	router.post(`${path}/turn`, (request, response) => order(request, response, { kind: 'turn' }));

	router.get(`${path}/withdraw`, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const chosen = named(request.query.key);
		const keys = (await shownKeys(context, library)).filter(({ kid }) => chosen.includes(kid));
		if (keys.length === 0) return page(request, response, library, 'none_chosen');
		const data = { name: library.name, library, keys: keys.map(lineOf), ends: keys.some(mayHaveSigned) };
		show(request, response, 'withdraw-keys', 'console.signing_keys.withdraw_title', data);
	});

	router.post(`${path}/withdraw`, (request, response) =>
		order(request, response, {
			kind: 'withdraw',
			keys: named((request.body as { key?: unknown }).key),
		}),
	);
	return router;
}

/** One name or several, as a form sends them. */
function named(value: unknown): string[] {
	return [value ?? []].flat().filter((kid) => typeof kid === 'string');
}

function mayHaveSigned({ state }: ShownKey): boolean {
	return state === 'signing' || state === 'kept';
}

function lineOf(key: ShownKey) {
	const { kid, alg, state, made, signs_from, ends, withdrawn } = key;
	return {
		kid,
		alg,
		kind: KINDS[state],
		label: `console.signing_keys.state.${state}`,
		made,
		signs_from,
		ends: withdrawn ?? ends,
		can: state !== 'withdrawn',
	};
}
