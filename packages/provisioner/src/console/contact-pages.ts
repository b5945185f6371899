import { dateIn } from '@understory/core/calendar.ts';
import { type ContactState, contactState } from '@understory/core/contact.ts';
import { BadInput, Conflict, PublicError } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { contactOf } from '../register/records.ts';
import { asOne } from '../services/as-one.ts';
import {
	carryOutImport,
	endContact,
	type ImportPlan,
	planImport,
	reviseContact,
	writeContact,
} from '../services/contacts.ts';
import type { Services } from '../services/services.ts';
import { type ContactRow, contactRows } from '../store/contacts.ts';
import type { LibraryRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const KINDS: Readonly<Record<ContactState, 'good' | 'wait' | 'stop'>> = {
	checked: 'good',
	unchecked: 'wait',
	old: 'wait',
	term_over: 'stop',
	broken: 'stop',
};
const FIELDS = ['role', 'name', 'body', 'division', 'phone', 'email', 'term_end'] as const;

interface More {
	readonly typed?: object;
	readonly file?: string;
	readonly plan?: ImportPlan;
	readonly faults?: readonly { readonly field: string; readonly key: string }[];
	readonly status?: number;
}

/** `/libraries/{library}/contacts`: whom to turn to, how fresh that is, and files of a council that are looked at before they are used. */
export function contactPages({
	context,
	services,
	show,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/contacts';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: More = {},
	): Promise<void> {
		const today = dateIn(library.zone, context.clock.now());
		const rows = await contactRows(context.database, library.id);
		const data = {
			name: library.name,
			library,
			contacts: rows.map((row) => lineOf(row, today)),
			mayChange: mayChange(tokenOf(response, false)),
			done: request.method === 'GET' && request.query.done === 'yes',
			typed: more.typed ?? {},
			file: more.file ?? '',
			plan: more.plan && planView(more.plan),
			faults: more.faults ?? [],
		};
		show(request, response, 'contacts', 'console.contacts.title', data, more.status);
	}

	/** Does what was asked, or shows the page again with what was typed and why not. */
	async function act(
		request: Request,
		response: Response,
		{ what, ...kept }: Pick<More, 'typed' | 'file'> & { readonly what: string },
		work: (about: { inside: Context; library: LibraryRow; by: string }) => Promise<ImportPlan | null>,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const by = tokenOf(response, true).name;
		const line = { actor: by, act: what, subject: request.path };
		try {
			const plan = await asOne(context, line, (inside) => work({ inside, library, by }));
			if (plan) return await page(request, response, library, { ...kept, plan });
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500 || error.status === 404) throw error;
			const faults =
				error instanceof Conflict
					? [{ field: 'file', key: 'console.contacts.meanwhile' }]
					: error.faults.map(({ field, text }) => ({
							field,
							key: text === NOT_JSON ? 'console.contacts.not_json' : `console.contacts.fault.${field}`,
						}));
			return page(request, response, library, { ...kept, faults, status: error.status });
		}
		await services.libraryChanged(library.id);
		response.redirect(303, `/libraries/${library.slug}/contacts?done=yes`);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(path, async (request, response) => {
		const typed = (request.body ?? {}) as Record<string, unknown>;
		const said = Object.fromEntries(
			FIELDS.map((field) => [field, String(typed[field] ?? '').trim() || null]),
		);
		const languages = String(typed.languages ?? '')
			.split(/[\s,]+/)
			.filter(Boolean);
		await act(request, response, { what: 'createContact', typed }, async ({ inside, library, by }) => {
			await writeContact(inside, library, { ...said, role: said.role ?? '', languages }, by);
			return null;
		});
	});
	router.post(`${path}/preview`, async (request, response) => {
		const file = String((request.body as { file?: unknown }).file ?? '');
		await act(request, response, { what: 'previewContacts', file }, ({ inside, library }) =>
			planImport(inside, library, parsed(file)),
		);
	});
	router.post(`${path}/import`, async (request, response) => {
		const { file = '', digest = '' } = request.body as { file?: unknown; digest?: unknown };
		const kept = { what: 'importContacts', file: String(file) };
		await act(request, response, kept, async ({ inside, library, by }) => {
			await carryOutImport(inside, library, { file: parsed(String(file)), digest: String(digest) }, by);
			return null;
		});
	});
	router.post(`${path}/:contact`, async (request, response) => {
		const id = String(request.params.contact);
		const { act: what } = request.body as { act?: unknown };
		const kept = { what: what === 'remove' ? 'removeContact' : 'changeContact' };
		await act(request, response, kept, async ({ inside, library, by }) => {
			if (what === 'remove') await endContact(inside, library, id);
			else
				await reviseContact(
					inside,
					library,
					id,
					what === 'broken' ? { broken: true } : { checked: true },
					by,
				);
			return null;
		});
	});
	return router;
}

const NOT_JSON = 'not JSON';

function parsed(file: string): unknown {
	try {
		return JSON.parse(file);
	} catch {
		throw new BadInput('This is not JSON.', [{ field: 'file', text: NOT_JSON }]);
	}
}

function lineOf(row: ContactRow, today: string) {
	const state = contactState(contactOf(row), today);
	return {
		...row,
		who: row.name ?? row.role,
		kind: KINDS[state],
		state: `console.contacts.state_words.${state}`,
	};
}

function planView({ changed, ...plan }: ImportPlan) {
	const inOne = (contact: object) =>
		FIELDS.map((field) => (contact as Record<string, string | null>)[field])
			.filter(Boolean)
			.join(', ');
	return { ...plan, changed: changed.map(({ was, will }) => ({ was: inOne(was), will: inOne(will) })) };
}
