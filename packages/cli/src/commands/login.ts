import { hostname } from 'node:os';
import { BadInput, NotAllowed } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { forgetLogin, keepLogin } from '../login-file.ts';
import type { Session } from '../parts.ts';

/** `understory login`, `understory logout`. */
export function loginCommands(program: Command, session: Session): void {
	program
		.command('login')
		.argument('<address>', 'of the platform, such as https://platform.example')
		.option('--account', 'by your own account, in a browser that may be on another computer')
		.description('log in with an API token, which is asked for and not shown, or by your account')
		.action(async (address: string, { account }: { account?: boolean }) => {
			const url = originOf(address);
			const token = account
				? await tokenByAccount(session, url)
				: (session.config.token ?? (await session.askSecret('API token: ')).trim());
			if (token === '') throw new BadInput('No token was given.');
			// Tried before it is kept, so that a wrong one is noticed now.
			await session.client({ url, token }).call('listLibraries', { query: { limit: '1' } });
			keepLogin(session.config.loginFile, { url, token });
			session.say(`You are logged in at ${url}.\n`);
		});
	program
		.command('logout')
		.description('forget the kept token; it stays good until it is taken back')
		.action(() => {
			forgetLogin(session.config.loginFile);
			session.say('You are logged out. To end the token itself: understory token revoke.\n');
		});
}

/** Waits until somebody who is signed in at the console lets this command in (RFC 8628). Throws `NotAllowed` when they refuse. */
async function tokenByAccount(session: Session, url: string): Promise<string> {
	const api = session.client({ url, token: '' });
	const begun = await api.call('beginCommandLogin', { body: { computer: hostname() } });
	session.say(`Open ${begun.url} in a browser and sign in.\nType this code there: ${begun.code}\n`);
	for (;;) {
		await api.wait(begun.pause_seconds * 1000);
		const now = await api.call('redeemCommandLogin', { body: { secret: begun.secret } });
		if (now.token !== null) return now.token;
		if (now.state === 'refused') throw new NotAllowed('Somebody at the console did not let this command in.');
	}
}

function originOf(address: string): string {
	const url = URL.parse(address);
	if (!url || !/^https?:$/.test(url.protocol)) {
		throw new BadInput(`"${address}" is not an address. One looks like https://platform.example.`);
	}
	const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
	if (url.protocol === 'http:' && !loopback) {
		throw new BadInput('A token is not sent over an open line. Use an address that begins with https://.');
	}
	return url.origin;
}
