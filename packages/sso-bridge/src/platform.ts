import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { Enrolled, Enrolment } from '@understory/core/desired.ts';
import { NotAllowed, Unavailable } from '@understory/core/errors.ts';
import type { StaffRole } from '@understory/core/grants.ts';
import { followRegisters, type RegisterFollower } from '@understory/core/register-follower.ts';
import type { SignInAlertsReport } from '@understory/core/sign-in-alerts.ts';
import type { SignInDocument, SignInReport } from '@understory/core/sign-in-document.ts';
import type { SigningKeyOrder, SigningKeysReport } from '@understory/core/signing-keys.ts';
import type { StoredReport } from '@understory/core/stored.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import {
	exportKey,
	generateKey,
	importKey,
	type PublicKey,
	parsePublicKey,
	publicKeyOf,
} from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { bodyDigest, signRequest } from '@understory/transparency-log/signed-request.ts';
import { keepFile } from './kept-file.ts';

/** How the bridge reaches its platform. */
export interface PlatformParts {
	readonly url: string;
	/** The one-time token of the first enrolment; null when this key is known. */
	readonly token: string | null;
	readonly outgoing: Pick<Outgoing, 'request'>;
}

export interface Platform {
	readonly registers: RegisterFollower;
	/**
	 * Which libraries have settings for sign-in, with a number that grows when there is something new, who wants to know what is kept, and what is to be
	 * done with signing keys; tells the key for their secrets.
	 */
	signIns(boxKey: string): Promise<{
		libraries: { library: string; mark: number }[];
		counts: { library: string; operation: string }[];
		key_orders: SigningKeyOrder[];
	}>;
	/** Tells which keys a library's issuer has, and what was done with them. */
	reportKeys(report: SigningKeysReport): Promise<void>;
	/** Tells what is kept about the patrons of a library. */
	reportStored(report: StoredReport): Promise<void>;
	/** The settings of one library: the document as it came, when the platform signed it. Throws `Unavailable` when it did not. */
	signIn(library: string): Promise<SignInDocument>;
	/** Is this document signed by the platform? */
	isSigned(document: object): boolean;
	/** Tells what library IT should know of sign-in. */
	reportAlerts(report: SignInAlertsReport): Promise<void>;
	/** Tells what a self-test found. */
	report(report: SignInReport): Promise<void>;
	/** Tells the provisioner that a member of staff accepted an invitation. Throws `NotAllowed` when it is not known, spent or over. */
	acceptInvitation(accepted: { token: string; library: string; staffId: string }): Promise<Invited>;
}

/** What an invitation gave: a role, at one branch or at the whole library (null). */
export interface Invited {
	readonly role: StaffRole;
	readonly name: string;
	readonly branch: string | null;
}

/** The bridge's side of trust (DESIGN 5.1, 5.2): its key, the platform's, the registers it follows and keeps. */
export function joinPlatform(parts: { platform: PlatformParts; folder: string; clock: Clock }): Platform {
	const { platform, folder, clock } = parts;
	mkdirSync(join(folder, 'registers'), { recursive: true, mode: 0o700 });
	const keyFile = join(folder, 'role.key');
	if (!existsSync(keyFile)) keepFile(keyFile, exportKey(generateKey()));
	const key = importKey(readFileSync(keyFile, 'utf8'));
	const platformFile = join(folder, 'platform.json');
	let platformKey: PublicKey | null = existsSync(platformFile)
		? parsePublicKey(JSON.parse(readFileSync(platformFile, 'utf8')))
		: null;

	async function send(
		method: string,
		path: string,
		options: { body?: object; signed: boolean; etag?: string | null },
	) {
		const body = options.body ? JSON.stringify(options.body) : null;
		const authorization = signRequest(key, {
			audience: 'provisioner',
			method,
			path,
			now: clock.now(),
			...(body ? { bodyDigest: bodyDigest(body) } : {}),
		});
		return platform.outgoing.request({
			url: new URL(path, platform.url).href,
			method,
			headers: {
				...(options.signed ? { authorization } : {}),
				...(body ? { 'content-type': 'application/json' } : {}),
				...(options.etag ? { 'if-none-match': options.etag } : {}),
			},
			body,
			timeoutMs: 10_000,
			maxBytes: 16 * 1024 * 1024,
		});
	}

	async function enrol(): Promise<PublicKey> {
		const enrolment: Enrolment = {
			type: 'understory/enrolment/v1',
			token: platform.token,
			kind: 'sso-bridge',
			name: 'sso-bridge',
			public_key: publicKeyOf(key),
			internal_url: null,
			issued: clock.now(),
		};
		const answer = await send('POST', '/internal/v1/roles', {
			body: signDocument(enrolment, key),
			signed: false,
		});
		const enrolled = answer.status === 200 ? (JSON.parse(answer.body.toString('utf8')) as Enrolled) : null;
		const given = parsePublicKey(enrolled?.platform_key);
		if (!given) {
			throw new Unavailable('The provisioner does not take the bridge up.', 'not_enrolled', {
				detail: `status ${answer.status}`,
			});
		}
		keepFile(platformFile, JSON.stringify(given));
		return given;
	}

	const isSigned = (document: object) => platformKey !== null && verifyDocument(document, [platformKey]);

	const registers = followRegisters({
		async get(path, etag) {
			platformKey ??= await enrol();
			const answer = await send('GET', path, { signed: true, etag });
			return { status: answer.status, etag: answer.headers.etag ?? null, body: answer.body.toString('utf8') };
		},
		verify: (document) => isSigned(document),
		keep: async (library, body) =>
			keepFile(join(folder, 'registers', `${encodeURIComponent(library)}.json`), body),
		kept: async () =>
			readdirSync(join(folder, 'registers'))
				.filter((name) => name.endsWith('.json'))
				.map((name) => readFileSync(join(folder, 'registers', name), 'utf8')),
	});

	async function asked(method: string, path: string, body?: object): Promise<Buffer> {
		platformKey ??= await enrol();
		const answer = await send(method, path, { signed: true, ...(body ? { body } : {}) });
		if (answer.status === 200 || answer.status === 204) return answer.body;
		throw new Unavailable('The provisioner does not tell about sign-in.', 'provisioner', {
			detail: `status ${answer.status}`,
		});
	}

	return {
		registers,
		isSigned,
		async signIns(boxKey) {
			const body = await asked('POST', '/internal/v1/sign-in:list', { box_key: boxKey });
			return JSON.parse(body.toString('utf8')) as Awaited<ReturnType<Platform['signIns']>>;
		},
		async signIn(library) {
			const body = await asked('GET', `/internal/v1/sign-in/${library}`);
			const document = JSON.parse(body.toString('utf8')) as SignInDocument;
			if (document.type === 'understory/sign-in/v1' && document.library === library && isSigned(document))
				return document;
			throw new Unavailable('The settings for sign-in are not signed by the platform.', 'signature');
		},
		async reportStored(report) {
			await asked('POST', '/internal/v1/stored:report', report);
		},
		async reportKeys(report) {
			await asked('POST', '/internal/v1/signing-keys:report', report);
		},
		async reportAlerts(report) {
			await asked('POST', '/internal/v1/sign-in-alerts:report', report);
		},
		async report(report) {
			await asked('POST', '/internal/v1/sign-in:report', report);
		},
		async acceptInvitation({ token, library, staffId }) {
			const body = { token, library_id: library, staff_id: staffId };
			const answer = await send('POST', '/internal/v1/invitations:accept', { body, signed: true });
			if (answer.status === 404 || answer.status === 410) {
				throw new NotAllowed(
					'This invitation was used already, or its time is over. Ask for a new one.',
					'invitation',
				);
			}
			if (answer.status !== 200) {
				throw new Unavailable('The invitation could not be passed on.', 'provisioner', {
					detail: `status ${answer.status}`,
				});
			}
			return JSON.parse(answer.body.toString('utf8')) as Invited;
		},
	};
}
