import type { BodyRecord } from '@understory/core/office.ts';
import { changeBodies } from '../services/bodies.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { items } = request.body as { items: BodyRecord[] };
	await changeBodies(request.context, library, items, request.token.name);
	await request.services.libraryChanged(library.id, { resend: true });
	return { body: { items } };
}
