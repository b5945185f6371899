import type { AdoptedRecords } from '@understory/core/records-profile.ts';
import { RECORDS_PROFILES } from '@understory/core/records-profiles.ts';
import { adoptRecords } from '../services/records.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function listProfiles(): Promise<ApiResponse> {
	return { body: { items: RECORDS_PROFILES } };
}

export async function adopt(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { context, body, token } = request;
	const adopted = await adoptRecords(context, library, body as AdoptedRecords, token.name);
	await request.services.libraryChanged(library.id, { resend: true });
	return { body: adopted };
}
