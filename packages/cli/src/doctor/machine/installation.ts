import type { Fault } from '../check.ts';

/** A process of an installation. */
export interface ProcessHere {
	readonly name: string;
	/** Where it listens on this computer, without a path. */
	readonly url: string;
	/** What to do when it is not there or not ready, in a sentence. */
	readonly mend: string;
}

/** A database that a role has. */
export interface DatabaseHere {
	readonly role: string;
	/** Holds a password, and is not printed. */
	readonly url: string;
}

/** The proxy in front. */
export interface Door {
	readonly host: string;
	readonly port: number;
	/** Where the proxy asks whether a name is ours, without a path. */
	readonly provisioner: string;
	/** The name of the console. */
	readonly console: string;
}

/** An installation on this computer, as its settings describe it. */
export interface Installation {
	/** The folder that was named. Secrets belong to whoever has it. */
	readonly folder: string;
	/** What is wrong with what it was told. What rests on a setting that is wrong is not in the lists below. */
	readonly faults: readonly Fault[];
	/** Files and folders that are for their owner alone. */
	readonly secrets: readonly string[];
	readonly databases: readonly DatabaseHere[];
	readonly processes: readonly ProcessHere[];
	/** Folders that are written to. */
	readonly data: readonly string[];
	/** The folder with a folder for each home; null when nothing says where. */
	readonly homes: string | null;
	/** Where copies of every home lie; null: in the folder `backups` of each. */
	readonly backups: string | null;
	/** The object storage that copies are brought to, for people, and the file with its keys; null where none is named. */
	readonly copiesAway: { readonly where: string; readonly credentials: string } | null;
	/** Null: a town, which has none. */
	readonly door: Door | null;
}
