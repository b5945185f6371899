import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seal } from '@understory/core/seal.ts';
import { openKeyring } from '../../packages/sso-bridge/src/keyring.ts';
import { openDatabase } from '../../packages/sso-bridge/src/store/database.ts';
import { aboutSigning } from '../../packages/sso-bridge/src/store/sealed-keys.ts';
import { addSigningKey, SIGNING_ALGS } from '../../packages/sso-bridge/src/store/signing-keys.ts';
import { type TestLibrary, testLibrary } from '../../packages/sso-bridge/test/fixtures/library.ts';
import { startProvisioner } from '../../packages/sso-bridge/test/fixtures/provisioner.ts';
import { startPostgres } from '../../packages/town/src/postgres.ts';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import { call } from '../e2e/api.ts';
import type { Figure } from './run.ts';
import type { BridgeTold } from './sign-in/bridge.ts';
import { startProcess } from './sign-in/processes.ts';

const LIBRARIES = 1_000;
const BRANCHES = ['main', 'north', 'south'];

/**
 * What a bridge's process takes in memory for a thousand libraries of three branches, each of which was asked for its card page: once as it runs, which
 * keeps the hundred issuers that were asked last, and once keeping all of them.
 */
export async function issuers(): Promise<Figure[]> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const postgres = await startPostgres({ folder: join(folder, 'postgres'), careless: true });
	const port = await freePort();
	const libraries = Array.from({ length: LIBRARIES }, (_, at) => testLibrary(`lib-${at}`, port, BRANCHES));
	const registers = new Map<TestLibrary, ReturnType<TestLibrary['register']>>();
	const provisioner = await startProvisioner(() => signedOnce, Date.now);
	// Signing a thousand registers over and over is the provisioner's part.
	const signedOnce = libraries.map((library) => ({
		...library,
		register(key: Parameters<TestLibrary['register']>[0]) {
			const signed = registers.get(library) ?? library.register(key);
			registers.set(library, signed);
			return signed;
		},
	}));
	try {
		const databaseUrl = await postgres.urlFor('sso_bridge');
		const master = randomBytes(32);
		await giveSigningKeys(databaseUrl, master, libraries);
		async function measure(readyIssuers: number | null): Promise<{ memory: number; anew: number }> {
			const bridge = await startProcess<BridgeTold, { port: number }>('bridge.ts', {
				port,
				databaseUrl,
				folder: join(folder, `bridge-${readyIssuers}`),
				platform: { url: provisioner.url, token: provisioner.token },
				master: master.toString('hex'),
				signIn: { version: 1, state: 'live', connector: { kind: 'sip2', host: '127.0.0.1', port: 6001 } },
				...(readyIssuers === null ? {} : { readyIssuers }),
			});
			await bridge.memory();
			const before = await bridge.cpu();
			for (const library of libraries) await openCardPage(port, library);
			const first = await bridge.cpu();
			for (const library of libraries) await openCardPage(port, library);
			const anew = (await bridge.cpu()) - first;
			const memory = await bridge.memory();
			await bridge.end();
			return { memory, anew: Math.min(anew, first - before) / LIBRARIES };
		}
		const usual = await measure(null);
		const all = await measure(LIBRARIES);
		return [
			{
				name: 'memory of a bridge with 1,000 issuers, each asked for its card page',
				unit: 'MB',
				runs: [usual.memory],
				goal: 300,
				note: `a hundred are kept ready; the card page of one that is made anew takes ${usual.anew.toFixed(0)} ms of CPU, of one that is ready ${all.anew.toFixed(0)} ms.`,
			},
			{ name: 'the same with all of them kept ready', unit: 'MB', runs: [all.memory], goal: 300 },
		];
	} finally {
		await provisioner.die();
		await postgres.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** From a branch's click to the page with the form. */
async function openCardPage(port: number, library: TestLibrary): Promise<void> {
	const { record } = library.branches.get('main')!;
	const host = new URL(library.origin).host;
	const asked = new URLSearchParams({
		client_id: record.id,
		redirect_uri: `${record.origin}/session/callback`,
		response_type: 'code',
		scope: 'openid',
		code_challenge: randomBytes(32).toString('base64url'),
		code_challenge_method: 'S256',
		state: randomBytes(8).toString('hex'),
		nonce: randomBytes(8).toString('hex'),
	});
	const away = await call(port, 'GET', `/auth?${asked}`, { host, headers: { accept: 'text/html' } });
	const cookie = [away.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]!);
	const to = String(away.headers.location);
	const path = to.replace(/^https?:\/\/[^/]+/, '');
	const headers = { accept: 'text/html', cookie: cookie.join('; ') };
	const page = await call(port, 'GET', path, { host, headers });
	if (page.status !== 200) throw new Error(`${host}${path} answered ${page.status}`);
}

/** The same keys for every library, since making two thousand takes minutes and is done once in the life of each. */
async function giveSigningKeys(
	databaseUrl: string,
	master: Buffer,
	libraries: readonly TestLibrary[],
): Promise<void> {
	const database = await openDatabase(databaseUrl);
	const keysOf = await openKeyring(database, { master });
	const keys = SIGNING_ALGS.map((alg) => {
		const { privateKey } =
			alg === 'ES256'
				? generateKeyPairSync('ec', { namedCurve: 'P-256' })
				: generateKeyPairSync('rsa', { modulusLength: 2048 });
		return { alg, jwk: { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: alg } };
	});
	const made = new Date();
	for (const { id: library } of libraries) {
		for (const { alg, jwk } of keys) {
			const sealed = seal(keysOf(library).seal, aboutSigning(library), JSON.stringify(jwk));
			const key = { id: randomUUID(), library, alg, kid: alg, sealed, made, signs_from: made };
			await addSigningKey(database, key, made);
		}
	}
	await database.destroy();
}
