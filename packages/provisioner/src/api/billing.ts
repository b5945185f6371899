import type { Prices } from '@understory/core/bill.ts';
import { NotFound } from '@understory/core/errors.ts';
import { billsFor, changePrices, shownPrices } from '../services/bills.ts';
import { changeQuotas, shownQuotas, type WantedQuotas } from '../services/quotas.ts';
import { listLibraries } from '../store/libraries.ts';
import { type ApiRequest, type ApiResponse, libraryOf, pageOf } from './exchange.ts';

export async function quotas(request: ApiRequest): Promise<ApiResponse> {
	return { body: await shownQuotas(request.context, await libraryOf(request)) };
}

export async function setQuotas(request: ApiRequest): Promise<ApiResponse> {
	const { context, token, body } = request;
	const library = await libraryOf(request);
	return { body: await changeQuotas(context, library, body as WantedQuotas, token.name) };
}

export async function bill(request: ApiRequest): Promise<ApiResponse> {
	const [one] = await billsFor(request.context, [await libraryOf(request)], request.query.month);
	return { body: one! };
}

export async function bills(request: ApiRequest): Promise<ApiResponse> {
	const page = pageOf(request);
	const libraries = await listLibraries(request.context.database, page);
	const items = await billsFor(request.context, libraries, request.query.month);
	const last = libraries.length === page.limit ? libraries.at(-1) : undefined;
	const month = request.query.month ? `&month=${request.query.month}` : '';
	return {
		body: { items },
		...(last && { next: `/api/v1/bills?limit=${page.limit}${month}&after=${last.slug}` }),
	};
}

export async function prices(request: ApiRequest): Promise<ApiResponse> {
	const now = await shownPrices(request.context);
	if (!now) throw new NotFound('Nobody has said yet what hosting costs here.');
	return { body: now };
}

export async function setPrices(request: ApiRequest): Promise<ApiResponse> {
	const { context, token, body } = request;
	return { body: await changePrices(context, body as Prices & { since?: string }, token.name) };
}
