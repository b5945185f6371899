import { billsCsv } from '@understory/core/bill.ts';
import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { billsFor } from '../services/bills.ts';
import { requirePlatform } from '../services/catalogue-networks.ts';
import { changeQuotas, shownQuotas } from '../services/quotas.ts';
import type { TokenRow } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const KINDS = ['branches', 'dedicated', 'storage_gb'] as const;

/** `/libraries/{library}/bill`: what a library had in a month and what that costs, and how much it may have. Whoever runs the platform says the latter. */
export function billingPages({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/bill';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: Record<string, unknown>; error?: PublicError } = {},
	): Promise<void> {
		const t = wordsOf(request, response);
		const asked = monthIn(request);
		const wrongMonth = await billsFor(context, [library], asked).then(
			() => null,
			(error: unknown) => refusalOf(error),
		);
		const [bill] = await billsFor(context, [library], wrongMonth ? undefined : asked);
		const quotas = await shownQuotas(context, library);
		const error = more.error ?? wrongMonth;
		const faults = (error?.faults ?? []).map(({ field }) => ({ field, text: t(`bill.fault.${field}`) }));
		const data = {
			...{ name: library.name, library, faults, fault: faultsByField(faults) },
			bill: {
				...bill!,
				lines: bill!.lines.map((line) => ({
					...{ ...line, words: `bill.what.${line.what}`, unit: `bill.unit.${line.unit}` },
					cost: line.cost?.toFixed(2),
				})),
				total: bill!.total?.toFixed(2),
			},
			quotas: KINDS.map((kind) => ({
				words: `bill.quota.${kind}`,
				...quotas[kind],
				free: quotas[kind].most === null,
			})),
			ask: quotas.ask,
			maySet: isPlatform(tokenOf(response, false)),
			typed: more.typed ?? {
				...Object.fromEntries(KINDS.map((kind) => [kind, quotas[kind].most ?? ''])),
				ask: quotas.ask ?? '',
			},
		};
		show(request, response, 'bill', 'bill.title', data, error?.status);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.get('/libraries/:library/bill.csv', async (request, response) => {
		const library = await libraryOf(request, response);
		const bills = await billsFor(context, [library], monthIn(request));
		response.setHeader('cache-control', 'no-store');
		response.setHeader(
			'content-disposition',
			`attachment; filename="${library.slug}-${bills[0]!.month}.csv"`,
		);
		response.type('text/csv; charset=utf-8').send(billsCsv(bills));
	});
	router.post('/libraries/:library/quotas', async (request, response) => {
		const token = tokenOf(response, true);
		requirePlatform(token);
		const library = await libraryOf(request, response, true);
		const typed = (request.body ?? {}) as Record<string, unknown>;
		const most = (kind: string) => {
			const text = String(typed[kind] ?? '').trim();
			return text === '' ? null : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
		};
		const wanted = {
			...{ branches: most('branches'), dedicated: most('dedicated'), storage_gb: most('storage_gb') },
			ask: String(typed.ask ?? ''),
		};
		try {
			await changeQuotas(context, library, wanted, token.name);
		} catch (error) {
			return page(request, response, library, { typed, error: refusalOf(error) });
		}
		response.redirect(303, `/libraries/${library.slug}/bill`);
	});
	return router;
}

/** What was refused in a sentence; anything else goes on its way. */
function refusalOf(error: unknown): PublicError {
	if (error instanceof PublicError && error.status < 500) return error;
	throw error;
}

function monthIn({ query }: Request): string | undefined {
	return typeof query.month === 'string' && query.month !== '' ? query.month : undefined;
}

function isPlatform(token: TokenRow): boolean {
	return token.role === 'platform_admin' && token.library === null;
}
