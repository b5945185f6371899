import type { StatsFs } from 'node:fs';
import type { Send } from '@understory/api-client/send.ts';
import type { Fault } from '../check.ts';
import type { Installation } from './installation.ts';

/** What the checks of an installation look with. */
export interface Means {
	readonly send: Send;
	/** Asks the DNS as every program here does; rejects with its codes. */
	lookUp(name: string): Promise<unknown>;
	/** What the disk of a folder has left. */
	disk(folder: string): Promise<Pick<StatsFs, 'bavail' | 'bsize' | 'files' | 'ffree'>>;
	/** Does the system keep its clock by others? Rejects when it does not say. */
	clockIsKept(): Promise<boolean>;
	/** Authorities to trust in place of the usual ones, in PEM. */
	readonly authorities?: string;
	/** UTC milliseconds. */
	now(): number;
	/** Days after which a copy of a branch is too old. */
	readonly backupDays: number;
	/** Bytes that have to be free on each disk. */
	readonly freeBytes: number;
}

/** Finds what is wrong with an installation in one respect. Rejects with `PublicError` when it could not look. */
export type MachineCheck = (here: Installation, means: Means) => Promise<readonly Fault[]>;
