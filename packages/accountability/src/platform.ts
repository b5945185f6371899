import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { Enrolled, Enrolment } from '@understory/core/desired.ts';
import { Unavailable } from '@understory/core/errors.ts';
import type { Register } from '@understory/core/register.ts';
import { followRegisters, type RegisterFollower } from '@understory/core/register-follower.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { type PublicKey, parsePublicKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { signRequest } from '@understory/transparency-log/signed-request.ts';
import { keyInFile } from './publish/log-key.ts';
import { listTexts, readText, writeText } from './text-files.ts';

/** How this role reaches its platform. */
export interface PlatformParts {
	/** Where the provisioner is, inside: `http://127.0.0.1:4000`. */
	readonly url: string;
	/** The one-time token of the first enrolment; null when this role was enrolled before. */
	readonly token: string | null;
	readonly outgoing: Pick<Outgoing, 'request'>;
}

/** A register is a few hundred bytes a branch; the largest systems have about a hundred. */
const MAX_REGISTER = 16 * 1024 * 1024;
const TIMEOUT = 10_000;

/**
 * Follows the registers with a key of this role's own (DESIGN 5.1, 5.2). Key, platform key and the last good copies are kept
 * in `folder`, so that it comes up again on its own. It enrols when it first pulls; until then the provisioner may be dead.
 */
export async function followPlatform(parts: {
	readonly platform: PlatformParts;
	readonly folder: string;
	readonly clock: Clock;
	changed(register: Register): Promise<void>;
}): Promise<RegisterFollower> {
	const { platform, folder, clock } = parts;
	const key = await keyInFile(join(folder, 'role.key'));
	const keptKey = await readText(join(folder, 'platform.json'));
	let platformKey: PublicKey | null = keptKey === null ? null : parsePublicKey(JSON.parse(keptKey));

	async function enrol(): Promise<PublicKey> {
		const enrolment: Enrolment = {
			type: 'understory/enrolment/v1',
			token: platform.token,
			kind: 'accountability',
			name: 'accountability',
			public_key: publicKeyOf(key),
			internal_url: null,
			issued: clock.now(),
		};
		const answer = await platform.outgoing.request({
			url: new URL('/internal/v1/roles', platform.url).href,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(enrolment, key)),
			timeoutMs: TIMEOUT,
			maxBytes: 65_536,
			redirects: 0,
		});
		if (answer.status !== 200 && answer.status !== 201) {
			throw new Unavailable('The provisioner does not take this role up.', 'not_enrolled', {
				detail: `status ${answer.status}`,
			});
		}
		const { platform_key } = JSON.parse(answer.body.toString('utf8')) as Partial<Enrolled>;
		const given = parsePublicKey(platform_key);
		if (!given) throw new Unavailable('The provisioner gave no key.', 'not_enrolled');
		await writeText(join(folder, 'platform.json'), JSON.stringify(given));
		return given;
	}

	async function get(path: string, ifNoneMatch: string | null) {
		const url = new URL(path, platform.url);
		const authorization = signRequest(key, {
			audience: 'provisioner',
			method: 'GET',
			path: url.pathname + url.search,
			now: clock.now(),
		});
		const answer = await platform.outgoing.request({
			url: url.href,
			method: 'GET',
			headers: { authorization, ...(ifNoneMatch ? { 'if-none-match': ifNoneMatch } : {}) },
			timeoutMs: TIMEOUT,
			maxBytes: MAX_REGISTER,
			redirects: 0,
		});
		const etag = answer.headers.etag;
		return {
			status: answer.status,
			etag: typeof etag === 'string' ? etag : null,
			body: answer.body.toString('utf8'),
		};
	}

	const kept = join(folder, 'registers');
	return followRegisters({
		async get(path, ifNoneMatch) {
			platformKey ??= await enrol();
			return get(path, ifNoneMatch);
		},
		verify: (document) => platformKey !== null && verifyDocument(document, [platformKey]),
		keep: (libraryId, body) => writeText(join(kept, `${encodeURIComponent(libraryId)}.json`), body),
		kept: () => listTexts(kept, '.json'),
		changed: (register) => parts.changed(register),
	});
}
