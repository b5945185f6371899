import { BadInput } from '@understory/core/errors.ts';
import { historyOf } from '../store/history.ts';
import { type ApiRequest, type ApiResponse, libraryOf, pageOf } from './exchange.ts';

/** So far back a list goes in pages; what is older is found by its time. */
const MOST_SKIPPED = 10_000;

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const { context, params, query } = request;
	const library = params.library === undefined ? undefined : await libraryOf(request);
	const { limit } = pageOf(request);
	const skip = numberIn(request, 'skip', MOST_SKIPPED) ?? 0;
	const [from, until] = [numberIn(request, 'from'), numberIn(request, 'until')];
	const filter = {
		...(query.by ? { by: query.by } : {}),
		...(query.what ? { what: query.what } : {}),
		...(from === undefined ? {} : { from }),
		...(until === undefined ? {} : { until }),
	};
	const rows = await historyOf(context.database, library ? { library } : {}, {
		limit: limit + 1,
		skip,
		filter,
	});
	const items = rows.slice(0, limit).map(({ branch, ...line }) => ({
		...line,
		branch: branch?.slug ?? null,
		library: branch?.library ?? library?.slug ?? null,
	}));
	const more = rows.length > limit && skip + limit <= MOST_SKIPPED;
	const at = library ? `/libraries/${library.slug}/audit` : '/audit';
	const said = Object.entries({ by: query.by, what: query.what, from: query.from, until: query.until });
	const next = new URLSearchParams({
		...Object.fromEntries(said.filter((pair): pair is [string, string] => pair[1] !== undefined)),
		limit: String(limit),
		skip: String(skip + limit),
	});
	return { body: { items }, ...(more ? { next: `/api/v1${at}?${next}` } : {}) };
}

/** A whole number of the query that is not below zero. Throws `BadInput`. */
function numberIn({ query }: ApiRequest, name: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
	const text = query[name];
	if (text === undefined || text === '') return undefined;
	const number = Number(text);
	if (Number.isSafeInteger(number) && number >= 0 && number <= most) return number;
	throw new BadInput('The list cannot be asked like that.', [
		{ field: name, text: `A whole number from 0 to ${most}.` },
	]);
}
