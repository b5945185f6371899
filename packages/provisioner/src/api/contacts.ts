import { dateIn } from '@understory/core/calendar.ts';
import { contactState } from '@understory/core/contact.ts';
import { contactOf } from '../register/records.ts';
import {
	type ContactChange,
	carryOutImport,
	endContact,
	type ImportPlan,
	planImport,
	reviseContact,
	type WantedContact,
	writeContact,
} from '../services/contacts.ts';
import { type ContactRow, contactRows } from '../store/contacts.ts';
import type { LibraryRow } from '../store/rows.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const rows = await contactRows(request.context.database, library.id);
	return { body: { items: rows.map((row) => shape(request, library, row)) } };
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { name } = request.token;
	const row = await writeContact(request.context, library, request.body as WantedContact, name);
	await request.services.libraryChanged(library.id);
	return { body: shape(request, library, row) };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { token, params, body } = request;
	const row = await reviseContact(
		request.context,
		library,
		params.contact ?? '',
		body as ContactChange,
		token.name,
	);
	await request.services.libraryChanged(library.id);
	return { body: shape(request, library, row) };
}

export async function remove(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	await endContact(request.context, library, request.params.contact ?? '');
	await request.services.libraryChanged(library.id);
	return {};
}

export async function preview(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { file } = request.body as { file: unknown };
	return { body: planShape(request, library, await planImport(request.context, library, file)) };
}

export async function importFile(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const asked = request.body as { file: unknown; digest: string };
	const plan = await carryOutImport(request.context, library, asked, request.token.name);
	await request.services.libraryChanged(library.id);
	return { body: planShape(request, library, plan) };
}

function shape({ context }: ApiRequest, library: LibraryRow, row: ContactRow): object {
	const { address: _address, ...contact } = contactOf(row);
	const state = contactState(contactOf(row), dateIn(library.zone, context.clock.now()));
	return { id: row.id, ...contact, sample: row.sample, state };
}

function planShape(request: ApiRequest, library: LibraryRow, plan: ImportPlan): object {
	return {
		kind: plan.kind,
		added: plan.added,
		changed: plan.changed.map(({ was, will }) => ({ was: shape(request, library, was), will })),
		ended: plan.ended.map((row) => shape(request, library, row)),
		unchanged: plan.unchanged,
		faults: plan.faults,
		digest: plan.digest,
	};
}
