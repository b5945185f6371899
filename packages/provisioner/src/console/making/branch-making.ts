import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { createBodyChecker } from '../../api/body-checker.ts';
import { asOne } from '../../services/as-one.ts';
import { createBranch, type NewBranch } from '../../services/branches.ts';
import { beginOperation } from '../../services/operations.ts';
import type { Services } from '../../services/services.ts';
import { HOME_KINDS, type HomeKind, type LibraryRow } from '../../store/rows.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { shownFaults } from './shown-faults.ts';
import { asSent, type Form, placeTyped, textOf } from './typed-form.ts';

/** `/libraries/{library}/new-branch`: a branch is made, as by the API, and its operation is shown. */
export function branchMaking({
	context,
	services,
	show,
	wordsOf,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/new-branch';
	const check = createBodyChecker()('NewBranch');

	function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		{ form = {}, error }: { form?: Form; error?: PublicError } = {},
	): void {
		const faults = shownFaults(error, 'branch', wordsOf(request, response));
		const home = textOf(form, 'home') || 'shared';
		const data = {
			library,
			example: new URL(context.addresses.branch(library.slug, 'belmont')).host,
			form: { slug: textOf(form, 'slug'), name: textOf(form, 'name') },
			// A library's branches are where the library is, most often.
			place: error ? placeTyped(form) : { region: library.region },
			homes: HOME_KINDS.map((kind) => ({
				...{ name: 'home', value: kind, checked: kind === home },
				label: `making.branch.homes.${kind}`,
				hint: `making.branch.homes_mean.${kind}`,
			})),
			faults,
			bad: faultsByField(faults),
			refused: error?.code.startsWith('quota_') ? `bill.refused.${error.code}` : null,
		};
		const title = error ? 'making.branch.title_error' : 'making.branch.title';
		show(request, response, 'new-branch', title, { ...data, name: library.name }, error?.status);
	}

	router.get(path, async (request, response) => {
		page(request, response, await libraryOf(request, response));
	});

	router.post(path, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const form = (request.body ?? {}) as Form;
		const by = tokenOf(response, true).name;
		const line = { actor: by, act: 'createBranch', subject: `/libraries/${library.slug}/branches` };
		try {
			const wanted = wantedOf(form);
			check(wanted);
			const made = await asOne(context, line, async (inside) => {
				const branch = await createBranch(inside, library, wanted);
				const about = { kind: 'create', library: library.id, branch: branch.id, by };
				return { branch: branch.id, operation: await beginOperation(inside, about) };
			});
			await services.look([made.branch]);
			response.redirect(303, `/operations/${made.operation}`);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			page(request, response, library, { form, error });
		}
	});
	return router;
}

function wantedOf(form: Form): NewBranch {
	return {
		...{ slug: textOf(form, 'slug'), name: textOf(form, 'name') },
		...asSent(placeTyped(form)),
		home: textOf(form, 'home') as HomeKind,
	};
}
