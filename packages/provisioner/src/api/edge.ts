import { Malformed, NotFound } from '@understory/core/errors.ts';
import { parseHost } from '@understory/http/host.ts';
import { Router } from 'express';
import type { Context } from '../context.ts';
import type { Tally } from '../metrics.ts';
import { isServedOrigin } from '../store/served-origins.ts';

/**
 * `/internal/v1/edge`: what the proxy before the platform asks. It has no key of its own; it is told no more than what every visitor can find out, and
 * asks from inside, where alone these paths are answered.
 */
export function createEdgeApi(context: Context, asked: Tally['asked']): Router {
	const router = Router();

	/**
	 * "Is this ours?", before a certificate is made for a name that somebody asked for (Caddy's `on_demand_tls ask`): 200 for yes, 404 for no. Without it
	 * anybody could have certificates made for names of their own, until the authority makes none for us.
	 */
	router.get('/ours', async (request, response) => {
		const { domain } = request.query;
		const host = typeof domain === 'string' ? parseHost(domain) : null;
		if (!host || host.port !== null)
			throw new Malformed('Name one domain, such as ?domain=main.port.example.');
		const origin = `https://${host.hostname}`;
		const ours = origin === context.addresses.console || (await isServedOrigin(context.database, origin));
		asked(ours ? 'yes' : 'no');
		if (!ours) throw new NotFound('There is no such site on this platform.');
		response.setHeader('cache-control', 'no-store');
		response.type('text').send('yes\n');
	});
	return router;
}
