import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import type { Clock } from '@understory/core/clock.ts';
import { PublicError, Unavailable } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { type BoxKey, boxKeyOf } from '@understory/core/sealed-box.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Design } from '@understory/design/design.ts';
import { createMetrics } from '@understory/http/metrics.ts';
import type { Role } from '@understory/http/role.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { type Canaries, createCanaries, type SwitchedOff } from './card/canaries.ts';
import { createCardChecker } from './card/check-card.ts';
import { selfTest } from './card/self-test.ts';
import { createSettingsCheck } from './card/settings.ts';
import { tellingAlerts } from './card/telling-alerts.ts';
import { catalogueLines } from './connectors/catalogue-lines.ts';
import { createConnectors } from './connectors/connectors.ts';
import type { CardParts, Context } from './context.ts';
import { eraseDue } from './desk/erasing.ts';
import { QUARTER_MS } from './guessing/budget.ts';
import { machinePace } from './guessing/pace.ts';
import { openKeyring, purgeWhenDue } from './keyring.ts';
import { deriveKey, type MasterSecrets } from './keys.ts';
import type { ClientLines } from './openid/client-fetch.ts';
import { createIssuers } from './openid/issuers.ts';
import { followKeyOrders } from './openid/key-orders.ts';
import { createSigningKeyring } from './openid/signing-keys.ts';
import { passkeyScript } from './passkeys/script.ts';
import { joinPlatform, type PlatformParts } from './platform.ts';
import { followSignIn, type SignInFollower } from './settings/sign-in-follower.ts';
import { sweepAttempts } from './store/attempts.ts';
import { sweepDeskCodes } from './store/codes.ts';
import { openDatabase } from './store/database.ts';
import { sweepActs } from './store/desk-acts.ts';
import { sweepExpired } from './store/oidc-adapter.ts';
import { sweepRestrictions } from './store/restrictions.ts';
import { sweepSignIns } from './store/sign-ins.ts';
import { sweepSigningKeys } from './store/signing-keys.ts';
import { countStored } from './store/stored.ts';
import { sweepTallies } from './store/tallies.ts';
import { sweepUpstreams } from './store/upstream-tables.ts';
import { createUpstreams } from './upstream/upstreams.ts';
import { cardApp } from './web/app.ts';
import { becomeStaff } from './web/invitation.ts';

export interface SsoBridgeParts {
	/** Its own schema, by its own role. */
	readonly databaseUrl: string;
	/** Its key and the kept registers. */
	readonly folder: string;
	readonly platform: PlatformParts;
	/** The way to clients, to tell them that somebody signed out, and to identity providers: public addresses only. */
	readonly outgoing: Pick<Outgoing, 'request' | 'fetch'>;
	/** Clients in a private network, by id, and the way to them; none unless said otherwise. */
	readonly inside?: ClientLines['inside'];
	/** A town: names of catalogues below `.localhost` are this machine. Never in production. */
	readonly town: boolean;
	/** For tests: networks that are allowed for a library's catalogue, by its slug, beside those of the platform's documents. */
	readonly moreNetworks?: (library: string) => readonly CatalogueNetwork[];
	readonly clock: Clock;
	readonly log: Log;
	readonly design: Design;
	/** 32 bytes from which every key of every library is derived, and while they are changed the ones before. Never leave the bridge. */
	readonly secrets: MasterSecrets;
	/** How people sign in at a library, by its slug, while its IT has said nothing; null where nobody did. */
	signIn(library: string): SignInSettings | null;
	/** How long a refusal takes at least, in milliseconds. */
	readonly minimumFailureMs: number;
	/** How often registers are looked at, in milliseconds; null: only when asked to settle. */
	readonly lookEvery: number | null;
	/** How many issuers are kept ready in memory; 100 unless said otherwise. */
	readonly readyIssuers?: number;
	/** Addresses of proxies whose forwarded headers are believed; none unless said otherwise. */
	readonly trustProxy?: readonly string[];
	readonly randomId?: () => string;
}

export interface SsoBridge extends Role {
	/**
	 * Accepts an invitation for the holder of a card, as the invitation page does. `library` is its slug. Throws `PublicError` when the card or
	 * the invitation is refused.
	 */
	acceptInvitation(accepted: { library: string; token: string; card: string; pin: string }): Promise<void>;
}

/** Card sign-in: one OpenID issuer for each library, on the library's own card host. */
export async function createSsoBridge(parts: SsoBridgeParts): Promise<SsoBridge> {
	const { clock, log, design } = parts;
	design.registerViews('card', new URL('../views/', import.meta.url));
	const database = await openDatabase(parts.databaseUrl);
	const platform = joinPlatform({ platform: parts.platform, folder: parts.folder, clock });
	const libraryOf = (slug: string) =>
		[...platform.registers.registers.values()].find(({ library }) => library.slug === slug)?.library;
	const slugOf = (id: string) => platform.registers.registers.get(id)?.library.slug;
	const keysOf = await openKeyring(database, parts.secrets);
	const connectors = createConnectors({
		catalogueLines: catalogueLines({ town: parts.town }),
		networksOf(id) {
			const slug = slugOf(id);
			return [...signIns.networksOf(id), ...((slug && parts.moreNetworks?.(slug)) || [])];
		},
		database,
		keysOf,
		log,
	});
	const randomId = parts.randomId ?? randomUUID;
	const signingKeys = createSigningKeyring({ database, clock, log, keysOf, randomId });
	const signIns: SignInFollower = followSignIn({
		platform,
		folder: join(parts.folder, 'sign-in'),
		keys: boxKeys(parts.secrets),
		log,
		faultsOf: createSettingsCheck(),
		countStored: (library) => countStored(database, library),
		orderKeys: followKeyOrders({ platform, signingKeys, database, log, clock }),
		async selfTest(id, settings) {
			const zone = platform.registers.registers.get(id)?.library.zone ?? 'UTC';
			const when = { now: clock.now(), zone };
			const found = await connectors.once(id, settings, (connector) =>
				selfTest(connector, settings, { when, stopwatch: () => performance.now() }),
			);
			await canaries.tested({ id, slug: slugOf(id) ?? id }, settings, found);
			return found;
		},
	});
	const tools: Omit<CardParts, 'canaries'> = {
		database,
		clock,
		log,
		randomId,
		keysOf,
		signIn(slug) {
			const library = libraryOf(slug);
			return (library && signIns.of(library.id)) ?? parts.signIn(slug);
		},
		connectors,
		pace: machinePace(parts.minimumFailureMs),
	};
	const canaries: Canaries = createCanaries(tools);
	const cardParts: CardParts = { ...tools, canaries };
	const cards = createCardChecker(cardParts);
	const upstreams = createUpstreams({ ...cardParts, outgoing: parts.outgoing });
	const clientLines = { outgoing: parts.outgoing, inside: parts.inside ?? null };
	const context: Context = {
		...cardParts,
		design,
		platform,
		registers: platform.registers,
		cards,
		clientLines,
		signingKeys,
		passkeyScript: passkeyScript(),
		upstreams,
	};
	await platform.registers.load();
	await signIns.load();
	const issuers = createIssuers(context, parts.readyIssuers ?? 100);
	const app = cardApp(context, issuers, parts.trustProxy ?? []);

	const purge = purgeWhenDue(database, parts.secrets);
	const sweep = async () => {
		await sweepExpired(database);
		await sweepAttempts(database, clock.now());
		await sweepTallies(database, { now: clock.now(), quarter: QUARTER_MS });
		await sweepSignIns(database, clock.now());
		await sweepDeskCodes(database, clock.now());
		await sweepActs(database, clock.now());
		await sweepRestrictions(database, clock.now());
		await purge(clock.now());
		await sweepSigningKeys(database, clock.now());
		await signingKeys.turnOld();
		await issuers.tellAgain();
		await sweepUpstreams(database, clock.now());
		await eraseDue(context, issuers);
	};
	const tellAlerts = tellingAlerts({ platform, database, clock });
	/** One library's catalogue does not keep the others waiting for their turn. */
	const tryCanaries = async () => {
		for (const { library } of platform.registers.registers.values()) {
			const settings = cardParts.signIn(library.slug);
			if (settings) await canaries.tryDaily(library, settings);
		}
		await canaries.tell(tellOfCanary);
	};
	async function tellOfCanary({ library, accepted, isOf }: SwitchedOff): Promise<void> {
		const settings = signIns.of(library);
		if (!settings || !isOf(settings)) return;
		const step = { step: accepted, outcome: 'failed', why: 'accepted', milliseconds: 0 } as const;
		await platform.report({ library, test: null, version: settings.version, ok: false, steps: [step] });
	}
	let trying: Promise<void> | null = null;
	const readProviders = () =>
		upstreams.providers.refresh(
			[...platform.registers.registers.values()].flatMap(({ library }) => upstreams.of(library).ways),
		);
	const look = parts.lookEvery === null ? null : setInterval(lookAgain, parts.lookEvery);
	look?.unref();
	function lookAgain(): void {
		platform.registers.pull().catch((error: unknown) => log.warn('register_not_pulled', { error }));
		signIns.pull().catch((error: unknown) => log.warn('sign_in_not_pulled', { error }));
		tellAlerts().catch((error: unknown) => log.warn('alerts_not_told', { error }));
		sweep().catch((error: unknown) => log.warn('sweep_failed', { error }));
		readProviders().catch((error: unknown) => log.warn('providers_not_read', { error }));
		if (trying) return;
		trying = tryCanaries()
			.catch((error: unknown) => log.warn('canaries_not_tried', { error }))
			.finally(() => {
				trying = null;
			});
	}

	let closing: Promise<void> | null = null;
	return {
		handle: app,
		// Nothing of its own: how sign-in goes is told by the provisioner, as sums of libraries.
		metrics: createMetrics('sso-bridge'),
		checks: {
			database: async () => Boolean(await database.raw('select 1')),
			registers: () => platform.registers.isFollowing,
		},
		async settle() {
			await platform.registers.pull();
			await signIns.pull();
			await tellAlerts();
			await sweep();
			await tryCanaries();
			await readProviders();
		},
		async acceptInvitation({ library: slug, token, card, pin }) {
			const library = libraryOf(slug);
			if (!library) throw new Unavailable('The library is not known here yet.', 'register');
			const checked = await cards(library, { card, pin, caller: null });
			if (checked.outcome === 'silent' || checked.outcome === 'switched_off')
				throw new Unavailable('The catalogue does not answer.', 'catalogue');
			if (checked.outcome !== 'ok')
				throw new PublicError(422, checked.outcome, 'This card was not accepted.');
			await becomeStaff(context, library, checked.account, token);
		},
		close() {
			closing ??= (async () => {
				if (look) clearInterval(look);
				await connectors.close();
				await database.destroy();
			})();
			return closing;
		},
	};
}

/** The keys that library IT's secrets are sealed to; the first is told, the other still opens while the secret is changed. */
function boxKeys(secrets: MasterSecrets): BoxKey[] {
	const all = secrets.before ? [secrets, secrets.before] : [secrets];
	return all.map((secret) => boxKeyOf(deriveKey(secret, 'platform', 'sign-in-box')));
}
