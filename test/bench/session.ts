import { createHmac, randomBytes } from 'node:crypto';
import { type Agent, request } from 'node:http';
import type { Claims } from '@understory/core/claims.ts';
import { personBySub } from '../../packages/branch/src/store/people.ts';
import { saveSession } from '../../packages/branch/src/store/sessions.ts';
import type { Inside } from './people.ts';

/** The cookie of somebody who signed in an instant ago, with the account of that subject where there is one. */
export function cookieFor({ store, context }: Inside, who: Pick<Claims, 'sub'> & Partial<Claims>): string {
	const sid = randomBytes(12).toString('hex');
	const claims = { age_band: 'adult', standing: 'full', ...who };
	const person = store.read((reading) => personBySub(reading, who.sub)?.id);
	const data = JSON.stringify({ cookie: { path: '/', httpOnly: true }, claims, person });
	store.transact((writing) => saveSession(writing, { sid, data, expires: Date.now() + 86_400_000 }));
	const mac = createHmac('sha256', context.keyring.sessionSecret())
		.update(sid)
		.digest('base64')
		.replace(/=+$/, '');
	return `branch=${encodeURIComponent(`s:${sid}.${mac}`)}`;
}

/** Reads a page to its end over a kept connection. Fails for anything but 200. */
export function readPage(
	port: number,
	agent: Agent,
	path: string,
	headers: Record<string, string>,
): Promise<void> {
	return new Promise((resolve, reject) => {
		const sent = request({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
			answer.resume();
			answer.on('end', () => {
				if (answer.statusCode === 200) resolve();
				else reject(new Error(`${path} answered ${answer.statusCode}`));
			});
		});
		sent.on('error', reject);
		sent.end();
	});
}
