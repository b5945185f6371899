import { NotFound } from '@understory/core/errors.ts';
import { formBody } from '@understory/http/app.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import type { CardForm } from '../web/card-form.ts';
import type { ShowLock } from '../web/passkey.ts';
import type { SiteOf } from '../web/site.ts';
import { visitOf } from '../web/visit.ts';
import { createArrivals } from './arrivals.ts';
import { endHere, SIGNED_OUT } from './ending.ts';
import { readLogoutToken } from './oidc/logout-token.ts';
import { readOidcAnswer } from './oidc/oidc-sign-in.ts';
import { publishedKeys } from './oidc/published-keys.ts';
import { Refusal } from './refusal.ts';
import type { SamlMessage } from './saml/saml-sign-out.ts';
import { serviceProviderAt } from './saml/service-provider.ts';

/** A response of 256 KiB in base64, in a form. */
const LARGEST_FORM = 1_100_000;

/** The other ways in: away to a provider, back from it, in, and out again. */
export function upstreamRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, showLock }: { form: CardForm; showLock: ShowLock },
): Router {
	const { upstreams, clock, log } = context;
	const router = Router();
	const arrivals = createArrivals(context, siteOf, { form, showLock });
	// A school has one address for everybody in it.
	const unhurried = limitRequests({ clock, perMinute: 1_200, burst: 600 });

	router.get('/sign-in/:uid/with/:way', unhurried, async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return arrivals.refuse(request, response, new Refusal('not_begun_here'), null);
		await arrivals.leave(request, response, { kind: 'sign_in', uid: String(request.params.uid) });
	});
	router.get('/invitation/:token/with/:way', unhurried, (request, response) =>
		arrivals.leave(request, response, { kind: 'invitation', token: String(request.params.token) }),
	);
	router.get('/upstream/finish/:handle', unhurried, (request, response) =>
		arrivals.enter(request, response, String(request.params.handle)),
	);

	router.get('/upstream/saml/metadata', unhurried, async (_request, response) => {
		const { library } = siteOf(response);
		const { keys, ways } = upstreams.of(library);
		if (!ways.some(({ kind }) => kind === 'saml')) throw new NotFound();
		const { serviceProviderMetadata } = await import('./saml/metadata.ts');
		const metadata = serviceProviderMetadata({
			us: serviceProviderAt(library.card_origin),
			id: `_${context.randomId()}`,
			organization: library.name,
			signing: await upstreams.ownKeys(library, 'saml_signing', keys),
			encryption: await upstreams.ownKeys(library, 'saml_encryption', keys),
		});
		response.setHeader('cache-control', 'public, max-age=3600');
		response.type('application/samlmetadata+xml').send(metadata);
	});
	router.post('/upstream/saml/acs', unhurried, formBody(LARGEST_FORM), async (request, response) => {
		const { library } = siteOf(response);
		const { SAMLResponse: posted, RelayState: relay } = fieldsOf(request);
		const asked = relay === undefined ? null : await upstreams.memory.take(library.id, 'asked', relay);
		// Also what a provider sends without having been asked ends here.
		if (!asked || posted === undefined)
			return arrivals.refuse(request, response, new Refusal('not_begun_here'), null);
		await arrivals.back(request, response, asked, async () => {
			const way = upstreams.way(library, asked.upstream);
			if (way?.kind !== 'saml') throw new Refusal('provider_unknown');
			const { readSamlAnswer } = await import('./saml/saml-sign-in.ts');
			return readSamlAnswer(context, { library, way }, { asked, response: posted });
		});
	});
	router.get('/upstream/saml/logout', unhurried, async (request, response) => {
		// Ours ended before the provider was asked, so its answer changes nothing and need not be believed.
		if (request.query.SAMLResponse !== undefined) return response.redirect(303, SIGNED_OUT);
		await endedThere(request, response, { query: request.originalUrl.split('?')[1] ?? '' });
	});
	router.post('/upstream/saml/logout', unhurried, formBody(LARGEST_FORM), async (request, response) => {
		const { SAMLRequest: posted, SAMLResponse: answer, RelayState: relay } = fieldsOf(request);
		if (answer !== undefined) return response.redirect(303, SIGNED_OUT);
		await endedThere(request, response, { posted: posted ?? '', relay: relay ?? null });
	});

	router.get('/upstream/oidc/jwks', unhurried, async (_request, response) => {
		const { library } = siteOf(response);
		const { keys, ways } = upstreams.of(library);
		if (!ways.some((way) => way.kind === 'oidc' && way.client.auth === 'private_key_jwt'))
			throw new NotFound();
		response.setHeader('cache-control', 'public, max-age=3600');
		response.json(publishedKeys(await upstreams.ownKeys(library, 'oidc_signing', keys)));
	});
	router.get('/upstream/oidc/:way/callback', unhurried, async (request, response) => {
		const { library } = siteOf(response);
		const { state } = request.query;
		const asked = typeof state === 'string' ? await upstreams.memory.take(library.id, 'asked', state) : null;
		if (!asked || asked.upstream !== request.params.way)
			return arrivals.refuse(request, response, new Refusal('not_begun_here'), null);
		await arrivals.back(request, response, asked, async () => {
			const way = upstreams.way(library, asked.upstream);
			if (way?.kind !== 'oidc') throw new Refusal('provider_unknown');
			const url = new URL(request.originalUrl, library.card_origin);
			return readOidcAnswer(context, { library, way }, { asked, state: String(state), url });
		});
	});
	router.post('/upstream/oidc/:way/logout', unhurried, formBody(), async (request, response) => {
		const site = siteOf(response);
		const way = upstreams.way(site.library, String(request.params.way));
		if (way?.kind !== 'oidc') throw new NotFound();
		response.setHeader('cache-control', 'no-store');
		try {
			const { logout_token: token } = fieldsOf(request);
			const { subject, index } = await readLogoutToken(context, { library: site.library, way }, token ?? '');
			await endHere(context, site, [
				{ library: site.library.id, upstream: way.id, subject, sessionIndex: index },
			]);
			response.status(200).end();
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			log.warn('refused_elsewhere', {
				library: site.library.slug,
				operation: way.id,
				error_code: error.code,
			});
			response.status(400).json({ error: 'invalid_request' });
		}
	});

	router.get(SIGNED_OUT, (request, response) => {
		const data = { title: 'card.signed_out.title', lead: 'card.signed_out.lead' };
		form.show(request, response, { view: 'card/message', title: data.title, data });
	});

	/** A provider says that somebody signed out there; it gets an answer, and the browser goes back with it. */
	async function endedThere(request: Request, response: Response, message: SamlMessage): Promise<void> {
		const site = siteOf(response);
		response.setHeader('cache-control', 'no-store');
		try {
			const { readSamlEnding } = await import('./saml/saml-sign-out.ts');
			const { ended, answer } = await readSamlEnding(context, site.library, message);
			await endHere(context, site, ended);
			response.redirect(303, answer ?? SIGNED_OUT);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			arrivals.refuse(request, response, error, null);
		}
	}

	return router;
}

/** The fields of a form that stand there once. */
function fieldsOf(request: Request): Readonly<Record<string, string | undefined>> {
	const all = Object.entries((request.body ?? {}) as Record<string, unknown>);
	return Object.fromEntries(all.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}
