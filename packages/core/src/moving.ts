/** A part of a backup that one home hands over to another, by way of the platform. */
export type BackupPart =
	| { readonly what: 'manifest' }
	/** Bytes of one file, `from` a position on, at most `bytes` of them. */
	| { readonly what: 'file'; readonly path: string; readonly from: number; readonly bytes: number }
	/** The key that opens what is sealed, sealed for `recipient`: the public key of a box that exists for this once. */
	| { readonly what: 'key'; readonly recipient: string };

/** The most bytes that are asked for at once: 4 MiB. */
export const MOST_PART = 4 * 1024 * 1024;

interface Order {
	readonly home: string;
	readonly branch: string;
	/** UTC milliseconds. */
	readonly issued: number;
	readonly expires: number;
}

/** The platform asks a home for a part of a backup (PUT /internal/v1/branches/{branch}/backups/{backup}/parts). */
export interface HandOverOrder extends Order {
	readonly type: 'understory/hand-over-order/v1';
	readonly backup: string;
	readonly part: BackupPart;
}

/**
 * The platform has a home take a backup of another home for its own, under the id `backup` (PUT
 * /internal/v1/branches/{branch}/arrivals/{backup}). It asks the platform for the parts, by the number of the carriage.
 */
export interface ArrivalOrder extends Order {
	readonly type: 'understory/arrival-order/v1';
	readonly backup: string;
	readonly carriage: string;
	/** A backup that lies in the home already: what has not changed since is not carried again. */
	readonly base: string | null;
}

/**
 * Where the branch of a move stands in the home it leaves (PUT /internal/v1/branches/{branch}/leaving): `closed` to everybody while the last
 * changes are carried over, `open` again when nothing came of it, or `left`: its folder of that epoch, or an older one, never speaks again.
 */
export interface LeavingOrder extends Order {
	readonly type: 'understory/leaving-order/v1';
	readonly stage: 'closed' | 'open' | 'left';
	readonly epoch: number;
}

/** The platform has a home remove one backup (PUT /internal/v1/branches/{branch}/backups/{backup}/removal). */
export interface RemovalOrder extends Order {
	readonly type: 'understory/removal-order/v1';
	readonly backup: string;
}

/** The platform has a home destroy what it has of a branch that left it, or that never came (PUT /internal/v1/branches/{branch}/clearing). */
export interface ClearingOrder extends Order {
	readonly type: 'understory/clearing-order/v1';
	/** Only folders of this epoch or an older one. */
	readonly epoch: number;
	/** Only the folder that was laid out here and serves nobody yet. */
	readonly only?: 'laid_out';
}
