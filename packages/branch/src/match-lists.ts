import { EMERGENCIES } from './services/hosting/emergencies.ts';
import type { EmergencyKind } from './store/quarantine.ts';

/** What a line of a list can say that its picture is; the first word of each is the one in the file. */
export const LISTED_KINDS: readonly EmergencyKind[] = EMERGENCIES.map(({ kind }) => kind);

/** A picture is, byte for byte, one that a list names. */
export interface ListMatch {
	/** Name of the list. */
	readonly list: string;
	readonly kind: EmergencyKind;
	/** Where the list says it has it from; empty where it says nothing. */
	readonly source: string;
	/** `sha256:<hex>` of the bytes as they came. */
	readonly evidence: string;
}

/** Lists of digests of pictures that whoever runs the home was given. */
export interface MatchLists {
	/** Compares a file as it came, by its digest: exact copies are found and nothing else. Keeps nothing of it. */
	match(bytes: Buffer): Promise<ListMatch | null>;
	/** Names of the lists that are compared with now; empty when there is none. */
	names(): readonly string[];
}
