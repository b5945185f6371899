import type { PublicKeyRecord } from './register.ts';

/** What is or may be left of a branch that was deleted, and is not the platform's to destroy; `volume` is that of a home that was its own. */
export const RECEIPT_REMAINS = [
	'copies_put_elsewhere',
	'volume',
	'what_other_servers_have',
	'public_log',
] as const;
export type ReceiptRemains = (typeof RECEIPT_REMAINS)[number];

/**
 * What the platform says, signed, of a branch whose home told that it destroyed everything of it: what was there, and that it is gone. Times are
 * UTC milliseconds. Names may have changed since; ids do not.
 */
export interface DeletionReceipt {
	readonly type: 'understory/deletion-receipt/v1';
	/** The key that signs this. */
	readonly platform: PublicKeyRecord;
	readonly library: { readonly id: string; readonly slug: string; readonly name: string };
	readonly branch: {
		readonly id: string;
		readonly slug: string;
		readonly name: string;
		readonly origin: string;
		readonly epoch: number;
	};
	/** `by` is null where nobody wrote it down. */
	readonly retired: { readonly at: number; readonly by: string | null };
	/** Until when its folder had to be kept. */
	readonly held_until: number;
	readonly deletion: { readonly asked: number | null; readonly by: string | null };
	/**
	 * The name of the home it lived in, and when that said that its folder and its copies there are destroyed. Null where nothing ever ran for the
	 * branch: then `destroyed` is when the platform wrote down that it is deleted.
	 */
	readonly home: string | null;
	readonly destroyed: number;
	/** The newest whole copy there was; null where there was none. */
	readonly last_copy: {
		readonly backup: string;
		readonly made: number;
		readonly files: number;
		readonly bytes: number;
		/** Hex, of the bytes of its `manifest.json`, which has the SHA-256 of each file; null for a copy from before that was noted. */
		readonly manifest_sha256: string | null;
	} | null;
	/** How many whole copies lay in that home. */
	readonly copies_destroyed: number;
	/** Copies that lay in other homes of the platform, which were not asked to destroy them. */
	readonly copies_in_other_homes: readonly { readonly backup: string; readonly home: string }[];
	readonly not_ours_to_destroy: readonly ReceiptRemains[];
}
