import { NotAllowed, NotFound, PublicError } from '@understory/core/errors.ts';
import type { Design } from '@understory/design/design.ts';
import { contentSecurityPolicy, formBody } from '@understory/http/app.ts';
import { csrfToken, requireSameOrigin } from '@understory/http/csrf.ts';
import { type Request, type Response, Router } from 'express';
import { allows, type Permission, reaches, refusalOf } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { contactsToLookAt } from '../services/contacts.ts';
import { shownServers } from '../services/external-servers.ts';
import { LARGEST_FILE } from '../services/imports.ts';
import type { Services } from '../services/services.ts';
import { NOW_MS, shownAlerts } from '../services/sign-in-alerts.ts';
import { endsSoon } from '../services/tokens.ts';
import type { TokenRow } from '../store/access.ts';
import { branchesOf, conditionsOf, findBranch } from '../store/branches.ts';
import { findLibrary, listLibraries } from '../store/libraries.ts';
import { openOperationsOf } from '../store/operations.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import { librariesInTrouble } from '../store/sign-in-alerts.ts';
import { askPermission, isOfPlatform, mayChange, refusalAt } from './allowed.ts';
import { backupPages } from './backup-pages.ts';
import { billingPages } from './billing-pages.ts';
import { bodyPages } from './body-pages.ts';
import { branchPages } from './branch-pages.ts';
import { cellPages } from './cell-pages.ts';
import { comingIn } from './coming-in.ts';
import { commandPages } from './command-pages.ts';
import { connectorPages } from './connector-pages.ts';
import { contactPages } from './contact-pages.ts';
import { externalPages } from './external-pages.ts';
import { formWithFile } from './file-form.ts';
import { frame, readerOf } from './frame.ts';
import { grantPages } from './grant-pages.ts';
import { historyPages } from './history/history-pages.ts';
import { cellPage } from './homes/cell-page.ts';
import { homePages } from './homes/home-pages.ts';
import { importPages } from './import-pages.ts';
import { lifePages } from './life-pages.ts';
import { type LiveKit, STREAM } from './live/live-page.ts';
import { liveScript } from './live/live-script.ts';
import { createStreams, type StreamLimits } from './live/streams.ts';
import { branchMaking } from './making/branch-making.ts';
import { libraryMaking } from './making/library-making.ts';
import { namePages } from './making/name-pages.ts';
import { neighborhoodPages } from './neighborhood-pages.ts';
import { networkPages } from './network-pages.ts';
import { operationPages, shownOperation } from './operation-pages.ts';
import { providerPages } from './provider-pages.ts';
import { recordPages } from './record-pages.ts';
import { draftPages } from './rules/draft-pages.ts';
import { policyPages } from './rules/policy-pages.ts';
import { consoleSession, whoIs } from './session.ts';
import { settingsPages } from './settings-pages.ts';
import { signInPages } from './sign-in-pages.ts';
import { signingKeyPages } from './signing-key-pages.ts';
import { staffPages } from './staff-pages.ts';
import { stepsToOpen } from './steps-to-open.ts';
import { teamPages } from './team-pages.ts';
import { tokenPages } from './token-pages.ts';
import { upgradeHoursPage } from './upgrades/hours-page.ts';
import { upgradePages } from './upgrades/upgrade-pages.ts';
import { branchLine } from './views.ts';

/** So many operations that are under way stand on the page of a library; all of them stand in its audit. */
const UNDERWAY_SHOWN = 10;

/** The web console of library IT: libraries, branches with their conditions, opening a branch, inviting staff. No script needed. */
export function createConsole(parts: {
	context: Context;
	services: Services;
	design: Design;
	key: Buffer;
	/** Bounds of the streams of live pages, the usual ones unless said otherwise. */
	streams?: StreamLimits;
}): Router {
	const { context, services, design, key } = parts;
	const script = liveScript();
	const streams = createStreams(context.log, parts.streams);
	const { clock } = context;
	const secure = context.addresses.console.startsWith('https:');
	design.registerViews('console', new URL('../../views/', import.meta.url));
	const router = Router();
	router.get(script.path, (_request, response) => {
		response.setHeader('cache-control', 'public, max-age=31536000, immutable');
		response.type('text/javascript; charset=utf-8').send(script.body);
	});
	router.use(consoleSession(context, key, secure));
	router.use(askPermission());
	router.use(formBody());
	router.use(formWithFile(LARGEST_FILE));
	router.use(requireSameOrigin({ key, origin: () => new URL(context.addresses.console).origin }));

	const csrfOf = (request: Request) => csrfToken(key, request.sessionID);

	function show(
		request: Request,
		response: Response,
		view: string,
		title: string,
		data: object,
		status = 200,
	): void {
		const reader = readerOf(request, response, clock);
		const signedIn = response.locals.token !== undefined;
		const csrf = csrfOf(request);
		const page = frame(design, reader.language, {
			title: design.t(reader.language, title, data as Record<string, unknown>),
			path: request.method === 'GET' ? request.path : undefined,
			csrf: signedIn ? csrf : null,
			...('script' in data && { script: String(data.script) }),
		});
		response.status(status).setHeader('cache-control', 'no-store');
		response.type('html').send(design.render(`console/${view}`, { page, csrf, ...data }, reader));
	}

	const live: LiveKit = {
		showLive(request, response, { view, title, data, ended, status }) {
			// What the page was asked for, so that the stream draws the same part of it.
			const { search } = new URL(request.originalUrl, context.addresses.console);
			const watched = ended ? {} : { stream: request.path + STREAM + search, script: script.path };
			if (!ended) {
				const at = (path: string) => new URL(path, context.addresses.console).href;
				const policy = contentSecurityPolicy([], at(script.path), at(request.path + STREAM));
				response.setHeader('content-security-policy', policy);
			}
			show(request, response, view, title, { ...data, ...watched }, status);
		},
		async stream(request, response, look) {
			const by = tokenOf(response, false).id;
			const { language, zone } = readerOf(request, response, clock);
			await streams.serve(request, response, by, async () => {
				// Each time anew: who signed out, or lost what they may see, sees no more of it.
				const token = await whoIs(context, request, { key, secure });
				if (!token || refusalAt(token, request) !== null) return null;
				response.locals.token = token;
				const { view, data, ended } = await look();
				const drawn = { csrf: csrfOf(request), ...data };
				return {
					html: design.fragment(`console/${view}`, drawn, { language, zone, now: clock.now() }),
					ended,
				};
			});
		},
	};

	function wordsOf(request: Request, response: Response) {
		const { language } = readerOf(request, response, clock);
		const t = (key: string, values?: Readonly<Record<string, unknown>>) => design.t(language, key, values);
		const maybe = (key: string) => (design.words.entries(language).has(key) ? t(key) : null);
		return Object.assign(t, { maybe });
	}

	function tokenOf(response: Response, changing: boolean): TokenRow {
		const token = response.locals.token as TokenRow | undefined;
		if (!token) throw new NotAllowed('Sign in to the console first.');
		if (changing && !allows(token.role, 'set_branch'))
			throw new NotAllowed('This token may look, and change nothing.');
		return token;
	}

	async function libraryOf(request: Request, response: Response, changing = false): Promise<LibraryRow> {
		const token = tokenOf(response, changing);
		const library = await findLibrary(context.database, String(request.params.library));
		if (!library || (token.library !== null && token.library !== library.id)) throw new NotFound();
		return library;
	}

	async function branchOf(request: Request, response: Response, changing = false) {
		const library = await libraryOf(request, response, changing);
		const branch = await findBranch(context.database, library.id, String(request.params.branch));
		if (!branch || !reaches(tokenOf(response, false), branch)) throw new NotFound();
		return { library, branch };
	}

	const coming = comingIn({ context, show, key, secure });

	router.get('/', async (request, response) => {
		const token = response.locals.token as TokenRow | undefined;
		if (!token) return coming.ask(request, response, '/');
		const own = token.library ? await findLibrary(context.database, token.library) : null;
		const libraries = own ? [own] : await listLibraries(context.database, { limit: 500 });
		const inTrouble = await librariesInTrouble(context.database, clock.now() - NOW_MS);
		show(request, response, 'libraries', 'console.libraries.title', {
			sees: {
				make: isOfPlatform(token, 'keep'),
				platform: refusalOf(token, { permission: 'inspect_platform', ofBranch: false }) === null,
				inspect: refusalOf(token, { permission: 'inspect', ofBranch: false }) === null,
			},
			soon: endsSoon(token, clock.now()) ? big(token.expires!) : null,
			libraries: libraries.map((library) => ({ ...library, trouble: inTrouble.has(library.id) })),
		});
	});

	router.use(coming.router);
	router.use(commandPages({ context, show, ask: coming.ask }));
	router.use(tokenPages({ context, show, wordsOf, tokenOf }));
	router.use(grantPages({ context, show, wordsOf, tokenOf }));

	/** A library with its branches; `refused` is the code of a quota that it came up against. */
	async function libraryPage(
		request: Request,
		response: Response,
		library: LibraryRow,
		refused?: string,
	): Promise<void> {
		const token = tokenOf(response, false);
		const rows = await branchesOf(context.database, library.id, {}, token.branches);
		const may = (permission: Permission) => refusalOf(token, { permission, ofBranch: false }) === null;
		const [look, inspect] = [may('look'), may('inspect')];
		const conditions = await conditionsOf(
			context.database,
			rows.map((row) => row.id),
		);
		const listed = rows.filter((row) => row.stage === 'listed').length;
		const branches = rows.map((row) => branchLine(row, conditions.get(row.id) ?? []));
		const data = {
			name: library.name,
			library,
			branches,
			listed,
			underway: (await openOperationsOf(context.database, [library.id]))
				.filter(({ branch }) => token.branches === null || (branch && token.branches.includes(branch)))
				.slice(0, UNDERWAY_SHOWN)
				.map((row) => shownOperation(row, wordsOf(request, response).maybe)),
			sees: { look, inspect, make: may('keep_library'), offered: listed > 0 && mayChange(token) },
			steps: inspect ? await stepsToOpen(context, library, rows) : null,
			due: look ? await contactsToLookAt(context, library) : 0,
			unread: look ? (await shownServers(context, library)).filter(({ state }) => state === 'unread') : [],
			alerts: inspect
				? (await shownAlerts(context, library)).map((alert) => ({
						...alert,
						words: `console.alerts.${alert.kind}`,
					}))
				: [],
			...(refused && { refused: `bill.refused.${refused}` }),
		};
		show(request, response, 'library', 'console.library.title', data, refused ? 409 : 200);
	}

	router.get('/libraries/:library', async (request, response) => {
		await libraryPage(request, response, await libraryOf(request, response));
	});

	router.use(operationPages({ context, services, show, wordsOf, libraryOf, tokenOf, ...live }));
	router.use(upgradePages({ context, services, show, wordsOf, libraryOf, tokenOf, ...live }));
	router.use(upgradeHoursPage({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(homePages({ context, tokenOf, ...live }));
	router.use(historyPages({ context, show, wordsOf, libraryOf, tokenOf, branchOf }));
	router.use(backupPages({ context, services, show, wordsOf, libraryOf, tokenOf, ...live }));
	router.use(cellPages({ context, services, show, wordsOf, tokenOf, ...live }));
	router.use(cellPage({ context, services, show, wordsOf, tokenOf, ...live }));
	router.use(billingPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(libraryMaking({ context, services, show, wordsOf, tokenOf }));
	router.use(branchMaking({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(importPages({ context, services, show, wordsOf, libraryOf, tokenOf, ...live }));
	router.use(contactPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(bodyPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(recordPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(externalPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(signInPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(providerPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(signingKeyPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(neighborhoodPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(connectorPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(networkPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(teamPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(staffPages({ context, services, design, show, wordsOf, libraryOf, tokenOf }));
	router.use(draftPages({ context, services, show, wordsOf, libraryOf, tokenOf }));
	router.use(policyPages({ context, show, wordsOf, libraryOf, tokenOf }));
	router.use(branchPages({ context, services, show, wordsOf, tokenOf, branchOf, ...live }));
	router.use(settingsPages({ context, services, show, tokenOf, branchOf }));
	router.use(namePages({ context, services, show, wordsOf, tokenOf, branchOf }));
	router.use(lifePages({ context, services, show, wordsOf, tokenOf, branchOf }));

	router.post('/libraries/:library/provision', async (request, response) => {
		const library = await libraryOf(request, response, true);
		try {
			await services.provisionLibrary(library, tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || !error.code.startsWith('quota_')) throw error;
			return libraryPage(request, response, library, error.code);
		}
		response.redirect(303, `/libraries/${library.slug}`);
	});

	return router;
}
