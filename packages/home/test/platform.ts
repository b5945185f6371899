import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Enrolment, StatusReport } from '@understory/core/desired.ts';
import type { GoneReport } from '@understory/core/gone.ts';
import type { KeyDeposit } from '@understory/core/home-keys.ts';
import type { BackupPart } from '@understory/core/moving.ts';
import type { Register } from '@understory/core/register.ts';
import type { WaitingReport } from '@understory/core/team-list.ts';
import { generateKey, type PublicKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { bodyDigest, verifyRequest } from '@understory/transparency-log/signed-request.ts';

/** The part of a provisioner that a home talks to, over real HTTP: enrolment, registers, status (DESIGN 5.1, 5.2). */
export interface TestPlatform {
	readonly url: string;
	readonly token: string;
	readonly homeId: string;
	/** Status documents whose signature held. */
	readonly reports: StatusReport[];
	/** What is gone, as homes told it in documents whose signature held. */
	readonly gone: GoneReport[];
	/** From now on what is gone is not taken. */
	refuseGone(refuse: boolean): void;
	/** What waits for teams, as homes told it in documents whose signature held. */
	readonly waiting: WaitingReport[];
	/** From now on nothing of it is taken, or of no branch. */
	refuseWaiting(how: 'all' | 'branches' | null): void;
	/** Sealed keys that homes gave, in documents whose signature held. */
	readonly deposits: KeyDeposit[];
	/** From now on they are answered with this status; null: they are taken. */
	refuseKeys(status: number | null): void;
	readonly enrolments: Enrolment[];
	/** Signs as the platform does. */
	sign<T extends object>(document: T): T & { key_id: string; sig: string };
	publish(register: Register): void;
	/** Who brings the parts of a copy that lies in another home. */
	carry(
		carrier: (carriage: string, part: BackupPart) => Promise<{ status: number; body: string | Buffer }>,
	): void;
	die(): Promise<void>;
}

export async function startPlatform(now: () => number): Promise<TestPlatform> {
	const key = generateKey();
	const token = 'one-time-token-of-this-test-platform';
	const homeId = 'home-1';
	const registers = new Map<string, Register>();
	const known = new Map<string, PublicKey>();
	const reports: StatusReport[] = [];
	const gone: GoneReport[] = [];
	let refusing = false;
	const waiting: WaitingReport[] = [];
	let refusingWaiting: Parameters<TestPlatform['refuseWaiting']>[0] = null;
	const deposits: KeyDeposit[] = [];
	let keysAnswered: number | null = null;
	const enrolments: Enrolment[] = [];
	let carrier: Parameters<TestPlatform['carry']>[0] = async () => ({ status: 404, body: '{}' });

	function enrol(document: Enrolment): [number, object] {
		if (!verifyDocument(document, [document.public_key])) return [403, {}];
		if (document.token !== token && !known.has(document.public_key.id)) return [403, {}];
		known.set(document.public_key.id, document.public_key);
		enrolments.push(document);
		return [200, { role_id: homeId, platform_key: publicKeyOf(key) }];
	}

	function take(report: StatusReport): [number, object] {
		if (!verifyDocument(report, [...known.values()])) return [403, {}];
		reports.push(report);
		return [204, {}];
	}

	function takeGone(report: GoneReport): [number, object] {
		if (refusing || !verifyDocument(report, [...known.values()])) return [403, {}];
		gone.push(report);
		return [204, {}];
	}

	function takeWaiting(report: WaitingReport): [number, object] {
		if (refusingWaiting === 'all' || !verifyDocument(report, [...known.values()])) return [403, {}];
		waiting.push(report);
		return [200, { taken: refusingWaiting ? [] : report.branches.map(({ branch }) => branch) }];
	}

	function takeKeys(deposit: KeyDeposit): [number, object] {
		if (keysAnswered !== null) return [keysAnswered, {}];
		if (!verifyDocument(deposit, [...known.values()])) return [403, {}];
		deposits.push(deposit);
		return [204, {}];
	}

	function show(method: string, path: string, authorization: string | undefined): [number, object] {
		const asked = {
			audience: 'provisioner',
			method,
			path,
			now: now(),
			keyById: (id: string) => known.get(id),
		};
		if (!verifyRequest(authorization, asked)) return [401, {}];
		if (path === '/internal/v1/registers') {
			const libraries = [...registers.values()].map(({ library, version }) => ({ id: library.id, version }));
			return [200, { libraries }];
		}
		const register = registers.get(path.split('/').at(-1)!);
		return register ? [200, signDocument(register, key)] : [404, {}];
	}

	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as unknown) : null;
		const { method = '', url = '' } = request;
		const carriage = /^\/internal\/v1\/carriages\/([^/]+)$/.exec(url)?.[1];
		if (carriage) {
			const asked = {
				audience: 'provisioner',
				method,
				path: url,
				bodyDigest: bodyDigest(JSON.stringify(body)),
			};
			const keyById = (id: string) => known.get(id);
			const genuine = verifyRequest(request.headers.authorization, { ...asked, now: now(), keyById });
			const part = genuine ? await carrier(decodeURIComponent(carriage), body as BackupPart) : null;
			response.writeHead(part?.status ?? 401);
			return void response.end(part?.body);
		}
		const [status, answer] =
			url === '/internal/v1/roles'
				? enrol(body as Enrolment)
				: url === '/internal/v1/status'
					? take(body as StatusReport)
					: url === '/internal/v1/gone'
						? takeGone(body as GoneReport)
						: url === '/internal/v1/team-waiting'
							? takeWaiting(body as WaitingReport)
							: url === '/internal/v1/home-keys'
								? takeKeys(body as KeyDeposit)
								: show(method, url, request.headers.authorization);
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(status === 204 ? undefined : JSON.stringify(answer));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	let dying: Promise<void> | null = null;
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		token,
		homeId,
		reports,
		gone,
		refuseGone(refuse) {
			refusing = refuse;
		},
		waiting,
		refuseWaiting(how) {
			refusingWaiting = how;
		},
		deposits,
		refuseKeys(status) {
			keysAnswered = status;
		},
		enrolments,
		sign: (document) => signDocument(document, key),
		carry(by) {
			carrier = by;
		},
		publish: (register) => void registers.set(register.library.id, register),
		die() {
			dying ??= stop(server);
			return dying;
		},
	};
}

function stop(server: Server): Promise<void> {
	server.closeAllConnections();
	return new Promise((resolve) => server.close(() => resolve()));
}
