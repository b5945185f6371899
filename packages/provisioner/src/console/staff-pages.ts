import { dateIn } from '@understory/core/calendar.ts';
import { PublicError } from '@understory/core/errors.ts';
import { LIBRARY_ROLES } from '@understory/core/grants.ts';
import type { Design } from '@understory/design/design.ts';
import { languageOf } from '@understory/http/language.ts';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { asOne } from '../services/as-one.ts';
import { type Invitation, invite, type Wanted } from '../services/invitations.ts';
import type { Services } from '../services/services.ts';
import { takeBackInvitation, takeBackRole } from '../services/staff.ts';
import { branchesOf } from '../store/branches.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import { grantsNow, openInvitations } from '../store/staff.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** So many people make a panel that can decide: one proposes, another confirms. */
const PANEL_NEEDS = 2;

/** `/libraries/{library}/staff`: who has a role, naming people for the whole library, and taking a role or an invitation back. */
export function staffPages(
	kit: ConsoleKit & { readonly services: Services; readonly design: Design },
): Router {
	const { context, services, design, show, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/staff';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { invitation?: Invitation; typed?: Partial<Wanted>; error?: PublicError; status?: number } = {},
	): Promise<void> {
		const { invitation, typed = {}, error, status = error?.status } = more;
		const { database, clock } = context;
		const now = clock.now();
		const [grants, invitations, branches] = await Promise.all([
			grantsNow(database, library.id, now),
			openInvitations(database, library.id, now),
			branchesOf(database, library.id),
		]);
		const nameOf = new Map(branches.map(({ id, name }) => [id, name]));
		const day = (at: string | number) => Date.parse(`${dateIn(library.zone, Number(at))}T12:00:00Z`);
		const placed = (row: { role: string; branch: string | null; valid_until: string | null }) => ({
			role: `common.role.${row.role}`,
			branch: row.branch === null ? null : (nameOf.get(row.branch) ?? ''),
			// The last day, not the midnight after it.
			until: row.valid_until === null ? null : day(big(row.valid_until) - 1),
		});
		const held = grants.map((row) => ({
			...placed(row),
			id: row.id,
			name: row.name,
			from: day(row.valid_from),
			by: row.invited_by,
		}));
		const panel = new Set(grants.filter(({ role }) => role === 'panel').map((row) => row.staff_id)).size;
		const faults = (error?.faults ?? []).map(({ field }) => ({
			field,
			key: `console.staff.fault.${field}`,
		}));
		const title = faults.length > 0 ? 'console.staff.title_error' : 'console.staff.title';
		const data = {
			name: library.name,
			library,
			panel: { count: panel, can: panel >= PANEL_NEEDS },
			whole: held.filter(({ branch }) => branch === null),
			atBranches: held.filter(({ branch }) => branch !== null),
			invitations: invitations.map((row) => ({
				...placed(row),
				id: row.id,
				name: row.name,
				expires: day(row.expires),
				by: row.invited_by,
			})),
			roles: LIBRARY_ROLES.map((role) => ({ role, chosen: role === (typed.role ?? 'panel') })),
			form: typed,
			bad: Object.fromEntries(
				faults.map(({ field, key }) => [field, design.t(languageOf(request, response), key)]),
			),
			faults,
			invitation,
			said: error && error.faults.length === 0 ? 'console.staff.fault.gone' : null,
			mayChange: mayChange(tokenOf(response, false)),
		};
		show(request, response, 'staff', title, data, status);
	}

	/** Does it and shows the page anew, with the invitation that it made; what cannot be done is said on it. */
	async function doing<T>(
		request: Request,
		response: Response,
		act: string,
		run: (
			about: { inside: Context; library: LibraryRow; by: string },
			form: Record<string, string | undefined>,
		) => Promise<T>,
		then: (library: LibraryRow, done: T) => Promise<void>,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const form = (request.body ?? {}) as Record<string, string | undefined>;
		try {
			const by = tokenOf(response, true).name;
			const line = { actor: by, act, subject: request.path };
			const done = await asOne(context, line, (inside) => run({ inside, library, by }, form));
			await then(library, done);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, library, { typed: form as Partial<Wanted>, error });
		}
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});

	const again = (response: Response) => async (library: LibraryRow) =>
		response.redirect(303, `/libraries/${library.slug}/staff`);

	router.post(`${path}/invite`, (request, response) =>
		doing(
			request,
			response,
			'inviteLibraryStaff',
			({ inside, library, by }, { role = '', name = '', until = '' }) =>
				invite(inside, { library, branch: null, by }, { role, name, until }),
			(library, invitation) => page(request, response, library, { invitation, status: 201 }),
		),
	);

	router.post(`${path}/take-back`, (request, response) =>
		doing(
			request,
			response,
			'takeBackRole',
			({ inside, library, by }, { id = '' }) => takeBackRole(inside, library, { id, by }),
			async (library) => {
				await services.libraryChanged(library.id);
				await again(response)(library);
			},
		),
	);

	router.post(`${path}/take-back-invitation`, (request, response) =>
		doing(
			request,
			response,
			'takeBackInvitation',
			({ inside, library }, { id = '' }) => takeBackInvitation(inside, library, id),
			again(response),
		),
	);
	return router;
}
