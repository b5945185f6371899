import { PublicError } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { asOne } from '../services/as-one.ts';
import { tryProvider } from '../services/staff-providers.ts';
import type { LibraryRow } from '../store/rows.ts';
import { providerOf } from '../store/staff-providers.ts';
import { isOfPlatform, mayChange } from './allowed.ts';
import { endProviderByForm, keepProviderByForm, type ProviderTyped, providerForm } from './provider-form.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/libraries/{library}/staff-sign-in`: by which provider of its own a library's staff comes in to the console; for its IT and for whoever runs the platform. */
export function providerPages({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/staff-sign-in';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: ProviderTyped; error?: PublicError; tried?: string } = {},
	): Promise<void> {
		const { typed, error, tried } = more;
		const own = tokenOf(response, false);
		const form = await providerForm(context, library.id, wordsOf(request, response), { typed, error });
		const ofPlatform = await providerOf(context.database, null);
		const data = {
			...form,
			name: library.name,
			library,
			action: `/libraries/${library.slug}/staff-sign-in`,
			instead: form.provider ? null : (ofPlatform?.name ?? null),
			said: error && form.faults.length === 0 ? 'access.said.gone' : null,
			tried: tried && { kind: tried === 'good' ? 'good' : 'stop', key: `access.provider.tried.${tried}` },
			grantsOfAll: isOfPlatform(own, 'keep'),
			maySet: mayChange(own),
		};
		const title = form.faults.length > 0 ? 'access.provider.title_error' : 'access.provider.title_library';
		show(request, response, 'staff-provider', title, data, error?.status);
	}

	async function doing(
		request: Request,
		response: Response,
		act: string,
		run: (inside: Context, about: { library: string; typed: ProviderTyped; by: string }) => Promise<void>,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const by = tokenOf(response, true).name;
		const typed = (request.body ?? {}) as ProviderTyped;
		const subject = `/libraries/${library.slug}/staff-sign-in`;
		try {
			await asOne(context, { actor: by, act, subject }, (inside) =>
				run(inside, { library: library.id, typed, by }),
			);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			// Whoever ends it typed nothing into the other form.
			const kept = act === 'changeLibraryStaffSignIn' ? { typed } : {};
			return page(request, response, library, { ...kept, error });
		}
		response.redirect(303, subject);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(path, (request, response) =>
		doing(request, response, 'changeLibraryStaffSignIn', (inside, { library, typed, by }) =>
			keepProviderByForm(inside, library, typed, by),
		),
	);
	router.post(`${path}/end`, (request, response) =>
		doing(request, response, 'endLibraryStaffSignIn', (inside, { library, typed }) =>
			endProviderByForm(inside, library, typed),
		),
	);
	router.post(`${path}/try`, async (request, response) => {
		const library = await libraryOf(request, response, true);
		await page(request, response, library, { tried: await tryProvider(context, library.id) });
	});
	return router;
}
