import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { createBodyChecker } from '../../api/body-checker.ts';
import { asOne } from '../../services/as-one.ts';
import { createLibrary, type NewLibrary } from '../../services/libraries.ts';
import type { Services } from '../../services/services.ts';
import { requireOfPlatform } from '../allowed.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { shownFaults } from './shown-faults.ts';
import { type Form, textOf } from './typed-form.ts';

/** The languages that a library's pages can have. */
const LANGUAGES = ['en', 'es'] as const;

/** `/new-library`: a library is made, as by the API, by whoever runs the platform. */
export function libraryMaking({
	context,
	services,
	show,
	wordsOf,
	tokenOf,
}: Omit<ConsoleKit, 'libraryOf'> & { readonly services: Services }): Router {
	const router = Router();
	const check = createBodyChecker()('NewLibrary');

	function page(request: Request, response: Response, form?: Form, error?: PublicError): void {
		const faults = shownFaults(error, 'library', wordsOf(request, response));
		const chosen = form === undefined ? LANGUAGES : [form.languages].flat();
		const data = {
			form: form && wantedOf(form),
			languages: LANGUAGES.map((language) => ({
				...{ language, chosen: chosen.includes(language) },
				words: `making.library.language.${language}`,
			})),
			faults,
			bad: faultsByField(faults),
		};
		const title = faults.length > 0 ? 'making.library.title_error' : 'making.library.title';
		show(request, response, 'new-library', title, data, error?.status);
	}

	router.get('/new-library', (request, response) => {
		requireOfPlatform(tokenOf(response, false), 'keep');
		page(request, response);
	});

	router.post('/new-library', async (request, response) => {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		const form = (request.body ?? {}) as Form;
		const line = { actor: token.name, act: 'createLibrary', subject: '/libraries' };
		try {
			const wanted = wantedOf(form);
			check(wanted);
			const made = await asOne(context, line, (inside) => createLibrary(inside, wanted));
			await services.libraryChanged(made.id);
			response.redirect(303, `/libraries/${made.slug}`);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			page(request, response, form, error);
		}
	});
	return router;
}

function wantedOf(form: Form): NewLibrary {
	const text = (name: string) => textOf(form, name);
	return {
		...{ slug: text('slug'), name: text('name'), region: text('region'), zone: text('zone') },
		languages: [form.languages ?? []].flat().map(String),
		phone: text('phone') || null,
	};
}
