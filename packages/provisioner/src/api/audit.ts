import { BadInput } from '@understory/core/errors.ts';
import { historyOf, readPlace } from '../store/history.ts';
import { type ApiRequest, type ApiResponse, libraryOf, pageOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const { context, params, query } = request;
	const library = params.library === undefined ? undefined : await libraryOf(request);
	const { limit, after: place } = pageOf(request);
	const after = place === undefined ? undefined : readPlace(place);
	if (after === null) throw asked('after', 'A place that a page of this list named.');
	const [from, until] = [numberIn(request, 'from'), numberIn(request, 'until')];
	const filter = {
		...(query.by ? { by: query.by } : {}),
		...(query.what ? { what: query.what } : {}),
		...(from === undefined ? {} : { from }),
		...(until === undefined ? {} : { until }),
	};
	const rows = await historyOf(context.database, library ? { library } : {}, {
		limit: limit + 1,
		after,
		filter,
	});
	const items = rows.slice(0, limit).map(({ branch, place: _, ...line }) => ({
		...line,
		branch: branch?.slug ?? null,
		library: branch?.library ?? library?.slug ?? null,
	}));
	const at = library ? `/libraries/${library.slug}/audit` : '/audit';
	const said = Object.entries({ by: query.by, what: query.what, from: query.from, until: query.until });
	const next = (last: string) =>
		new URLSearchParams({
			...Object.fromEntries(said.filter((pair): pair is [string, string] => pair[1] !== undefined)),
			limit: String(limit),
			after: last,
		});
	const more = rows.length > limit;
	return { body: { items }, ...(more ? { next: `/api/v1${at}?${next(rows[limit - 1]!.place)}` } : {}) };
}

/** A whole number of the query that is not below zero. Throws `BadInput`. */
function numberIn({ query }: ApiRequest, name: string): number | undefined {
	const text = query[name];
	if (text === undefined || text === '') return undefined;
	const number = Number(text);
	if (Number.isSafeInteger(number) && number >= 0) return number;
	throw asked(name, 'A whole number, not below 0.');
}

function asked(field: string, text: string): BadInput {
	return new BadInput('The list cannot be asked like that.', [{ field, text }]);
}
