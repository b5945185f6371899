import type { CopyAway } from './copy-away.ts';
import type { Gone } from './gone.ts';

/**
 * The platform asks a home for a copy of a branch's folder (PUT /internal/v1/branches/{branch}/backups/{backup}), signed as wishes are. Asking
 * again asks how far it is.
 */
export interface BackupOrder {
	readonly type: 'understory/backup-order/v1';
	readonly home: string;
	readonly branch: string;
	readonly backup: string;
	/**
	 * `bring`: it is brought to the object storage of the home, where that has one; a copy that is made for a move is not. `look`: it was made, and how far it is on that way
	 * is asked.
	 */
	readonly away?: 'bring' | 'look';
	/** UTC milliseconds. */
	readonly issued: number;
	readonly expires: number;
}

/**
 * The platform asks a home to lay a backup out beside the folder that serves (PUT /internal/v1/branches/{branch}/restores/{restore}). Nothing
 * is switched by it: that is done by a wish with the new epoch.
 */
export interface RestoreOrder {
	readonly type: 'understory/restore-order/v1';
	readonly home: string;
	readonly branch: string;
	readonly restore: string;
	readonly backup: string;
	/** What its manifest has to be, where the platform knows: SHA-256, hex. */
	readonly manifest?: string;
	/** Of the restored folder; one more than that of the folder that serves now. */
	readonly epoch: number;
	/** What is done again in it. */
	readonly gone: readonly Gone[];
	/** Whether people stay signed in: only in a copy of a folder that was closed, since nobody signed out after it. */
	readonly keep_sessions?: true;
	readonly issued: number;
	readonly expires: number;
}

/** What is known of a backup that was made and tried. */
export interface BackupFacts {
	readonly backup: string;
	/** The moment whose state it holds, UTC milliseconds. */
	readonly made: number;
	/** When it was laid out in a scratch folder and opened without a fault. */
	readonly verified: number;
	readonly bytes: number;
	readonly files: number;
	readonly epoch: number;
	readonly generation: number;
	readonly schema: number;
	/** SHA-256 of its `manifest.json`, hex; missing in what was noted before this was. */
	readonly manifest?: string;
	/** Missing where the home has no object storage. */
	readonly away?: CopyAway;
	/** Whether it lies on another file system than the branch, and so outlives its disk; missing in what was noted before this was. */
	readonly apart?: boolean;
}

/** How far a home is with a copy or a restore. */
export type CopyState<Facts> =
	| {
			readonly state: 'underway';
			/** How far it is, in steps of the home's own; missing where that is not known. */
			readonly progress?: { readonly done: number; readonly total: number };
	  }
	| { readonly state: 'done'; readonly facts: Facts }
	/** `message` is a sentence for library IT. */
	| { readonly state: 'failed'; readonly message: string };

/** The platform has a home destroy everything of a branch whose hold is over (PUT /internal/v1/branches/{branch}/deletion). */
export interface DeletionOrder {
	readonly type: 'understory/deletion-order/v1';
	readonly home: string;
	readonly branch: string;
	readonly issued: number;
	readonly expires: number;
}
