import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, Enrolled, Enrolment, StatusReport } from '@understory/core/desired.ts';
import { PublicError, Unavailable } from '@understory/core/errors.ts';
import type { Gone, GoneReport } from '@understory/core/gone.ts';
import type { KeyDeposit, SealedHomeKeys } from '@understory/core/home-keys.ts';
import type { BackupPart } from '@understory/core/moving.ts';
import type { Register } from '@understory/core/register.ts';
import { followRegisters, type RegisterFollower } from '@understory/core/register-follower.ts';
import type { BranchWaiting, TeamList, WaitingReport } from '@understory/core/team-list.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import {
	type PublicKey,
	parsePublicKey,
	publicKeyOf,
	type SigningKey,
} from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { bodyDigest, signRequest } from '@understory/transparency-log/signed-request.ts';
import { readAll, readWhole, writeWhole } from './files.ts';

/** How this home reaches its platform. */
export interface PlatformParts {
	/** Where the provisioner is, inside: `http://127.0.0.1:4000`. */
	readonly url: string;
	/** The one-time token of the first enrolment; null when this key is known. */
	readonly token: string | null;
	readonly outgoing: Pick<Outgoing, 'request'>;
}

/** The home's side of trust (DESIGN 5.2): who it is, whom it believes, what it follows, what it reports. */
export interface Platform {
	readonly registers: RegisterFollower;
	/** This home's id on the platform; null until it has enrolled. */
	id(): string | null;
	/** Presents key and address; may be repeated at every start. Throws `Unavailable` when nobody answers or it is refused. */
	enrol(internalUrl: string): Promise<void>;
	/** Is this document signed by the platform? */
	isGenuine(document: unknown): boolean;
	report(statuses: readonly BranchStatus[]): Promise<void>;
	/** Tells what is gone at a branch. Throws `Unavailable` when nobody takes it. */
	tellGone(branch: string, gone: readonly Gone[]): Promise<void>;
	/** Tells what waits for moderation teams; resolves with those that were taken for branches of this home. Throws `Unavailable` when nobody takes it. */
	tellWaiting(branches: readonly BranchWaiting[]): Promise<readonly string[]>;
	/** Gives the sealed keys of this home into keeping. Throws `Unavailable` when nobody takes them, with the code `keeps_no_keys` where the provisioner is too old. */
	depositKeys(keys: SealedHomeKeys & Pick<KeyDeposit, 'contents'>): Promise<void>;
	/** What waits for the teams of somebody at a branch here. Throws `Unavailable` when nobody says. */
	teamList(branch: string, staffId: string): Promise<TeamList>;
	/** Asks for a part of a copy that lies in another home. Throws `Unavailable` with the code `not_handed_over` when nobody gives it just now. */
	part(carriage: string, part: BackupPart): Promise<Buffer>;
}

export function joinPlatform(parts: {
	readonly platform: PlatformParts;
	readonly name: string;
	readonly key: SigningKey;
	readonly folder: string;
	readonly clock: Clock;
	changed(register: Register): void;
}): Platform {
	const { platform, key, folder, clock } = parts;
	const file = join(folder, 'platform.json');
	let known = enrolledIn(readWhole(file));

	async function send(
		method: string,
		path: string,
		body: object | null,
		headers: Record<string, string> = {},
		timeoutMs = 10_000,
	) {
		return platform.outgoing.request({
			url: new URL(path, platform.url).href,
			method,
			headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
			body: body ? JSON.stringify(body) : null,
			timeoutMs,
			maxBytes: 16 * 1024 * 1024,
		});
	}

	/** Sends a signed report. Throws `Unavailable` when it is not taken. */
	async function tell(path: string, report: object): Promise<void> {
		const answer = await send('POST', path, signDocument(report, key));
		if (answer.status !== 204) throw refused(answer);
	}

	const registers = followRegisters({
		async get(path, ifNoneMatch) {
			const authorization = signRequest(key, {
				audience: 'provisioner',
				method: 'GET',
				path,
				now: clock.now(),
			});
			const answer = await send('GET', path, null, {
				authorization,
				...(ifNoneMatch ? { 'if-none-match': ifNoneMatch } : {}),
			});
			return { status: answer.status, etag: answer.headers.etag ?? null, body: answer.body.toString('utf8') };
		},
		verify: (document) => known !== null && verifyDocument(document, [known.platform_key]),
		keep: async (library, body) =>
			writeWhole(join(folder, 'registers', `${encodeURIComponent(library)}.json`), body),
		kept: async () => readAll(join(folder, 'registers'), '.json'),
		changed: (register) => parts.changed(register),
	});

	return {
		registers,
		id: () => known?.role_id ?? null,
		isGenuine: (document) => known !== null && verifyDocument(document, [known.platform_key]),
		async enrol(internalUrl) {
			const enrolment: Enrolment = {
				type: 'understory/enrolment/v1',
				token: platform.token,
				kind: 'home',
				name: parts.name,
				public_key: publicKeyOf(key),
				internal_url: internalUrl,
				issued: clock.now(),
			};
			const answer = await send('POST', '/internal/v1/roles', signDocument(enrolment, key));
			if (answer.status !== 200) {
				throw new Unavailable('The provisioner does not take this home up.', 'not_enrolled', {
					detail: `status ${answer.status}`,
				});
			}
			const text = answer.body.toString('utf8');
			const enrolled = enrolledIn(text);
			if (!enrolled) throw new Unavailable('The provisioner gave no key.', 'not_enrolled');
			// A platform that suddenly has another key is not the one this home's branches belong to.
			if (known && known.platform_key.id !== enrolled.platform_key.id) {
				throw new Unavailable('The provisioner has another key than before.', 'another_platform');
			}
			known = enrolled;
			writeWhole(file, text);
		},
		async report(statuses) {
			if (!known) return;
			const report: StatusReport = {
				type: 'understory/status/v1',
				home: known.role_id,
				issued: clock.now(),
				branches: statuses,
			};
			await tell('/internal/v1/status', report);
		},
		async tellGone(branch, gone) {
			if (!known) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
			const report: GoneReport = {
				type: 'understory/gone/v1',
				home: known.role_id,
				issued: clock.now(),
				branch,
				gone,
			};
			await tell('/internal/v1/gone', report);
		},
		async tellWaiting(branches) {
			if (!known) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
			const report: WaitingReport = {
				type: 'understory/team-waiting/v1',
				home: known.role_id,
				issued: clock.now(),
				branches,
			};
			const answer = await send('POST', '/internal/v1/team-waiting', signDocument(report, key));
			if (answer.status !== 200) throw refused(answer);
			return (JSON.parse(answer.body.toString('utf8')) as { taken: string[] }).taken;
		},
		async depositKeys(keys) {
			if (!known) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
			const deposit: KeyDeposit = {
				type: 'understory/key-deposit/v1',
				home: known.role_id,
				issued: clock.now(),
				...keys,
			};
			const answer = await send('POST', '/internal/v1/home-keys', signDocument(deposit, key));
			if (answer.status === 404)
				throw new Unavailable('This provisioner keeps no keys. Upgrade it.', 'keeps_no_keys');
			if (answer.status !== 204) throw refused(answer);
		},
		async teamList(branch, staffId) {
			const path = `/internal/v1/team-lists/${branch}/${encodeURIComponent(staffId)}`;
			const claims = { audience: 'provisioner', method: 'GET', path, now: clock.now() };
			const answer = await send('GET', path, null, { authorization: signRequest(key, claims) }, LIST_WAIT);
			if (answer.status === 200) return JSON.parse(answer.body.toString('utf8')) as TeamList;
			throw new Unavailable('The provisioner does not say what waits elsewhere.', 'no_team_list', {
				detail: `status ${answer.status}`,
			});
		},
		async part(carriage, part) {
			const path = `/internal/v1/carriages/${encodeURIComponent(carriage)}`;
			const claims = { audience: 'provisioner', method: 'POST', path, now: clock.now() };
			const authorization = signRequest(key, { ...claims, bodyDigest: bodyDigest(JSON.stringify(part)) });
			const answer = await send('POST', path, part, { authorization }).catch((cause: unknown) => {
				throw new Unavailable(NOT_HANDED_OVER, 'not_handed_over', { cause });
			});
			if (answer.status === 200) return answer.body;
			const detail = `status ${answer.status}`;
			if (answer.status >= 500) throw new Unavailable(NOT_HANDED_OVER, 'not_handed_over', { detail });
			throw new PublicError(502, 'not_carried', 'The other home does not hand over this backup.', { detail });
		},
	};
}

/** With what the provisioner says of it, so that a wrong clock can be told from a wrong key in the log. */
function refused({ status, body }: { readonly status: number; readonly body: Buffer }): Unavailable {
	const detail = `status ${status}: ${body.toString('utf8').slice(0, 500)}`;
	return new Unavailable('The provisioner refused a report.', 'report_refused', { detail });
}

/** Somebody waits before a page for it, in milliseconds. */
const LIST_WAIT = 2_000;

const NOT_HANDED_OVER = 'The other home does not hand over its copy just now.';

function enrolledIn(text: string | null): (Enrolled & { platform_key: PublicKey }) | null {
	if (text === null) return null;
	const value = JSON.parse(text) as Partial<Enrolled>;
	const platformKey = parsePublicKey(value.platform_key);
	return platformKey && typeof value.role_id === 'string'
		? { role_id: value.role_id, platform_key: platformKey }
		: null;
}
