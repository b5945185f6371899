import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Upstream, UpstreamSettings } from '@understory/core/upstream-settings.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { minimumAgeOf } from '../card/admission.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { createMemory, type Memory } from './memory.ts';
import { createRelyingParties, type RelyingParties } from './oidc/relying-party.ts';
import { createOwnKeys, type OwnKeys } from './own-keys.ts';
import { createIdentityProviders, type IdentityProviders } from './saml/identity-providers.ts';

/** What the other ways in are built from. */
export interface UpstreamParts {
	readonly database: Database;
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Pick<Outgoing, 'request' | 'fetch'>;
	keysOf(library: string): LibraryKeys;
	/** How people sign in at a library, by its slug; null while nobody said. */
	signIn(library: string): SignInSettings | null;
}

/** The other ways in of every library. */
export interface Upstreams {
	readonly memory: Memory;
	readonly ownKeys: OwnKeys;
	readonly providers: IdentityProviders;
	readonly relyingParty: RelyingParties;
	readonly outgoing: UpstreamParts['outgoing'];
	/** The ways into a library that are open at all, and what goes for all of them. */
	of(library: LibraryRecord): OpenWays;
	/** One of them by its id. */
	way(library: LibraryRecord, id: string): OpenWay | undefined;
}

export interface OpenWays {
	readonly ways: readonly OpenWay[];
	/** Numbers of our keys; the first signs. */
	readonly keys: readonly number[];
	/** Are there no cards to be asked for? */
	readonly only: boolean;
}

/** A way in, with what the library's own settings say about it. */
export type OpenWay<Way extends Upstream = Upstream> = Way & {
	/** Only staff may come in yet, to look at everything. */
	readonly testing: boolean;
	/** In whole years; the library's, whichever way people come. */
	readonly minimumAge: number;
};

const NONE: OpenWays = { ways: [], keys: [1], only: false };

export function createUpstreams(parts: UpstreamParts): Upstreams {
	const { database, clock } = parts;
	const now = () => clock.now();
	const sealOf = (library: string) => parts.keysOf(library).seal;
	// What is made of a way is kept as long as its settings are the same.
	const known = new WeakMap<SignInSettings, OpenWays>();

	function of(library: LibraryRecord): OpenWays {
		const settings = parts.signIn(library.slug);
		if (!settings?.elsewhere) return NONE;
		const open = known.get(settings) ?? openIn(settings, settings.elsewhere);
		known.set(settings, open);
		return open;
	}

	const ownKeys = createOwnKeys({ database, now, sealOf });
	return {
		memory: createMemory({ database, now, sealOf }),
		ownKeys,
		relyingParty: createRelyingParties({
			now,
			outgoing: parts.outgoing,
			signingKey: async (library) => (await ownKeys(library, 'oidc_signing', of(library).keys))[0]!,
		}),
		providers: createIdentityProviders(parts),
		outgoing: parts.outgoing,
		of,
		way: (library, id) => of(library).ways.find((way) => way.id === id),
	};
}

function openIn({ state, rules }: SignInSettings, { ways, keys, only }: UpstreamSettings): OpenWays {
	const minimumAge = minimumAgeOf(rules);
	return {
		keys: keys ?? NONE.keys,
		only: only ?? false,
		ways: ways
			.filter((way) => state !== 'draft' && way.state !== 'draft')
			.map((way) => ({ ...way, minimumAge, testing: state === 'test' || way.state === 'test' })),
	};
}
