import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { adoptPolicy, type CheckedPolicy, checkPolicy, type WantedPolicy } from '../services/policies.ts';
import { policiesOf } from '../store/libraries.ts';
import type { LibraryRow } from '../store/rows.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const policies = await policiesOf(request.context.database, library.id);
	return { body: { items: policies.map((policy) => ({ ...policy, ...placeOf(library, policy) })) } };
}

export async function check(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	return { body: shape(library, await checkPolicy(request.context, library, request.body as WantedPolicy)) };
}

export async function adopt(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { name } = request.token;
	const adopted = await adoptPolicy(request.context, library, request.body as WantedPolicy, name);
	await request.services.libraryChanged(library.id);
	return { body: shape(library, adopted) };
}

function shape(library: LibraryRow, { policy, warnings }: CheckedPolicy): object {
	return { policy: { ...policy, ...placeOf(library, policy) }, warnings };
}

/** Where the version stands for ever, and the digest by which statements name it. */
function placeOf(
	{ accountability_origin }: LibraryRow,
	policy: CheckedPolicy['policy'],
): { url: string; sha256: string } {
	return {
		url: `${accountability_origin}/policies/${policy.id}/${policy.version}`,
		sha256: digestDocument(policy),
	};
}
