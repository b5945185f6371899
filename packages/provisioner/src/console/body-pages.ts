import { PublicError } from '@understory/core/errors.ts';
import { type BodyRecord, bodiesOf, majorityOf } from '@understory/core/office.ts';
import { type Request, type Response, Router } from 'express';
import { contactOf } from '../register/records.ts';
import { changeBodies } from '../services/bodies.ts';
import type { Services } from '../services/services.ts';
import { contactRows } from '../store/contacts.ts';
import type { LibraryRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

type Typed = Readonly<Record<string, unknown>>;

/** `/libraries/{library}/bodies`: how many members each body of the contacts has, and how many of them are a quorum. */
export function bodyPages({
	context,
	services,
	show,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/bodies';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: Typed; faults?: readonly number[]; status?: number } = {},
	): Promise<void> {
		const contacts = (await contactRows(context.database, library.id)).map(contactOf);
		const { typed, faults = [], status } = more;
		const bodies = bodiesOf(contacts, library.bodies).map(({ name, members, quorum }, n) => ({
			...{ n, name, bad: faults.includes(n) },
			members: typed ? typed[`members_${n}`] : members,
			quorum: typed ? typed[`quorum_${n}`] : (quorum ?? ''),
			majority: majorityOf(members),
		}));
		const data = {
			name: library.name,
			library,
			bodies,
			faults: bodies.filter(({ bad }) => bad),
			mayChange: mayChange(tokenOf(response, false)),
			done: request.method === 'GET' && request.query.done === 'yes',
		};
		show(request, response, 'bodies', 'console.bodies.title', data, status);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(path, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const typed = (request.body ?? {}) as Typed;
		try {
			await changeBodies(context, library, bodiesIn(typed), tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const faults = error.faults.map(({ field }) => Number(field.split('_').at(-1)));
			return page(request, response, library, { typed, faults, status: error.status });
		}
		await services.libraryChanged(library.id, { resend: true });
		response.redirect(303, `${request.path}?done=yes`);
	});
	return router;
}

/** Reads the form, as many bodies as it has. */
function bodiesIn(form: Typed): BodyRecord[] {
	const said = (name: string) => String(form[name] ?? '').trim();
	const bodies: BodyRecord[] = [];
	for (let n = 0; form[`name_${n}`] !== undefined; n += 1) {
		const quorum = said(`quorum_${n}`);
		bodies.push({
			...{ name: said(`name_${n}`), members: Number(said(`members_${n}`) || Number.NaN) },
			...(quorum === '' ? {} : { quorum: Number(quorum) }),
		});
	}
	return bodies;
}
