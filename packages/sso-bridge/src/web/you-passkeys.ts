import { Router } from 'express';
import type { Context } from '../context.ts';
import { readTicket, sealTicket } from '../guessing/form-ticket.ts';
import { addingOptions, addNew } from '../passkeys/adding.ts';
import { deviceKind } from '../signing-in/device-kind.ts';
import { lockAccount, passkeysOf, removePasskey } from '../store/passkeys.ts';
import type { YouParts } from './you-parts.ts';

/** The largest answer of an authenticator, in bytes. */
const ANSWER = 32_768;
const PATH = '/you/passkeys';

/** Adding and taking away passkeys, and making one a lock. */
export function youPasskeyRoutes(context: Context, { page, act, show }: YouParts): Router {
	const router = Router();
	const { database, clock } = context;

	router.get(
		PATH,
		page(async (request, response, own) => {
			const { library, you } = own;
			const keys = context.keysOf(library.id);
			const ticket = { id: context.randomId(), shown: clock.now(), wrong: 0, card: null, lead: null };
			const day = new Intl.DateTimeFormat('en-US', { timeZone: library.zone, dateStyle: 'medium' }).format(
				clock.now(),
			);
			const label = `${library.name}, ${day}`;
			const options = await addingOptions(context, { library, account: you.account.id, form: ticket }, label);
			show(request, response, own, {
				view: 'card/you-passkey',
				title: 'account.passkey.add',
				script: true,
				data: {
					options: JSON.stringify(options),
					ticket: sealTicket(keys, PATH, ticket),
					shared: you.signIn.device === 'shared',
					full: you.standing === 'full',
				},
			});
		}),
	);

	router.post(
		PATH,
		...act(
			async (request, response, own) => {
				const { library, you } = own;
				const { answer, ticket: text } = request.body as { answer?: unknown; ticket?: unknown };
				const form = readTicket(context.keysOf(library.id), PATH, text);
				const device = deviceKind(request.headers['user-agent']);
				const adding = form && { library, account: you.account.id, form };
				const added = adding ? await addNew(context, adding, parsed(answer), device) : 'not_read';
				if (added === 'added') return response.redirect(303, '/you#passkeys');
				const data = { title: `account.passkey.${added}`, lead: `account.passkey.${added}_text` };
				show(request, response, own, { view: 'card/message', title: data.title, data, status: 422 });
			},
			{ bytes: ANSWER },
		),
	);

	router.post(
		'/you/passkeys/remove',
		...act(async (request, response, own) => {
			const { id } = request.body as { id?: unknown };
			const mine = await passkeysOf(database, own.you.account.id);
			if (mine.some((row) => row.id === id)) await removePasskey(database, own.you.account.id, String(id));
			response.redirect(303, '/you#passkeys');
		}),
	);

	router.post(
		'/you/lock',
		...act(async (request, response, own) => {
			const { lock } = request.body as { lock?: unknown };
			await lockAccount(database, own.you.account.id, lock === 'on');
			response.redirect(303, '/you#passkeys');
		}),
	);
	return router;
}

function parsed(answer: unknown): unknown {
	try {
		return JSON.parse(String(answer));
	} catch {
		return null;
	}
}
