import { basic, type Simulator, type SimulatorOptions, startSimulator } from './catalogue.ts';

/** Evergreen's RemoteAuth with HTTP Basic, as `OpenILS::WWW::RemoteAuth::Basic` has it: 403 for every reason there is to refuse a patron. */
export function startEvergreen(options: SimulatorOptions): Promise<Simulator> {
	return startSimulator('evergreen', options, (call, tools) => {
		if (call.path !== '/eg/remoteauth/understory' || call.method !== 'GET') return null;
		// Its own login at Evergreen failed: the same status, without the header that belongs to it.
		if (tools.trouble === 'login_refused') return { status: 401 };
		const given = basic(call.headers);
		if (!given) return { status: 401, headers: { 'www-authenticate': 'Basic realm="understory"' } };
		const patron = tools.find(given.user);
		const good = patron?.state === 'good' || patron?.state === 'owing';
		if (!tools.fits(given.user, given.password) || !good) return { status: 403 };
		return { status: 200, body: { id: tools.told(patron).card } };
	});
}
