import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@understory/core/clock.ts';
import { PublicError, Unavailable, UnknownHost } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Register } from '@understory/core/register.ts';
import type { Design } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import { createApp, type ErrorPage, finish } from '@understory/http/app.ts';
import { parseHost } from '@understory/http/host.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Role } from '@understory/http/role.ts';
import type { Sip2Settings } from '@understory/sip2/client.ts';
import type { Response } from 'express';
import type { Provider } from 'oidc-provider';
import { checkCard } from './check-card.ts';
import type { Context } from './context.ts';
import { type LibraryKeys, libraryKeys } from './keys.ts';
import { joinPlatform, type PlatformParts } from './platform.ts';
import { clientsDigest, createProvider } from './provider.ts';
import { staffIdOf } from './store/accounts.ts';
import { openDatabase } from './store/database.ts';
import { sweepExpired } from './store/oidc-adapter.ts';
import { frame, readerFor } from './web/frame.ts';
import { type Site, signInRoutes } from './web/sign-in.ts';

export interface SsoBridgeParts {
	/** Its own schema, by its own role. */
	readonly databaseUrl: string;
	/** Its key and the kept registers. */
	readonly folder: string;
	readonly platform: PlatformParts;
	readonly clock: Clock;
	readonly log: Log;
	readonly design: Design;
	/** 32 bytes from which every key of every library is derived. Never leaves the bridge. */
	readonly secrets: { readonly master: Buffer };
	/** How the catalogue of a library is reached, by the library's slug; null while nobody said. */
	ils(library: string): Sip2Settings | null;
	/** How long a refusal takes at least, in milliseconds. */
	readonly minimumFailureMs: number;
	/** How often registers are looked at, in milliseconds; null: only when asked to settle. */
	readonly lookEvery: number | null;
	readonly randomId?: () => string;
}

export interface SsoBridge extends Role {
	/** Accepts an invitation for the holder of a card, as the invitation page does. Throws `PublicError` when card or invitation are refused. */
	acceptInvitation(accepted: { library: string; token: string; card: string; pin: string }): Promise<void>;
}

/** Card sign-in: one OpenID issuer for each library, on the library's own card host. */
export async function createSsoBridge(parts: SsoBridgeParts): Promise<SsoBridge> {
	const { clock, log, design } = parts;
	design.registerViews('card', new URL('../views/', import.meta.url));
	const database = await openDatabase(parts.databaseUrl);
	const platform = joinPlatform({ platform: parts.platform, folder: parts.folder, clock });
	const keys = new Map<string, LibraryKeys>();
	const context: Context = {
		database,
		clock,
		log,
		design,
		randomId: parts.randomId ?? randomUUID,
		platform,
		registers: platform.registers,
		keysOf(library) {
			const known = keys.get(library) ?? libraryKeys(parts.secrets.master, library);
			keys.set(library, known);
			return known;
		},
		ils: (library) => parts.ils(library),
		async waitUntil(started) {
			const left = parts.minimumFailureMs - (performance.now() - started);
			if (left > 0) await wait(left);
		},
	};
	await platform.registers.load();

	const providers = new Map<string, { digest: string; provider: Promise<Provider> }>();
	function providerOf(register: Register): Promise<Provider> {
		const digest = clientsDigest(register);
		const known = providers.get(register.library.id);
		if (known?.digest === digest) return known.provider;
		const provider = createProvider(context, register);
		providers.set(register.library.id, { digest, provider });
		provider.catch(() => providers.delete(register.library.id));
		return provider;
	}

	const registerOf = (host: string) =>
		[...platform.registers.registers.values()].find(
			({ library }) => new URL(library.card_origin).host === host,
		);

	const app = createApp({ log, files: design.files });
	app.use(async (request, response, next) => {
		const host = parseHost(request.headers.host)?.host;
		let register = host ? registerOf(host) : undefined;
		if (!register) {
			// A library that was made a moment ago: look once before saying that there is none.
			await platform.registers.pull().catch((cause: unknown) => {
				throw new Unavailable('Sign-in is not ready yet. Try again in a minute.', 'register', { cause });
			});
			register = host ? registerOf(host) : undefined;
		}
		if (!register) throw new UnknownHost();
		const { library, branches } = register;
		response.locals.site = { library, branches, provider: await providerOf(register) } satisfies Site;
		next();
	});
	const siteOf = (response: Response) => response.locals.site as Site;
	app.get('/', (_request, response) => {
		const open = siteOf(response).branches.find((branch) => branch.stage === 'open');
		response.redirect(303, open ? `${open.origin}/` : siteOf(response).library.accountability_origin);
	});
	app.use(signInRoutes(context, siteOf));
	app.use((request, response, next) => {
		if (!/^\/(?:auth|token|me|jwks|session|\.well-known)(?:\/|$)/.test(request.path)) return next();
		const { provider, library } = siteOf(response);
		// The frame of the pages that end a sign-in is set there; headers of ours that would forbid the way back are not.
		log.info('openid', { library: library.slug });
		return provider.callback()(request, response);
	});
	finish(app, { log, page: bridgeErrorPage(context) });

	const look =
		parts.lookEvery === null
			? null
			: setInterval(() => {
					platform.registers.pull().catch((error: unknown) => log.warn('register_not_pulled', { error }));
					sweepExpired(database).catch((error: unknown) => log.warn('sweep_failed', { error }));
				}, parts.lookEvery);
	look?.unref();

	let closing: Promise<void> | null = null;
	return {
		handle: app,
		async settle() {
			await platform.registers.pull();
		},
		async acceptInvitation({ library: slug, token, card, pin }) {
			const register = [...platform.registers.registers.values()].find(
				({ library }) => library.slug === slug,
			);
			if (!register) throw new Unavailable('The library is not known here yet.', 'register');
			const checked = await checkCard(context, register.library, { card, pin });
			if (checked.outcome !== 'ok')
				throw new PublicError(422, checked.outcome, 'This card was not accepted.');
			const staffId = await staffIdOf(database, checked.account, context.randomId());
			await platform.acceptInvitation({ token, library: register.library.id, staffId });
		},
		close() {
			closing ??= (async () => {
				if (look) clearInterval(look);
				await database.destroy();
			})();
			return closing;
		},
	};
}

function bridgeErrorPage(context: Context): ErrorPage {
	return (error, request, response) => {
		const language = languageOf(request, response);
		const site = response.locals.site as Site | undefined;
		const number = String(response.locals.requestId ?? '');
		if (site)
			return errorPage(
				context.design,
				error,
				frame(context, site.library, language),
				readerFor(context, site.library, language),
				number,
			);
		const nobody = context.design.t(language, 'common.error.nobody');
		const plain = {
			cloth: 'slate' as const,
			plate: { code: '?', name: 'Understory', href: '/', under: nobody },
			tools: [],
			signs: [],
			footer: { lead: nobody, links: [] },
			sample: false,
		};
		return errorPage(
			context.design,
			error,
			plain,
			{ language, zone: 'UTC', now: context.clock.now() },
			number,
		);
	};
}
