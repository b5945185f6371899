import { Conflict, PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { ServerUnread } from '../external/server-fault.ts';
import { asOne } from '../services/as-one.ts';
import { askNow, keepWhatWasSaid } from '../services/external-checks.ts';
import {
	addServer,
	previewServer,
	removeServer,
	type ServerPreview,
	type ShownServer,
	shownServers,
} from '../services/external-servers.ts';
import type { Services } from '../services/services.ts';
import type { LibraryRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const KINDS = { read: 'good', failing: 'wait', unread: 'stop' } as const;

interface More {
	readonly typed?: Record<string, unknown>;
	readonly preview?: ServerPreview;
	readonly error?: PublicError;
}

/** `/libraries/{library}/external-servers`: servers on other software that the library runs, looked at before they are listed. */
export function externalPages({
	context,
	services,
	show,
	wordsOf,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/external-servers';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: More = {},
	): Promise<void> {
		const t = wordsOf(request, response);
		const faults = more.error ? faultsOf(more.error, t) : [];
		const data = {
			name: library.name,
			library,
			servers: (await shownServers(context, library)).map(lineOf),
			mayChange: mayChange(tokenOf(response, false)),
			done: request.method === 'GET' && request.query.done === 'yes',
			typed: more.typed ?? {},
			preview: more.preview,
			faults,
			fault: faultsByField(faults),
		};
		show(request, response, 'external-servers', 'console.external.title', data, more.error?.status);
	}

	/** Does what was asked, or shows the page again with what was typed and why not. */
	async function act(
		request: Request,
		response: Response,
		what: string,
		work: (library: LibraryRow, by: string) => Promise<(inside: Context) => Promise<unknown>>,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const by = tokenOf(response, true).name;
		const subject = `/libraries/${library.slug}/external-servers`;
		try {
			// Whoever is asked is asked before anything is written.
			const keep = await work(library, by);
			await asOne(context, { actor: by, act: what, subject }, keep);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500 || error.status === 404) throw error;
			return page(request, response, library, { typed: request.body as Record<string, unknown>, error });
		}
		await services.libraryChanged(library.id);
		response.redirect(303, `/libraries/${library.slug}/external-servers?done=yes`);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(`${path}/preview`, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const typed = request.body as Record<string, unknown>;
		try {
			const preview = await previewServer(context, String(typed.address ?? ''));
			await page(request, response, library, { typed, preview });
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, library, { typed, error });
		}
	});
	router.post(path, async (request, response) => {
		const { address, name, sha256 } = request.body as Record<string, unknown>;
		const asked = { address: String(address ?? ''), name: String(name ?? ''), sha256: String(sha256 ?? '') };
		await act(request, response, 'addExternalServer', async (library, by) => {
			const said = await previewServer(context, asked.address);
			return (inside) => addServer(inside, library, asked, { said, by });
		});
	});
	router.post(`${path}/:server`, async (request, response) => {
		const id = String(request.params.server);
		if ((request.body as { act?: unknown }).act === 'remove')
			await act(
				request,
				response,
				'removeExternalServer',
				async (library) => (inside) => removeServer(inside, library, id),
			);
		else
			await act(request, response, 'checkExternalServer', async (library) => {
				const look = await askNow(context, library, id);
				return (inside) => keepWhatWasSaid(inside, look);
			});
	});
	return router;
}

function faultsOf(error: PublicError, t: (key: string) => string): { field: string; text: string }[] {
	if (error instanceof ServerUnread)
		return [{ field: 'address', text: t(`console.external.why.${error.code}`) }];
	if (error instanceof Conflict)
		return [{ field: 'address', text: t(`console.external.fault.${error.code}`) }];
	return error.faults.map(({ field }) => ({ field, text: t(`console.external.fault.${field}`) }));
}

function lineOf(server: ShownServer) {
	return {
		...server,
		kind: KINDS[server.state],
		stands: `console.external.state_words.${server.state}`,
		why: server.fault && `console.external.why.${server.fault}`,
	};
}
