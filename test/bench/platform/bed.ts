import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listen } from '@understory/http/server.ts';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { startPostgres } from '../../../packages/town/src/postgres.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { type ApiAnswer, call } from '../../e2e/api.ts';
import { DOMAIN } from '../../e2e/platform/bed.ts';
import { type RoleProcess, startProcess } from '../sign-in/processes.ts';
import type { ProvisionerTold } from './provisioner.ts';

/** A home that the provisioner wants started. */
export interface HomeOrder {
	readonly name: string;
	readonly enrolmentToken: string;
}

/** A provisioner in a process of its own with a PostgreSQL of its own; homes are started by whoever laid the bed. */
export interface Bed {
	readonly port: number;
	readonly adminToken: string;
	/** A folder that goes with the bed. */
	readonly folder: string;
	/** The provisioner that runs now. */
	readonly provisioner: RoleProcess<object>;
	/** The address of its database. */
	readonly databaseUrl: string;
	/** Calls its API as the administrator. Throws when it does not take it. */
	made(method: string, path: string, body?: object): Promise<ApiAnswer['body']>;
	/** Ends provisioner and database and starts others on what they left; `told`: what the provisioner is told otherwise from then on. */
	restart(
		flags?: readonly string[],
		how?: { readonly careless?: boolean; readonly told?: object },
	): Promise<void>;
	close(): Promise<void>;
}

/**
 * Lays one. `startHome` resolves when the home runs and has enrolled. PostgreSQL waits for the disk after the first `restart` only. `other`: another script for
 * the provisioner, named as seen from `sign-in/processes.ts`, what it is told besides, and the flags of its Node where none are said.
 */
export async function layBed(
	startHome: (order: HomeOrder) => Promise<unknown>,
	other: { readonly script?: string; readonly told?: object; readonly flags?: readonly string[] } = {},
): Promise<Bed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const starter = await listen(
		(request, response) =>
			void text(request)
				.then((order) => startHome(JSON.parse(order)))
				.then(
					() => response.writeHead(204).end(),
					(error: unknown) => {
						console.error(error);
						response.writeHead(502).end();
					},
				),
		{ port: 0 },
	);
	const port = await freePort();
	const adminToken = 'administrator-of-the-platform-of-the-bench';
	const platformKey = exportKey(generateKey());
	const begin = async (careless: boolean, flags = other.flags, more: object = {}) => {
		const postgres = await startPostgres({ folder: join(folder, 'postgres'), careless });
		const databaseUrl = await postgres.urlFor('provisioner');
		const startHomeAt = `http://127.0.0.1:${starter.port}/`;
		const told = {
			...{ port, domain: DOMAIN, databaseUrl, platformKey, adminToken, startHomeAt },
			...{ ...other.told, ...more },
		};
		const script = other.script ?? '../platform/provisioner.ts';
		const provisioner = await startProcess<ProvisionerTold, object>(script, told, flags);
		return { postgres, databaseUrl, provisioner };
	};
	let running = await begin(true);
	const end = async () => {
		await running.provisioner.end();
		await running.postgres.close();
	};
	return {
		port,
		adminToken,
		folder,
		get provisioner() {
			return running.provisioner;
		},
		get databaseUrl() {
			return running.databaseUrl;
		},
		async made(method, path, body) {
			const answer = await call(port, method, `/api/v1${path}`, { token: adminToken, ...(body && { body }) });
			if (answer.status >= 300)
				throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
			return answer.body;
		},
		async restart(flags, { careless = false, told = {} } = {}) {
			await end();
			running = await begin(careless, flags, told);
		},
		async close() {
			await end();
			await starter.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
