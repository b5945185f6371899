import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { type ActLine, asOne } from '../services/as-one.ts';
import {
	allowedNetworks,
	allowNetwork,
	endNetwork,
	requirePlatform,
} from '../services/catalogue-networks.ts';
import type { TokenRow } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/libraries/{library}/networks`: where the catalogue may stand besides public addresses. Library IT sees it; whoever runs the platform says it. */
export function networkPages({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/networks';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: Record<string, unknown>; error?: PublicError } = {},
	): Promise<void> {
		const { typed, error } = more;
		const t = wordsOf(request, response);
		const faults = (error?.faults ?? []).map(({ field }) => ({
			field,
			text: t(`console.networks.fault.${field}`),
		}));
		const data = {
			name: library.name,
			library,
			networks: await allowedNetworks(context, library),
			mayAllow: isPlatform(tokenOf(response, false)),
			typed,
			faults,
			fault: faultsByField(faults),
		};
		show(request, response, 'catalogue-networks', 'console.networks.title', data, error?.status);
	}

	async function changing(
		request: Request,
		response: Response,
	): Promise<{ library: LibraryRow; by: string }> {
		const token = tokenOf(response, true);
		requirePlatform(token);
		return { library: await libraryOf(request, response, true), by: token.name };
	}

	function lineOf(act: string, { library, by }: { library: LibraryRow; by: string }): ActLine {
		return { actor: by, act, subject: `/libraries/${library.slug}/catalogue-networks` };
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(path, async (request, response) => {
		const about = await changing(request, response);
		const typed = request.body as { cidr?: unknown; port?: unknown };
		const wanted = { cidr: String(typed.cidr ?? ''), port: Number(typed.port) };
		try {
			await asOne(context, lineOf('allowCatalogueNetwork', about), (inside) =>
				allowNetwork(inside, about.library, wanted, { id: context.randomId(), by: about.by }),
			);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return page(request, response, about.library, { typed, error });
		}
		response.redirect(303, request.path);
	});
	router.post(`${path}/:network/end`, async (request, response) => {
		const about = await changing(request, response);
		await asOne(context, lineOf('endCatalogueNetwork', about), (inside) =>
			endNetwork(inside, about.library, String(request.params.network), about.by),
		);
		response.redirect(303, `/libraries/${about.library.slug}/networks`);
	});
	return router;
}

function isPlatform(token: TokenRow): boolean {
	try {
		requirePlatform(token);
		return true;
	} catch {
		return false;
	}
}
