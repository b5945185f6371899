import { languageOf } from '@understory/http/language.ts';
import { Router } from 'express';
import type { Context } from '../context.ts';
import { clerkOf } from '../desk/clerk.ts';
import { OWN_PAGES } from '../openid/own-client.ts';
import { newCodeFor } from '../recovery/recovery-code.ts';
import { toldTo } from '../restricting/told.ts';
import { endSignIn } from '../signing-in/ending.ts';
import { linksOf } from '../store/accounts.ts';
import { recoveryCodeMonth, takeBackDeskCodes, waitingDeskCodes } from '../store/codes.ts';
import { dropErasure, erasureDue } from '../store/erasures.ts';
import { eraseAccount } from '../store/leaving.ts';
import { passkeysOf } from '../store/passkeys.ts';
import { signInsOf } from '../store/sign-ins.ts';
import { storedOf } from '../you/stored-of.ts';
import type { CardForm } from './card-form.ts';
import { shownSignIn } from './let-in.ts';
import type { SiteOf } from './site.ts';
import { youCardRoutes } from './you-card.ts';
import { youParts } from './you-parts.ts';
import { youPasskeyRoutes } from './you-passkeys.ts';

/** A person's own page about how they sign in: what is kept, what can be added, ended and deleted. Reached with any proof; what opens doors needs a full one. */
export function youRoutes(context: Context, siteOf: SiteOf, form: CardForm): Router {
	const router = Router();
	const { database, clock } = context;
	const parts = youParts(context, siteOf, form);
	const { page, act, show } = parts;

	router.get('/you/back', (request, response) => {
		const to = OWN_PAGES.find((page) => page === request.query.state) ?? 'you';
		response.redirect(303, `/${to}`);
	});

	router.get(
		'/you',
		page(async (request, response, own) => {
			const { account, signIn, standing } = own.you;
			const language = languageOf(request, response);
			const restriction = await toldTo(context, account);
			const leaving = await erasureDue(database, account.id);
			const [links, code, passkeys, signIns, waiting] = await Promise.all([
				linksOf(database, account.id),
				recoveryCodeMonth(database, account.id),
				passkeysOf(database, account.id),
				signInsOf(database, account.id),
				waitingDeskCodes(database, account.id, clock.now()),
			]);
			show(request, response, own, {
				view: 'card/you',
				title: 'account.you.title',
				data: {
					desk: clerkOf(context, own.library.id, own.you) !== null,
					full: standing === 'full',
					restriction,
					leaving,
					locked: account.locked,
					cards: links.filter(({ kind }) => kind === 'card').length,
					carried: links.some(({ kind }) => kind === 'ils_id'),
					code: code === null ? null : monthInWords(code, language),
					passkeys: passkeys.map((row) => ({
						id: row.id,
						device: `account.device.${row.device}`,
						added: monthInWords(row.added_month, language),
						used: monthInWords(row.used_month, language),
					})),
					waiting,
					signIns: signIns.map((row) => ({
						...shownSignIn(row),
						id: row.id,
						here: row.id === signIn.id,
						fresh: row.new_browser,
						ended: row.ended,
					})),
				},
			});
		}),
	);

	router.post(
		'/you/code',
		...act(async (request, response, own) => {
			const code = await newCodeFor(context, own.library, own.you.account.id);
			show(request, response, own, {
				view: 'card/you-code',
				title: 'account.recovery.title',
				data: { code },
			});
		}),
	);

	router.post(
		'/you/desk-codes',
		...act(
			async (_request, response, own) => {
				await takeBackDeskCodes(database, own.you.account.id);
				response.redirect(303, '/you');
			},
			{ standing: 'porch' },
		),
	);

	router.post(
		'/you/keep',
		...act(
			async (_request, response, own) => {
				await dropErasure(database, own.you.account.id);
				response.redirect(303, '/you');
			},
			{ standing: 'porch' },
		),
	);

	router.post(
		'/you/sign-ins',
		...act(
			async (request, response, own) => {
				const { id } = request.body as { id?: unknown };
				const { account, signIn } = own.you;
				const all = id === 'others' ? await signInsOf(database, account.id) : [];
				const ids =
					id === 'others' ? all.filter((row) => row.id !== signIn.id).map((row) => row.id) : [String(id)];
				for (const one of ids)
					if (isUuid(one)) await endSignIn(context, own, { account: account.id, id: one });
				response.redirect(303, '/you');
			},
			{ standing: 'porch' },
		),
	);

	router.get(
		'/you/stored',
		page(async (_request, response, own) => {
			const stored = await storedOf(context, own, own.you.account);
			response.setHeader('cache-control', 'no-store');
			response.setHeader('content-disposition', 'attachment; filename="your-sign-in.json"');
			response.type('json').send(`${JSON.stringify(stored, null, '\t')}\n`);
		}),
	);

	router.post(
		'/you/delete',
		...act(
			async (request, response, own) => {
				const { sure } = request.body as { sure?: unknown };
				const { account } = own.you;
				if (sure !== 'yes') return response.redirect(303, '/you#delete');
				for (const { id } of await signInsOf(database, account.id))
					await endSignIn(context, own, { account: account.id, id });
				await eraseAccount(database, own.library.id, account.id);
				context.log.info('account_erased', { library: own.library.slug });
				const data = { title: 'account.you.deleted', lead: 'account.you.deleted_text' };
				form.show(request, response, { view: 'card/message', title: data.title, data });
			},
			{ standing: 'porch' },
		),
	);

	router.use(youPasskeyRoutes(context, parts));
	router.use(youCardRoutes(context, parts));
	return router;
}

/** `2026-11` as "November 2026", in the reader's language. */
function monthInWords(month: string, language: string): string {
	const form = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
	return new Intl.DateTimeFormat(`${language}-US`, form).format(Date.parse(`${month}-15T00:00:00Z`));
}

function isUuid(text: string): boolean {
	return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
