import { createHash } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { SamlUpstream, Upstream } from '@understory/core/upstream-settings.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { Database } from '../../store/database.ts';
import {
	forgetProvider,
	keepProvider,
	keptProvider,
	type ProviderId,
} from '../../store/upstream-providers.ts';
import { Refusal } from '../refusal.ts';
import { type IdentityProvider, readPastedProvider } from './idp-metadata.ts';
import { pinnedKeys } from './pinned-keys.ts';

/** The identity providers that libraries named. */
export interface IdentityProviders {
	/**
	 * What is known of a way's provider. One that is described at an address is fetched when it is first needed; after that the last good
	 * description counts as long as it says it may. Throws `Refusal`.
	 */
	of(way: SamlUpstream): Promise<IdentityProvider>;
	/** Fetches again whatever was read longer than a day ago, each file once for everybody whose provider is in it. */
	refresh(ways: readonly Upstream[]): Promise<void>;
}

type Addressed = Extract<SamlUpstream['idp'], { url: string }>;

const FILE_TIMEOUT_MS = 20_000;
const READ_AGAIN_MS = 24 * 3_600_000;
const LOOK_MS = 60_000;
/** After a failure it is left alone for a while. */
const TRY_AGAIN_MS = 10 * 60_000;

export function createIdentityProviders(parts: {
	readonly database: Database;
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Pick<Outgoing, 'request'>;
}): IdentityProviders {
	const { database, clock, log } = parts;
	const pasted = new Map<string, IdentityProvider>();
	const running = new Map<string, Promise<void>>();
	const failed = new Map<string, number>();
	let nextLook = 0;

	function fromPaste(text: string): IdentityProvider {
		const known = pasted.get(text) ?? readPastedProvider(text);
		pasted.set(text, known);
		return known;
	}

	/** One fetch of a file at a time, for all who want something of it. */
	function read(idp: Addressed, wanted: ReadonlySet<string>): Promise<void> {
		const name = JSON.stringify([idp.url, idp.signed_by, [...wanted].sort()]);
		const known = running.get(name);
		if (known) return known;
		if ((failed.get(name) ?? 0) > clock.now() - TRY_AGAIN_MS)
			return Promise.reject(new Refusal('provider_silent'));
		const reading = attempt(name, idp, wanted).finally(() => running.delete(name));
		running.set(name, reading);
		return reading;
	}

	async function attempt(name: string, idp: Addressed, wanted: ReadonlySet<string>): Promise<void> {
		try {
			// One that is not in it will not be in it a minute later.
			if (await readNow(idp, wanted)) failed.delete(name);
			else failed.set(name, clock.now());
		} catch (error) {
			failed.set(name, clock.now());
			const refusal = error instanceof Refusal ? error : new Refusal('provider_silent', error);
			log.warn('provider_file_refused', { error_code: refusal.code });
			throw refusal;
		}
	}

	/** True when everybody was in it. */
	async function readNow(idp: Addressed, wanted: ReadonlySet<string>): Promise<boolean> {
		const { LARGEST_FILE, readMetadataFile } = await import('./metadata-file.ts');
		const answer = await parts.outgoing.request({
			url: idp.url,
			headers: { accept: 'application/samlmetadata+xml, application/xml;q=0.9' },
			maxBytes: LARGEST_FILE,
			timeoutMs: FILE_TIMEOUT_MS,
			redirects: 3,
		});
		if (answer.status !== 200) throw new Refusal('provider_silent');
		const found = readMetadataFile(answer.body, { wanted, keys: pinnedKeys(idp.signed_by) });
		for (const entity of wanted) {
			const provider = found.get(entity);
			if (provider) {
				const row = {
					...keyOf(idp, entity),
					provider: JSON.stringify(provider),
					read_at: new Date(clock.now()),
				};
				await keepProvider(database, row);
				continue;
			}
			// A federation takes out whom it does not answer for any more.
			log.warn('provider_not_in_file', { error_code: 'metadata_without_provider' });
			await forgetProvider(database, keyOf(idp, entity));
		}
		return found.size === wanted.size;
	}

	return {
		async of({ idp }) {
			if ('metadata' in idp) return usable(fromPaste(idp.metadata), clock.now());
			const kept = await keptProvider(database, keyOf(idp, idp.entity_id));
			if (!kept) await read(idp, new Set([idp.entity_id]));
			const row = kept ?? (await keptProvider(database, keyOf(idp, idp.entity_id)));
			if (!row) throw new Refusal('provider_unknown');
			return usable(JSON.parse(row.provider), clock.now());
		},
		async refresh(ways) {
			const files = new Map<string, { idp: Addressed; wanted: Set<string> }>();
			if (clock.now() < nextLook) return;
			nextLook = clock.now() + LOOK_MS;
			for (const way of ways) {
				if (way.kind !== 'saml' || 'metadata' in way.idp) continue;
				const row = await keptProvider(database, keyOf(way.idp, way.idp.entity_id));
				if (row && row.read_at.getTime() > clock.now() - READ_AGAIN_MS) continue;
				const name = JSON.stringify([way.idp.url, way.idp.signed_by]);
				const file = files.get(name) ?? { idp: way.idp, wanted: new Set<string>() };
				file.wanted.add(way.idp.entity_id);
				files.set(name, file);
			}
			for (const { idp, wanted } of files.values()) await read(idp, wanted).catch(() => undefined);
		},
	};
}

function keyOf({ url, signed_by }: Addressed, entity: string): ProviderId {
	return { file: createHash('sha256').update(`${url}\0${signed_by}`).digest('base64url'), entity };
}

function usable(provider: IdentityProvider, now: number): IdentityProvider {
	if (provider.validUntil !== null && provider.validUntil <= now) throw new Refusal('metadata_expired');
	return provider;
}
