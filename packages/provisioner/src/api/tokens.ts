import { randomBytes } from 'node:crypto';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import { type ApiRole, addToken, type TokenRow } from '../store/access.ts';
import { findLibrary } from '../store/libraries.ts';
import { isUuid } from '../store/uuid.ts';
import { type ApiRequest, type ApiResponse, refuseLibraryTokens } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const rows = await request.context.database<TokenRow>('token').orderBy('created');
	return { body: { items: rows.map(shape) } };
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { context } = request;
	const wanted = request.body as {
		name: string;
		role: ApiRole;
		library?: string | null;
		expires?: number | null;
	};
	const library = wanted.library ? await findLibrary(context.database, wanted.library) : undefined;
	const faults = [
		...(wanted.name.trim() ? [] : [{ field: 'name', text: 'Write who will use it.' }]),
		...(wanted.library && !library ? [{ field: 'library', text: 'There is no such library.' }] : []),
		...(wanted.role === 'library_it' && !wanted.library
			? [{ field: 'library', text: 'Name the library it is for.' }]
			: []),
	];
	if (faults.length > 0) throw new BadInput('This token cannot be made as it stands.', faults);
	const token = randomBytes(32).toString('base64url');
	const row = {
		id: context.randomId(),
		name: wanted.name.trim(),
		role: wanted.role,
		library: library?.id ?? null,
		expires: wanted.expires ?? null,
		created: context.clock.now(),
	};
	await addToken(context.database, token, row);
	return { body: { ...row, token } };
}

export async function revoke(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const id = request.params.token ?? '';
	const gone = isUuid(id) ? await request.context.database('token').where({ id }).delete() : 0;
	if (gone === 0) throw new NotFound('There is no such token.');
	return {};
}

function shape({ hash: _hash, expires, created, ...row }: TokenRow) {
	return { ...row, expires: expires === null ? null : Number(expires), created: Number(created) };
}
