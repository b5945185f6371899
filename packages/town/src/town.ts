import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AccountabilityParts } from '@understory/accountability/accountability.ts';
import { loadOrMakeSecrets } from '@understory/config/secrets.ts';
import { type Clock, systemClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { createDesign, type Design } from '@understory/design/design.ts';
import type { Home } from '@understory/home/home.ts';
import { parseHost } from '@understory/http/host.ts';
import { createLog } from '@understory/http/log.ts';
import type { Role } from '@understory/http/role.ts';
import { listen } from '@understory/http/server.ts';
import { createInternalClient, createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import { createPublicDoor } from '@understory/outgoing/public-door.ts';
import { createLocalDriver } from '@understory/provisioner/drivers/local.ts';
import type { Provisioner } from '@understory/provisioner/provisioner.ts';
import type { SsoBridge } from '@understory/sso-bridge/sso-bridge.ts';
import { exportKey, generateKey, importKey } from '@understory/transparency-log/keys.ts';
import { roleFor, townAddresses } from './addresses.ts';
import type { Catalogue } from './catalogues.ts';
import { announce, openDataFolder, unready } from './data-folder.ts';
import { describeTown } from './describe-town.ts';
import { openLogFile } from './log-file.ts';
import { ownDatabase, startPostgres } from './postgres.ts';
import { openProgress } from './sample/progress.ts';
import { settleAll } from './settle.ts';
import type { TownFile } from './town-file.ts';

export interface TownOptions {
	/** 0 takes a free one, for tests. */
	readonly port: number;
	readonly data: string;
	/** FSCS keys of the sample's systems. */
	readonly libraries: readonly string[];
	readonly sample: boolean;
	readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
	/** An administrator's address of another PostgreSQL. */
	readonly databaseUrl: string | null;
	/** The public half of the key that the keys of homes are sealed to; they are kept nowhere when nothing is said. */
	readonly recoveryKey?: string | null;
	readonly clock?: Clock;
	/** For tests: no artificial delays, no waiting for the disk in PostgreSQL, no timers; `settle()` does all the work. */
	readonly forTests?: boolean;
	/** For tests: sees every request that leaves for the open network, and may answer in its place. */
	readonly wrapOutgoing?: (outgoing: Outgoing) => Outgoing;
	/** For tests: called after each step that the provisioner wrote down. */
	readonly afterStep?: (step: string) => void;
}

export interface Town {
	readonly port: number;
	readonly file: TownFile;
	readonly roles: {
		readonly provisioner: Provisioner;
		/** By their names; more are added as branches need them. */
		readonly homes: ReadonlyMap<string, Home>;
		readonly bridge: SsoBridge;
		readonly accountability: Role;
	};
	readonly catalogues: ReadonlyMap<string, Catalogue>;
	/** Drains every queue of every role, so that no test has to wait. */
	settle(): Promise<void>;
	/** Reads again what `town.json` says, after something changed. */
	describe(): Promise<TownFile>;
	close(): Promise<void>;
}

/** Starts a whole town in this process. Throws `PublicError` with a sentence for what an operator can mend; whatever had begun is stopped. */
export async function createTown(options: TownOptions): Promise<Town> {
	const undo: Stop[] = [];
	try {
		return await start(options, undo);
	} catch (error) {
		await stopAll(undo).catch(() => undefined);
		throw error;
	}
}

/** Lets go of something that was begun. */
type Stop = () => unknown;

/** Undoes what was begun, the last first; one that fails does not keep the others from being stopped. */
async function stopAll(undo: readonly Stop[]): Promise<void> {
	const faults: unknown[] = [];
	for (const stop of undo.toReversed()) {
		try {
			await stop();
		} catch (error) {
			faults.push(error);
		}
	}
	if (faults.length > 0) throw faults[0];
}

async function start(options: TownOptions, undo: Stop[]): Promise<Town> {
	const { data, forTests = false } = options;
	const clock = options.clock ?? systemClock;
	const roles = new Map<string, Pick<Role, 'handle'>>();
	const listening = await listen((request, response) => dispatch(roles, request, response), {
		port: options.port,
	});
	undo.push(() => listening.close());
	const { port } = listening;
	openDataFolder(data, port);
	const secrets = loadOrMakeSecrets(data, () => exportKey(generateKey()));
	const logFile = openLogFile(join(data, 'understory.log'));
	undo.push(() => logFile.close());
	const log = (role: string): Log => createLog({ level: options.logLevel, to: logFile, role });
	const loading = loadRoles();
	// Waited for further down; the database may fail before.
	loading.catch(() => undefined);
	const postgres = options.databaseUrl
		? await ownDatabase(options.databaseUrl)
		: await startPostgres({ folder: join(data, 'postgres'), careless: forTests, log: log('town') });
	undo.push(() => postgres.close());
	const [provisionerUrl, bridgeUrl, accountabilityUrl] = await Promise.all(
		['provisioner', 'sso_bridge', 'accountability'].map((service) => postgres.urlFor(service)),
	);

	const { createProvisioner, createHome, createSsoBridge, createAccountability, openSample } = await loading;
	const design: Design = createDesign();
	const addresses = townAddresses(port);
	const internal = createInternalClient({ town: true });
	const open = createOutgoing({ town: true });
	const outgoing = options.wrapOutgoing?.(open) ?? open;
	undo.push(() => Promise.all([internal.close(), open.close()]));
	const inside = `http://localhost:${port}`;
	const lookEvery = forTests ? null : 2_000;

	const homes = new Map<string, Home>();
	const driver = createLocalDriver(async ({ name, enrolmentToken }) => {
		const home = await createHome({
			name,
			folder: join(data, 'homes', name),
			platform: { url: inside, token: enrolmentToken, outgoing: internal },
			outgoing,
			clock,
			log: log('home'),
			design,
			settings: { town: true },
			...(options.recoveryKey ? { recoveryKey: options.recoveryKey } : {}),
			lookEvery,
		});
		homes.set(name, home);
		return home;
	});
	roles.set('home', homesAsOne(homes));
	const provisioner = await createProvisioner({
		databaseUrl: provisionerUrl!,
		queueSchema: 'provisioner',
		clock,
		log: log('provisioner'),
		internal,
		outgoing,
		publicDoor: createPublicDoor({ town: true }),
		platformKey: importKey(secrets.platformKey),
		driver,
		addresses,
		design,
		consoleKey: Buffer.from(secrets.consoleKey, 'base64url'),
		adminToken: secrets.adminToken,
		sample: options.sample,
		...(options.afterStep ? { afterStep: options.afterStep } : {}),
	});
	undo.push(() => provisioner.close());
	roles.set('provisioner', provisioner);

	const catalogues = new Map<string, Catalogue>();
	const platformFor = async (kind: 'sso-bridge' | 'accountability') => ({
		url: inside,
		token: await provisioner.enrolmentToken(kind),
		outgoing: internal,
	});
	const begun = <T extends { close(): Promise<void> }>(role: T): T => {
		undo.push(() => role.close());
		return role;
	};
	undo.push(() => driver.close());
	const [bridge, accountability] = await Promise.all([
		createSsoBridge({
			databaseUrl: bridgeUrl!,
			folder: join(data, 'sso-bridge'),
			platform: await platformFor('sso-bridge'),
			outgoing,
			town: true,
			clock,
			log: log('sso-bridge'),
			design,
			secrets: { master: Buffer.from(secrets.bridgeMaster, 'base64url') },
			signIn: (library) => catalogues.get(library)?.signIn ?? null,
			minimumFailureMs: forTests ? 0 : 800,
			lookEvery,
		}).then(begun),
		createAccountability({
			databaseUrl: accountabilityUrl!,
			folder: join(data, 'accountability'),
			platform: await platformFor('accountability'),
			design,
			log: log('accountability'),
			clock,
			publish: 'now',
			minimumPopulation: 0,
			outgoing,
			sample: options.sample,
			lookEvery,
		} satisfies AccountabilityParts).then(begun),
		// Homes that were there before are started again even when nothing is to be changed; the first is there from the first start.
		startFirstHome(driver, provisioner).then(() => provisioner.startHomes()),
	]);
	roles.set('sso-bridge', bridge);
	roles.set('accountability', accountability);

	const town = { provisioner, homes, bridge, accountability };
	const settle = () => settleAll(town);
	undo.push(() => Promise.all([...catalogues.values()].map((catalogue) => catalogue.close())));
	const progress = openProgress(data);
	if (options.sample) await openSample({ ...town, settle, catalogues, progress }, options.libraries);
	const describe = () =>
		describeTown(provisioner, {
			console: addresses.console,
			adminToken: secrets.adminToken,
			catalogues,
			hosted: (key) => progress.of(key)?.branches ?? [],
		});
	const file = await describe();
	announce(data, file);
	// The doors close first, then who sends work to the others; `close` of a role may be called twice.
	undo.push(
		() => unready(data),
		() => provisioner.close(),
		() => listening.close(),
	);

	let closing: Promise<void> | null = null;
	return {
		port,
		file,
		roles: town,
		catalogues,
		settle,
		describe,
		close() {
			closing ??= stopAll(undo);
			return closing;
		},
	};
}

/** The roles' programs, some three thousand files. They are loaded while PostgreSQL makes its folder and starts, so that a first start waits for the longer of the two. */
async function loadRoles() {
	const [
		{ createProvisioner },
		{ createHome },
		{ createSsoBridge },
		{ createAccountability },
		{ openSample },
	] = await Promise.all([
		import('@understory/provisioner/provisioner.ts'),
		import('@understory/home/home.ts'),
		import('@understory/sso-bridge/sso-bridge.ts'),
		import('@understory/accountability/accountability.ts'),
		import('./sample/open-sample.ts'),
	]);
	return { createProvisioner, createHome, createSsoBridge, createAccountability, openSample };
}

/** Every home of the town behind one door: whoever knows the host answers, and the first says so when nobody does. */
function homesAsOne(homes: ReadonlyMap<string, Home>): Pick<Role, 'handle'> {
	return {
		handle(request, response) {
			const all = [...homes.values()];
			const host = parseHost(request.headers.host)?.host ?? '';
			const home = all.find((one) => one.answersFor(host)) ?? all[0];
			if (home) home.handle(request, response);
			else notYet(response);
		},
	};
}

async function startFirstHome(
	driver: ReturnType<typeof createLocalDriver>,
	provisioner: Provisioner,
): Promise<void> {
	const enrolmentToken = await provisioner.enrolmentToken('home', 'home-1');
	await driver.start({ name: 'home-1', kind: 'shared', enrolmentToken });
}

function dispatch(
	roles: ReadonlyMap<string, Pick<Role, 'handle'>>,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const host = parseHost(request.headers.host);
	const role = host && roles.get(roleFor(host.hostname));
	if (role) {
		role.handle(request, response);
		return;
	}
	if (host) {
		notYet(response);
		return;
	}
	response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
	response.end('Send the name of the host you want.\n');
}

function notYet(response: ServerResponse): void {
	response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' });
	response.end('The town is starting. Try again in a moment.\n');
}
