import { NotFound } from '@understory/core/errors.ts';
import { type DepositedKeys, keysOf, newestKeys } from '../store/home-keys.ts';
import { homesWithNumbers } from '../store/home-numbers.ts';
import { type ApiRequest, type ApiResponse, pageOf, refuseLibraryTokens } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { database } = request.context;
	const page = pageOf(request);
	const homes = await homesWithNumbers(database, page);
	const keys = await newestKeys(
		database,
		homes.map(({ name }) => name),
	);
	const last = homes.length === page.limit ? homes.at(-1)!.name : null;
	const items = homes.map(({ name, kind, cell, branches }) => {
		const kept = keys.get(name);
		return { name, kind, cell, branches, keys: kept ? keptShape(kept) : null };
	});
	return { body: { items }, ...(last && { next: `/api/v1/homes?limit=${page.limit}&after=${last}` }) };
}

/** The sealed keys of a home, the newest first. What they hold is for whoever has the recovery key, and that is not the platform. */
export async function fetchKeys(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const home = request.params.home ?? '';
	const kept = await keysOf(request.context.database, home);
	if (kept.length === 0) throw new NotFound(`No keys of a home "${home}" are kept here.`);
	const deposits = kept.map((one) => ({ ...keptShape(one), role_key: one.roleKey, sealed: one.sealed }));
	return { body: { home, deposits } };
}

function keptShape({ deposited, confirmed, recoveryKey }: Omit<DepositedKeys, 'sealed' | 'contents'>) {
	return { deposited, confirmed, recovery_key: recoveryKey };
}
