import type { ClientRecord } from './client-record.ts';
import type { Contact } from './contact.ts';
import type { Door } from './door.ts';
import type { ExternalRecord } from './external-server.ts';
import type { Grant } from './grants.ts';
import type { Unhosted } from './hosting.ts';
import type { Location } from './location.ts';
import type { BodyRecord } from './office.ts';
import type { AdoptedRecords } from './records-profile.ts';
import type { Deliberation, Founder, MembersDecide, RosterEvent, RosterSuspension } from './roster-change.ts';
import type { Policy } from './rule.ts';
import type { Stage } from './stage.ts';
import type { Successor } from './successor.ts';
import type { Suspension } from './suspension.ts';

/** A public Ed25519 key: `id` is the first 16 hex digits of SHA-256 of the raw key, `publicKey` is base64 of its 32 bytes. */
export interface PublicKeyRecord {
	readonly id: string;
	readonly publicKey: string;
}

/**
 * The register of one library (DESIGN 5.1): signed by the platform, versioned, pulled by homes, the bridge and the
 * accountability site, each of which keeps its last good copy. `version` only grows.
 */
export interface Register {
	readonly type: 'understory/register/v1';
	readonly version: number;
	/** UTC milliseconds. */
	readonly issued: number;
	readonly library: LibraryRecord;
	readonly branches: readonly BranchRecord[];
	readonly grants: readonly Grant[];
	readonly policies: readonly Policy[];
	readonly contacts: readonly Contact[];
	/** Servers that are no branches and sign people in through the library; missing is none. */
	readonly clients?: readonly ClientRecord[];
	/** Servers on other software that the library runs besides its branches; missing is none. */
	readonly external?: readonly ExternalRecord[];
	/** The current signed roster of each neighborhood a branch of this library stands on, in full. */
	readonly rosters: readonly SignedRoster[];
	/** What the members of these neighborhoods are asked now, with what was said so far; missing is nothing. */
	readonly deliberations?: readonly Deliberation[];
}

export interface LibraryRecord {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	/** IANA zone. */
	readonly zone: string;
	/** The first is the default. */
	readonly languages: readonly string[];
	/** `http://card.<library>.localhost:4000`: the OpenID issuer. */
	readonly card_origin: string;
	readonly accountability_origin: string;
	/** Where the card number comes from, for the sign-in page. Null when the library has not said. */
	readonly card_digits: number | null;
	/** Who is asked to cosign this library's log; missing is nobody. */
	readonly witnesses?: readonly WitnessRecord[];
	/** Verifier keys of the logs of others that this library cosigns; missing is none. */
	readonly watches?: readonly string[];
	/** How many members its bodies have, and how many are a quorum; missing is what contacts say. */
	readonly bodies?: readonly BodyRecord[];
	/** What its counsel settled about records; missing until somebody did. */
	readonly records?: AdoptedRecords;
	/** True for the sample town: every page that could be mistaken for the real library says so. */
	readonly sample: boolean;
}

/** A witness of a log (C2SP tlog-witness). */
export interface WitnessRecord {
	/** Its verifier key, type 0x04. */
	readonly vkey: string;
	/** Its submission prefix. */
	readonly url: string;
}

export interface BranchRecord {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	/** Up to five capitals for spines and plates, `NOPO`. */
	readonly code: string;
	/** One of the twelve cloths of the design. */
	readonly cloth: string;
	readonly kind: 'branch' | 'room';
	readonly stage: Stage;
	/** Scheme, host and port; stored when the branch is made and never derived again (DESIGN 5.5). */
	readonly origin: string;
	readonly federation: FederationMode;
	/** Id of the home that serves it, and the folder's epoch; null while it is only listed. */
	readonly home: string | null;
	readonly epoch: number;
	/** Null until the home has made it. */
	readonly branch_key: PublicKeyRecord | null;
	/** OpenID sector: the branch id, so that a renamed host keeps its people. */
	readonly sector: string;
	readonly address: Address;
	/** Where the building stands; missing when nobody told. */
	readonly location?: Location;
	readonly phone: string | null;
	readonly door: Door | null;
	/** May teens post for everyone here? Only when the library's policy says so; missing is no. */
	readonly teens_public?: boolean;
	/**
	 * Why this branch publishes sums of its decisions only, by language; counsel may say that a state's statute bars more. Missing where they
	 * are published one by one.
	 */
	readonly totals_only?: Readonly<Record<string, string>>;
	/** Until when somebody hosts it by its rota, UTC milliseconds; missing while no end is known. */
	readonly hosted_until?: number;
	/** What comes when, while nobody hosts it; missing where somebody does. */
	readonly unhosted?: Unhosted;
	/** Why nobody comes in for now, and until when; missing where people do. */
	readonly suspended?: Suspension;
	/** When it was closed for good, and until when its people reach what is theirs, UTC milliseconds; missing before. */
	readonly retired?: { readonly at: number; readonly until: number };
	/** Where it goes on when it is closed; missing where nothing was named. Told to people while it is `closing` and once it is `retired`. */
	readonly successor?: Successor;
	/** Ids of the policies in force here. */
	readonly policies: readonly string[];
	/** Who decides appeals from here, outside the branch. */
	readonly appeal_partner: string | null;
	/** Ids of the neighborhoods it stands on. */
	readonly neighborhoods: readonly string[];
}

/**
 * With whom a branch exchanges posts (DESIGN 4.11). `closed`: nobody; its public posts are on the web. `neighborhood`: its neighbors; a
 * stranger's Follow is refused with the reason. `cautious`: those and servers that a host let in. `open`: everybody.
 */
export const FEDERATION_MODES = ['closed', 'neighborhood', 'cautious', 'open'] as const;
export type FederationMode = (typeof FEDERATION_MODES)[number];

export interface Address {
	readonly street: string;
	readonly city: string;
	readonly region: string;
	readonly postcode: string;
}

/**
 * Who is in a neighborhood (DESIGN 4.6): each member stands on it by its own signature; versions are hash-chained and
 * signed by the steward. `packages/neighborhood` makes and verifies it.
 */
export interface Roster {
	readonly type: 'understory/roster/v1';
	readonly id: string;
	readonly name: string;
	/** Where this document is published; named in itself, so that stewards can change (DESIGN 5.10). */
	readonly url: string;
	readonly version: number;
	/** `sha256:<hex>` of the version before, null for the first. */
	readonly prev: string | null;
	readonly charter: Charter;
	readonly steward: PublicKeyRecord;
	readonly members: readonly RosterMember[];
	/** Where members decide: who they were when they began, and all that changed since; missing elsewhere (docs/adr/0101). */
	readonly founders?: readonly Founder[];
	readonly history?: readonly RosterEvent[];
	/** Members that are nobody's neighbors for a few days; missing is none. */
	readonly suspensions?: readonly RosterSuspension[];
	/** UTC milliseconds. After `expires` it no longer holds. */
	readonly issued: number;
	readonly expires: number;
}

export type SignedRoster = Roster & { readonly key_id: string; readonly sig: string };

export interface Charter {
	readonly title: string;
	readonly text: string;
	/** How a newcomer is let in and a member put out: by the members; missing is by the steward. */
	readonly changes?: MembersDecide;
}

export interface RosterMember {
	readonly domain: string;
	readonly origin: string;
	/** `<origin>/ap/actor`. */
	readonly server_actor: string;
	readonly name: string;
	readonly library: string;
	readonly key: PublicKeyRecord;
	readonly consent: SignedConsent;
}

/** A member's own signature over (neighborhood, charter digest, since): nobody can be added who did not agree. */
export interface Consent {
	readonly type: 'understory/consent/v1';
	readonly neighborhood: string;
	readonly charter_digest: string;
	readonly domain: string;
	readonly server_actor: string;
	/** Fingerprint of the branch key. */
	readonly key_fingerprint: string;
	/** UTC milliseconds. */
	readonly since: number;
}

export type SignedConsent = Consent & { readonly key_id: string; readonly sig: string };

/** Does this look like a register at all? Signatures are checked elsewhere; this refuses what would break its readers. */
export function isRegister(value: unknown): value is Register {
	const document = value as Partial<Register> | null;
	return (
		typeof document === 'object' &&
		document !== null &&
		document.type === 'understory/register/v1' &&
		Number.isSafeInteger(document.version) &&
		typeof document.library?.id === 'string' &&
		[document.branches, document.grants, document.policies, document.contacts, document.rosters].every(
			Array.isArray,
		) &&
		(document.clients === undefined || Array.isArray(document.clients)) &&
		(document.external === undefined || Array.isArray(document.external))
	);
}
